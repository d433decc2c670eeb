from _circle_b import attempt
import _rings
import _rings.one as whole

print(whole.__name__, "being imported")
attempt(lambda: _rings.one)
attempt(lambda: _rings.other)
from . import one
print(one is whole)


def odd():
    from . import nothing_here


attempt(odd)
from . import two
