"""Weak reference support: references and proxies; the library's own file has the rest.

Programs that look at a collector's work import this module and count what it collects. The library's file and those
that it stands on leave functions behind which only a collection takes, so it runs here, in this namespace, when a
program first asks for a container, `WeakMethod` or `finalize`.
"""

from _weakref import (
    getweakrefcount,
    getweakrefs,
    ref,
    proxy,
    CallableProxyType,
    ProxyType,
    ReferenceType,
    _remove_dead_weakref,
)

ProxyTypes = (ProxyType, CallableProxyType)

__all__ = ["ref", "proxy", "getweakrefcount", "getweakrefs",
           "WeakKeyDictionary", "ReferenceType", "ProxyType",
           "CallableProxyType", "ProxyTypes", "WeakValueDictionary",
           "WeakSet", "WeakMethod", "finalize"]


def __getattr__(name):
    names = globals()
    if name.startswith("__") or names.pop("__getattr__", None) is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from _frozen_importlib_external import PathFinder

    spec = PathFinder.find_spec(__name__)
    if spec is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    exec(spec.loader.get_code(__name__), names)
    try:
        return names[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
