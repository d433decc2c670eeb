"""Importing as functions (`import_module`, `reload`), until CPython's own package lies on top of the importer."""

__all__ = ["__import__", "import_module", "invalidate_caches", "reload"]

import _imp
import sys

import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _bootstrap_external

_pack_uint32 = _bootstrap_external._pack_uint32
_unpack_uint32 = _bootstrap_external._unpack_uint32
sys.modules["importlib._bootstrap"] = _bootstrap
sys.modules["importlib._bootstrap_external"] = _bootstrap_external

from builtins import __import__


def invalidate_caches():
    """Let every finder of `sys.meta_path` forget what it has remembered."""
    for finder in sys.meta_path:
        if hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()


def import_module(name, package=None):
    """Import a module and return it; a name that begins with dots is relative to a package."""
    if not name.startswith("."):
        return _bootstrap._gcd_import(name, package, 0)
    if not package:
        raise TypeError(f"the 'package' argument is required to perform a relative import for {name!r}")
    last = name.lstrip(".")
    return _bootstrap._gcd_import(last, package, len(name) - len(last))


_RELOADING = {}


def reload(module):
    """Run a module again in its own namespace, and return what `sys.modules` has then."""
    try:
        name = module.__spec__.name
    except AttributeError:
        try:
            name = module.__name__
        except AttributeError:
            raise TypeError("reload() argument must be a module") from None
    if sys.modules.get(name) is not module:
        raise ImportError(f"module {name} not in sys.modules", name=name)
    if name in _RELOADING:
        return _RELOADING[name]
    _RELOADING[name] = module
    try:
        parent, path = name.rpartition(".")[0], None
        if parent:
            if parent not in sys.modules:
                raise ImportError(f"parent {parent!r} not in sys.modules", name=parent)
            path = sys.modules[parent].__path__
        spec = module.__spec__ = _bootstrap._find_spec(name, path, module)
        if spec is None:
            raise ModuleNotFoundError(f"spec not found for the module {name!r}", name=name)
        _bootstrap._exec(spec, module)
        return sys.modules[name]
    finally:
        del _RELOADING[name]
