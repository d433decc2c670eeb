"""Finders and loaders of modules that lie in folders.

As long as a program has changed neither `sys.meta_path` nor `sys.path_hooks`, the importer looks into folders itself and
uses only the classes of specs and loaders; the finders are for programs that call or replace them. The names `_imp`,
`sys` and `_bootstrap` are there from the start.
"""

ModuleSpec = _bootstrap.ModuleSpec
_call_with_frames_removed = _bootstrap._call_with_frames_removed
_load_module_shim = _bootstrap._load_module_shim
spec_from_loader = _bootstrap.spec_from_loader

SOURCE_SUFFIXES = [".mv", ".py"]
BYTECODE_SUFFIXES = [".pyc"]
DEBUG_BYTECODE_SUFFIXES = OPTIMIZED_BYTECODE_SUFFIXES = BYTECODE_SUFFIXES
EXTENSION_SUFFIXES = []

# What CPython begins its files of compiled code with; minivm writes and reads none.
_RAW_MAGIC_NUMBER = 3627 | 0x0A0D << 16
MAGIC_NUMBER = _RAW_MAGIC_NUMBER.to_bytes(4, "little")

_PYCACHE = "__pycache__"
_MS_WINDOWS = False
path_sep = "/"
path_separators = "/"


def _pack_uint32(number):
    return (int(number) & 0xFFFFFFFF).to_bytes(4, "little")


def _unpack_uint32(data):
    return int.from_bytes(data, "little")


def _fspath(path):
    if isinstance(path, (str, bytes)):
        return path
    try:
        method = type(path).__fspath__
    except AttributeError:
        kind = type(path).__name__
        raise TypeError(f"expected str, bytes or os.PathLike object, not {kind}") from None
    return method(path)


def _path_join(*parts):
    path = ""
    for part in parts:
        if part.startswith("/") or not path:
            path = part or path
        elif part:
            path = path.rstrip("/") + "/" + part
    return path


def _path_split(path):
    head, separator, tail = path.rpartition("/")
    if separator and not head:
        head = "/"
    return head, tail


def _path_isfile(path):
    return _imp._kind_of_path(path) == "file"


def _path_isdir(path):
    return _imp._kind_of_path(path or _imp._getcwd()) == "folder"


def _path_abspath(path):
    if not path or path == ".":
        return _imp._getcwd()
    if path.startswith("./"):
        path = path[2:]
    return path if path.startswith("/") else _path_join(_imp._getcwd(), path)


def cache_from_source(path, debug_override=None, *, optimization=None):
    """Return the path of the file of compiled code that belongs to a source file."""
    if debug_override is not None:
        import _warnings

        _warnings.warn("the debug_override parameter is deprecated; use 'optimization' instead", DeprecationWarning)
        if optimization is not None:
            raise TypeError("debug_override or optimization must be set to None")
        optimization = "" if debug_override else 1
    head, tail = _path_split(_fspath(path))
    base, dot, rest = tail.rpartition(".")
    tag = sys.implementation.cache_tag
    if tag is None:
        raise NotImplementedError("sys.implementation.cache_tag is None")
    name = f"{base or rest}{dot}{tag}"
    if optimization is None:
        optimization = "" if sys.flags.optimize == 0 else sys.flags.optimize
    optimization = str(optimization)
    if optimization != "":
        if not optimization.isalnum():
            raise ValueError(f"{optimization!r} is not alphanumeric")
        name = f"{name}.opt-{optimization}"
    name += BYTECODE_SUFFIXES[0]
    if sys.pycache_prefix is not None:
        return _path_join(sys.pycache_prefix, _path_abspath(head).lstrip("/"), name)
    return _path_join(head, _PYCACHE, name)


def source_from_cache(path):
    """Return the path of the source file that a file of compiled code belongs to."""
    if sys.implementation.cache_tag is None:
        raise NotImplementedError("sys.implementation.cache_tag is None")
    path = _fspath(path)
    head, name = _path_split(path)
    in_prefix = False
    if sys.pycache_prefix is not None:
        stripped = sys.pycache_prefix.rstrip("/")
        if head.startswith(stripped + "/"):
            head = head[len(stripped):]
            in_prefix = True
    if not in_prefix:
        head, folder = _path_split(head)
        if folder != _PYCACHE:
            raise ValueError(f"{_PYCACHE} not bottom-level directory in {path!r}")
    dots = name.count(".")
    if dots not in (2, 3):
        raise ValueError(f"expected only 2 or 3 dots in {name!r}")
    if dots == 3:
        optimization = name.rsplit(".", 2)[-2]
        if not optimization.startswith("opt-"):
            raise ValueError("optimization portion of filename does not start with 'opt-'")
        if not optimization[len("opt-"):].isalnum():
            raise ValueError(f"optimization level {optimization!r} is not an alphanumeric value")
    return _path_join(head, name.partition(".")[0] + ".py")


def decode_source(source_bytes):
    """Return the text of the bytes of a source file, with its lines ended by `\\n`."""
    return _imp._decode_source(source_bytes)


_NOT_GIVEN = object()


def spec_from_file_location(name, location=None, *, loader=None, submodule_search_locations=_NOT_GIVEN):
    """Make the spec of a module in a file."""
    if location is None:
        location = "<unknown>"
        if hasattr(loader, "get_filename"):
            try:
                location = loader.get_filename(name)
            except ImportError:
                pass
    else:
        location = _path_abspath(_fspath(location))
    spec = ModuleSpec(name, loader, origin=location)
    spec._set_fileattr = True
    if loader is None:
        for loader_class, suffixes in _get_supported_file_loaders():
            if location.endswith(tuple(suffixes)):
                loader = loader_class(name, location)
                spec.loader = loader
                break
        else:
            return None
    if submodule_search_locations is _NOT_GIVEN:
        if hasattr(loader, "is_package"):
            try:
                is_package = loader.is_package(name)
            except ImportError:
                pass
            else:
                if is_package:
                    spec.submodule_search_locations = []
    else:
        spec.submodule_search_locations = submodule_search_locations
    if spec.submodule_search_locations == [] and location:
        spec.submodule_search_locations.append(_path_split(location)[0])
    return spec


def _spec_of_file(name, path, locations):
    """Make the spec that the importer uses for a file it has found itself."""
    spec = ModuleSpec(name, SourceFileLoader(name, path), origin=path)
    spec._set_fileattr = True
    spec.submodule_search_locations = locations
    return spec


def _spec_of_namespace(name, portions):
    """Make the spec of a package without a file, of the folders that make it up."""
    spec = ModuleSpec(name, None)
    spec.submodule_search_locations = _NamespacePath(name, portions, PathFinder._get_spec)
    return spec


def _check_name(loader, name):
    if name is None:
        return loader.name
    if loader.name != name:
        raise ImportError(f"loader for {loader.name} cannot handle {name}", name=name)
    return name


class _LoaderBasics:
    """What the loaders of files share."""

    def is_package(self, fullname):
        """Return whether the file is the `__init__` of a package."""
        tail = _path_split(self.get_filename(fullname))[1]
        return tail.rsplit(".", 1)[0] == "__init__" and fullname.rpartition(".")[2] != "__init__"

    def create_module(self, spec):
        """Leave it to the importer to make a module."""

    def exec_module(self, module):
        """Run the code of the module."""
        code = self.get_code(module.__name__)
        if code is None:
            raise ImportError(f"cannot load module {module.__name__!r} when get_code() returns None")
        _call_with_frames_removed(exec, code, module.__dict__)

    load_module = _load_module_shim


class SourceLoader(_LoaderBasics):
    """A loader of source text, by `get_filename` and `get_data` of the classes derived from it."""

    def path_mtime(self, path):
        """Raise OSError: a class that knows the time of a file's last change overrides this."""
        raise OSError

    def path_stats(self, path):
        """Return what is known of a file: `mtime`, and perhaps `size`."""
        return {"mtime": self.path_mtime(path)}

    def _cache_bytecode(self, source_path, cache_path, data):
        return self.set_data(cache_path, data)

    def set_data(self, path, data):
        """Write bytes to a file, if the loader can."""

    def get_source(self, fullname):
        """Return the text of the module."""
        path = self.get_filename(fullname)
        try:
            data = self.get_data(path)
        except OSError as error:
            raise ImportError("source not available through get_data()", name=fullname) from error
        return decode_source(data)

    def source_to_code(self, data, path, *, _optimize=-1):
        """Compile the text, or the bytes, of the module."""
        if not isinstance(data, str):
            data = _imp._decode_source(data)
        return compile(data, path, "exec", dont_inherit=True, optimize=_optimize)

    def get_code(self, fullname):
        """Return the code object of the module."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class FileLoader:
    """The part of a loader that knows of one file."""

    def __init__(self, fullname, path):
        self.name = fullname
        self.path = path

    def __eq__(self, other):
        return self.__class__ == other.__class__ and self.__dict__ == other.__dict__

    def __hash__(self):
        return hash(self.name) ^ hash(self.path)

    def load_module(self, fullname=None):
        """Load the module by the old protocol."""
        return super().load_module(_check_name(self, fullname))

    def get_filename(self, fullname=None):
        """Return the path of the file."""
        _check_name(self, fullname)
        return self.path

    def get_data(self, path):
        """Return the bytes of a file."""
        return _imp._read_file(str(path))


class SourceFileLoader(FileLoader, SourceLoader):
    """The loader of a source file."""

    def path_stats(self, path):
        """Return when the file was last changed, and its size."""
        mtime, size = _imp._stat(path)
        return {"mtime": mtime, "size": size}

    def _cache_bytecode(self, source_path, bytecode_path, data):
        return self.set_data(bytecode_path, data)

    def set_data(self, path, data, *, _mode=0o666):
        """Write bytes to a file; what cannot be written is left out."""
        try:
            with open(path, "wb") as file:
                file.write(data)
        except OSError:
            pass


class SourcelessFileLoader(FileLoader, _LoaderBasics):
    """The loader of a file of CPython's compiled code, which minivm cannot run."""

    def get_code(self, fullname):
        """Raise ImportError, since the code is not minivm's."""
        path = self.get_filename(fullname)
        raise ImportError(f"minivm does not run CPython's compiled code in {path!r}", name=fullname, path=path)

    def get_source(self, fullname):
        """Return None: there is no source."""
        return None


class ExtensionFileLoader(FileLoader, _LoaderBasics):
    """The loader of an extension for CPython, which minivm cannot load."""

    def create_module(self, spec):
        """Raise ImportError, since the extension needs CPython."""
        message = f"minivm does not load CPython's extension modules ({self.path})"
        raise ImportError(message, name=spec.name, path=self.path)

    def exec_module(self, module):
        """Raise ImportError, since the extension needs CPython."""
        self.create_module(module.__spec__)

    def is_package(self, fullname):
        """Return whether the extension is the `__init__` of a package."""
        return _path_split(self.path)[1].partition(".")[0] == "__init__"

    def get_code(self, fullname):
        """Return None: an extension has no code object."""
        return None

    def get_source(self, fullname):
        """Return None: an extension has no source."""
        return None


class _NamespacePath:
    """The folders of a package without a file; they are searched for again when the parent's path has changed."""

    _epoch = 0

    def __init__(self, name, path, path_finder):
        self._name = name
        self._path = path
        self._last_parent_path = tuple(self._get_parent_path())
        self._last_epoch = self._epoch
        self._path_finder = path_finder

    def _find_parent_path_names(self):
        parent, dot, _ = self._name.rpartition(".")
        return (parent, "__path__") if dot else ("sys", "path")

    def _get_parent_path(self):
        module, attribute = self._find_parent_path_names()
        return getattr(sys.modules[module], attribute)

    def _recalculate(self):
        parent_path = tuple(self._get_parent_path())
        if parent_path != self._last_parent_path or self._epoch != self._last_epoch:
            spec = self._path_finder(self._name, parent_path)
            if spec is not None and spec.loader is None and spec.submodule_search_locations:
                self._path = spec.submodule_search_locations
            self._last_parent_path = parent_path
            self._last_epoch = self._epoch
        return self._path

    def __iter__(self):
        return iter(self._recalculate())

    def __getitem__(self, index):
        return self._recalculate()[index]

    def __setitem__(self, index, path):
        self._path[index] = path

    def __len__(self):
        return len(self._recalculate())

    def __repr__(self):
        return f"_NamespacePath({self._path!r})"

    def __contains__(self, item):
        return item in self._recalculate()

    def append(self, item):
        self._path.append(item)


class NamespaceLoader:
    """The loader of a package without a file."""

    def __init__(self, name, path, path_finder):
        self._path = _NamespacePath(name, path, path_finder)

    def is_package(self, fullname):
        return True

    def get_source(self, fullname):
        return ""

    def get_code(self, fullname):
        return compile("", "<string>", "exec", dont_inherit=True)

    def create_module(self, spec):
        """Leave it to the importer to make a module."""

    def exec_module(self, module):
        pass

    def load_module(self, fullname):
        """Load a namespace package by the old protocol."""
        return _load_module_shim(self, fullname)


_NamespaceLoader = NamespaceLoader


class PathFinder:
    """The finder of modules on `sys.path` and on the paths of packages. Nobody makes instances of it."""

    @staticmethod
    def invalidate_caches():
        """Let every finder forget what it knows of its folder."""
        cache = sys.path_importer_cache
        for name, finder in list(cache.items()):
            if finder is None or not _path_isabs(name):
                del cache[name]
            elif hasattr(finder, "invalidate_caches"):
                finder.invalidate_caches()
        _NamespacePath._epoch += 1

    @staticmethod
    def _path_hooks(path):
        for hook in sys.path_hooks:
            try:
                return hook(path)
            except ImportError:
                continue
        return None

    @classmethod
    def _path_importer_cache(cls, path):
        if path == "":
            try:
                path = _imp._getcwd()
            except (FileNotFoundError, PermissionError):
                return None
        try:
            return sys.path_importer_cache[path]
        except KeyError:
            finder = cls._path_hooks(path)
            sys.path_importer_cache[path] = finder
            return finder

    @classmethod
    def _get_spec(cls, fullname, path, target=None):
        portions = []
        for entry in path:
            if not isinstance(entry, str):
                continue
            finder = cls._path_importer_cache(entry)
            if finder is None:
                continue
            spec = finder.find_spec(fullname, target)
            if spec is None:
                continue
            if spec.loader is not None:
                return spec
            if spec.submodule_search_locations is None:
                raise ImportError("spec missing loader")
            portions.extend(spec.submodule_search_locations)
        spec = ModuleSpec(fullname, None)
        spec.submodule_search_locations = portions
        return spec

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        """Find a module on a path, by default `sys.path`."""
        spec = cls._get_spec(fullname, sys.path if path is None else path, target)
        if spec.loader is not None:
            return spec
        if not spec.submodule_search_locations:
            return None
        return _spec_of_namespace(fullname, spec.submodule_search_locations)


class FileFinder:
    """The finder of modules in one folder."""

    def __init__(self, path, *loader_details):
        loaders = []
        for loader, suffixes in loader_details:
            loaders.extend((suffix, loader) for suffix in suffixes)
        self._loaders = loaders
        self.path = _path_abspath(path or ".")
        self._path_mtime = -1

    def invalidate_caches(self):
        """Do nothing: the folder is asked anew for each module."""
        self._path_mtime = -1

    def _get_spec(self, loader_class, fullname, path, smsl, target):
        loader = loader_class(fullname, path)
        return spec_from_file_location(fullname, path, loader=loader, submodule_search_locations=smsl)

    def find_spec(self, fullname, target=None):
        """Find a module in the folder."""
        base = _path_join(self.path, fullname.rpartition(".")[2])
        is_namespace = _path_isdir(base)
        if is_namespace:
            for suffix, loader in self._loaders:
                path = _path_join(base, "__init__" + suffix)
                if _path_isfile(path):
                    return self._get_spec(loader, fullname, path, [base], target)
        for suffix, loader in self._loaders:
            path = base + suffix
            if _path_isfile(path):
                return self._get_spec(loader, fullname, path, None, target)
        if is_namespace:
            spec = ModuleSpec(fullname, None)
            spec.submodule_search_locations = [base]
            return spec
        return None

    @classmethod
    def path_hook(cls, *loader_details):
        """Make a function for `sys.path_hooks` that makes finders of folders."""

        def path_hook_for_FileFinder(path):
            if not _path_isdir(path):
                raise ImportError("only directories are supported", path=path)
            return cls(path, *loader_details)

        return path_hook_for_FileFinder

    def __repr__(self):
        return f"FileFinder({self.path!r})"


def _path_isabs(path):
    return path.startswith("/")


def _get_supported_file_loaders():
    return [(SourceFileLoader, SOURCE_SUFFIXES), (SourcelessFileLoader, BYTECODE_SUFFIXES)]


class WindowsRegistryFinder:
    """The finder of modules that Windows' registry names; it finds none here."""

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        return None


class AppleFrameworkLoader(ExtensionFileLoader):
    """The loader of extensions in the frameworks of iOS."""


def _archive_hook(path):
    """Make the finder of an archive, by the class `zipimport.zipimporter`, which is loaded when it is first needed."""
    if not _path_isfile(path) and not _imp._archive_in(path):
        raise ImportError(f"not a Zip file: {path!r}", path=path)
    return _imp._find_and_load("zipimport").zipimporter(path)


_FOLDER_HOOK = FileFinder.path_hook(*_get_supported_file_loaders())
_OWN_LOADERS = FileFinder("/", *_get_supported_file_loaders())._loaders
