"""The classes that finders and loaders are said to be derived from, without the module `abc` of CPython's library.

`register` and `isinstance` work; that abstract methods are there is not checked.
"""

import _frozen_importlib
import _frozen_importlib_external

__all__ = [
    "ExecutionLoader",
    "FileLoader",
    "InspectLoader",
    "Loader",
    "MetaPathFinder",
    "PathEntryFinder",
    "ResourceLoader",
    "SourceLoader",
]


class _Registering(type):
    def register(cls, subclass):
        """Let a class count as derived from this one."""
        cls.__dict__.get("_registered").append(subclass)
        return subclass

    def __init__(cls, *args, **kwargs):
        super().__init__(*args, **kwargs)
        cls._registered = []

    def __subclasscheck__(cls, other):
        if type.__subclasscheck__(cls, other):
            return True
        derived = [cls, *type.__subclasses__(cls)]
        known = [one for kind in derived for one in kind.__dict__.get("_registered", ())]
        return any(issubclass(other, one) for one in known) or any(issubclass(other, kind) for kind in derived[1:])

    def __instancecheck__(cls, value):
        return issubclass(type(value), cls)


class Loader(metaclass=_Registering):
    """Loads modules: by `exec_module`, and by `create_module` if they are no ordinary ones."""

    def create_module(self, spec):
        """Return a module, or None for an ordinary one."""
        return None

    def load_module(self, fullname):
        """Load a module by the old protocol."""
        if not hasattr(self, "exec_module"):
            raise ImportError
        return _frozen_importlib._load_module_shim(self, fullname)


class MetaPathFinder(metaclass=_Registering):
    """A finder for `sys.meta_path`."""

    def invalidate_caches(self):
        """Forget what was remembered."""


class PathEntryFinder(metaclass=_Registering):
    """A finder for one entry of a search path."""

    def invalidate_caches(self):
        """Forget what was remembered."""


class ResourceLoader(Loader):
    """A loader that reads files."""

    def get_data(self, path):
        raise OSError


class InspectLoader(Loader):
    """A loader that tells about modules without loading them."""

    def is_package(self, fullname):
        raise ImportError

    def get_code(self, fullname):
        source = self.get_source(fullname)
        return None if source is None else self.source_to_code(source)

    def get_source(self, fullname):
        raise ImportError

    @staticmethod
    def source_to_code(data, path="<string>"):
        return compile(data, path, "exec", dont_inherit=True)

    exec_module = _frozen_importlib_external._LoaderBasics.exec_module
    load_module = _frozen_importlib_external._LoaderBasics.load_module


class ExecutionLoader(InspectLoader):
    """A loader that knows the file of a module."""

    def get_filename(self, fullname):
        raise ImportError

    def get_code(self, fullname):
        source = self.get_source(fullname)
        if source is None:
            return None
        try:
            path = self.get_filename(fullname)
        except ImportError:
            return self.source_to_code(source)
        return self.source_to_code(source, path)


class FileLoader(_frozen_importlib_external.FileLoader, ResourceLoader, ExecutionLoader):
    """A loader of one file."""


class SourceLoader(_frozen_importlib_external.SourceLoader, ResourceLoader, ExecutionLoader):
    """A loader of source text, by `get_filename` and `get_data`."""

    def path_mtime(self, path):
        if self.path_stats.__func__ is SourceLoader.path_stats:
            raise OSError
        return int(self.path_stats(path)["mtime"])

    def path_stats(self, path):
        if self.path_mtime.__func__ is SourceLoader.path_mtime:
            raise OSError
        return {"mtime": self.path_mtime(path)}


MetaPathFinder.register(_frozen_importlib.BuiltinImporter)
MetaPathFinder.register(_frozen_importlib.FrozenImporter)
MetaPathFinder.register(_frozen_importlib_external.PathFinder)
PathEntryFinder.register(_frozen_importlib_external.FileFinder)
InspectLoader.register(_frozen_importlib.BuiltinImporter)
InspectLoader.register(_frozen_importlib.FrozenImporter)
ExecutionLoader.register(_frozen_importlib_external.ExtensionFileLoader)
FileLoader.register(_frozen_importlib_external.SourcelessFileLoader)
FileLoader.register(_frozen_importlib_external.SourceFileLoader)
SourceLoader.register(_frozen_importlib_external.SourceFileLoader)
