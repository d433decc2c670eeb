def attempt(action):
    try:
        print(action())
    except (ImportError, AttributeError) as error:
        text = str(error)
        head, slash, rest = text.partition("'/")
        print(type(error).__name__, head + slash + rest.rsplit("/", 1)[-1])


def early():
    from fractions import Fraction


import fractions

attempt(early)
attempt(lambda: fractions.Fraction)
