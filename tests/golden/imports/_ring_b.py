import _ring_a


def value():
    return _ring_a.base * 2
