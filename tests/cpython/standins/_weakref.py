"""Stands in for `_weakref`: minivm's weak references are in its own module `weakref`, whose place the library's
`weakref.py` takes here; both need them under this name.

It is the first of the stand-ins that anything of the library asks for, so it has what minivm's modules lack added."""

import sys

import _own_modules

_own = sys.modules.get("_minivm_weakref")
if _own is None:
    _own = sys.modules.pop("weakref", None)
    if _own is None or not hasattr(_own, "WeakSet"):
        if _own is None:
            import weakref as _own

            del sys.modules["weakref"]
        sys.modules["_minivm_weakref"] = _own

CallableProxyType = _own.CallableProxyType
ProxyType = _own.ProxyType
ReferenceType = _own.ReferenceType
getweakrefcount = _own.getweakrefcount
getweakrefs = _own.getweakrefs
proxy = _own.proxy
ref = _own.ref


def _remove_dead_weakref(table, key):
    """Takes `key` out of `table` if its reference is dead."""
    reference = table.get(key)
    if reference is not None and reference() is None:
        del table[key]


class _LibraryFirst:
    """Finds the library's `weakref.py` before minivm's module of that name."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name != "weakref":
            return None
        from _frozen_importlib_external import PathFinder

        return PathFinder.find_spec(name, path, target)


sys.meta_path.insert(0, _LibraryFirst)
