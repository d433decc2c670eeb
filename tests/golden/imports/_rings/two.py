from _circle_b import attempt
from . import one
from .one import whole

print(one is whole, one.__spec__._initializing)


def too_early():
    from .one import defined_later


attempt(too_early)
