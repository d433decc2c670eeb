"""Specs and modules made by hand, and loaders that wait until a module is used."""

import sys

import _imp
from _frozen_importlib import _find_spec, _resolve_name, module_from_spec, spec_from_loader
from _frozen_importlib_external import (
    MAGIC_NUMBER,
    _RAW_MAGIC_NUMBER,
    cache_from_source,
    decode_source,
    source_from_cache,
    spec_from_file_location,
)
from importlib.abc import Loader

__all__ = [
    "LazyLoader",
    "Loader",
    "MAGIC_NUMBER",
    "cache_from_source",
    "decode_source",
    "find_spec",
    "module_from_spec",
    "resolve_name",
    "source_from_cache",
    "source_hash",
    "spec_from_file_location",
    "spec_from_loader",
]


def source_hash(source_bytes):
    """Refuse: minivm keeps no compiled code that would need it."""
    raise NotImplementedError("minivm does not hash source files")


def resolve_name(name, package):
    """Return the absolute name of a module that may be named relative to a package."""
    if not name.startswith("."):
        return name
    if not package:
        raise ImportError(f"no package specified for {name!r} (required for relative module names)")
    last = name.lstrip(".")
    return _resolve_name(last, package, len(name) - len(last))


def find_spec(name, package=None):
    """Return the spec of a module, which is not imported, though the packages it is in are; None if there is none."""
    full = resolve_name(name, package) if name.startswith(".") else name
    if full in sys.modules:
        module = sys.modules[full]
        if module is None:
            return None
        try:
            spec = module.__spec__
        except AttributeError:
            raise ValueError(f"{name}.__spec__ is not set") from None
        if spec is None:
            raise ValueError(f"{name}.__spec__ is None")
        return spec
    parent, path = full.rpartition(".")[0], None
    if parent:
        package = __import__(parent, fromlist=["__path__"])
        try:
            path = package.__path__
        except AttributeError as error:
            message = f"__path__ attribute not found on {parent!r} while trying to find {full!r}"
            raise ModuleNotFoundError(message, name=full) from error
    return _find_spec(full, path)


class _LazyModule(type(sys)):
    """A module that is run when one of its attributes is first asked for."""

    def __getattribute__(self, name):
        spec = object.__getattribute__(self, "__spec__")
        state = spec.loader_state
        if object.__getattribute__(self, "__class__") is _LazyModule:
            # While it runs, the importer asks for its own names.
            if state["is_loading"] and name.startswith("__") and name.endswith("__"):
                return object.__getattribute__(self, name)
            state["is_loading"] = True
            names = object.__getattribute__(self, "__dict__")
            before = state["names"]
            given = {key: value for key, value in names.items() if key not in before or before[key] is not value}
            spec.loader.exec_module(self)
            if spec.name in sys.modules and sys.modules[spec.name] is not self:
                raise ValueError(f"module object for {spec.name!r} substituted in sys.modules during a lazy load")
            # What the program has set meanwhile stays.
            names.update(given)
            self.__class__ = type(sys)
        return getattr(self, name)

    def __delattr__(self, name):
        self.__getattribute__(name)
        delattr(self, name)


class LazyLoader(Loader):
    """A loader that makes modules which another loader runs when they are first used."""

    @staticmethod
    def _check_eager_loader(loader):
        if not hasattr(loader, "exec_module"):
            raise TypeError("loader must define exec_module()")

    @classmethod
    def factory(cls, loader):
        """Return a function that makes a lazy loader of what makes a loader."""
        cls._check_eager_loader(loader)
        return lambda *args, **kwargs: cls(loader(*args, **kwargs))

    def __init__(self, loader):
        self._check_eager_loader(loader)
        self.loader = loader

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        """Let the module wait."""
        module.__spec__.loader = self.loader
        module.__loader__ = self.loader
        module.__spec__.loader_state = {"names": module.__dict__.copy(), "is_loading": False}
        module.__class__ = _LazyModule
