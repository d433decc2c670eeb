"""A module."""
state = [__name__, __spec__.parent]
