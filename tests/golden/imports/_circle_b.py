def attempt(action):
    try:
        print(action())
    except (ImportError, AttributeError) as error:
        text = str(error)
        print(type(error).__name__, text[:text.find("/")] if "/" in text else text, text.rsplit("/", 1)[-1])
        if isinstance(error, ImportError):
            print("  ", error.name, error.name_from, error.path and error.path.rsplit("/", 1)[-1])


def from_a():
    from _circle_a import late
    return late


def attribute_of_a():
    import _circle_a
    return _circle_a.late


attempt(from_a)
attempt(attribute_of_a)
