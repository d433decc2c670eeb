__all__ = ["one", "_three"]
one = 1
two = 2
_three = 3
