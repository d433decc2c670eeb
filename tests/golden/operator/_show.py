"""Shows what functions return or raise."""


def outcome(function, *arguments, **keywords):
    try:
        return function(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def items(iterator, most=8):
    """The items, up to so many, and what ends them."""
    found = []
    try:
        for item in iterator:
            found.append(item)
            if len(found) == most:
                return found
    except Exception as error:
        found.append(f"{type(error).__name__}: {error}")
    return found


def source(*values):
    """Yields values, and raises those that are exceptions."""
    for value in values:
        if isinstance(value, Exception):
            raise value
        yield value
