import _ring_b


def answer():
    return _ring_b.value() + 1


base = 10
