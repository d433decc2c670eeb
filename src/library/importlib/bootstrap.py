"""Specs, and the finders and loaders of modules that lie in the binary.

The importer itself is native (`src/vm/start/import`); it makes this module, with the names `_imp` and `sys`, before the
first module of a file is loaded, or when a program first asks for `__spec__` or `sys.meta_path`.
"""

_find_spec = _imp._find_spec
_init_module_attrs = _imp._init_module_attrs
_load_unlocked = _imp._load_unlocked
module_from_spec = _imp._module_from_spec


def _object_name(obj):
    try:
        return obj.__qualname__
    except AttributeError:
        return type(obj).__qualname__


def _call_with_frames_removed(function, *args, **kwargs):
    return function(*args, **kwargs)


def _verbose_message(message, *args, verbosity=1):
    if sys.flags.verbose >= verbosity:
        if not message.startswith(("#", "import ")):
            message = "# " + message
        print(message.format(*args), file=sys.stderr)


class ModuleSpec:
    """What is known of a module before it is loaded: its name, who loads it, where it comes from.

    `submodule_search_locations` is a list of folders for a package and `None` for any other module.
    """

    def __init__(self, name, loader, *, origin=None, loader_state=None, is_package=None):
        self.name = name
        self.loader = loader
        self.origin = origin
        self.loader_state = loader_state
        self.submodule_search_locations = [] if is_package else None
        self._uninitialized_submodules = []
        self._set_fileattr = False
        self._cached = None

    def __repr__(self):
        fields = [f"name={self.name!r}", f"loader={self.loader!r}"]
        if self.origin is not None:
            fields.append(f"origin={self.origin!r}")
        if self.submodule_search_locations is not None:
            fields.append(f"submodule_search_locations={self.submodule_search_locations}")
        return f"{self.__class__.__name__}({', '.join(fields)})"

    def __eq__(self, other):
        locations = self.submodule_search_locations
        try:
            return (
                self.name == other.name
                and self.loader == other.loader
                and self.origin == other.origin
                and locations == other.submodule_search_locations
                and self.cached == other.cached
                and self.has_location == other.has_location
            )
        except AttributeError:
            return NotImplemented

    @property
    def cached(self):
        if self._cached is None and self.origin is not None and self._set_fileattr:
            self._cached = _imp._cached_name(self.origin)
        return self._cached

    @cached.setter
    def cached(self, cached):
        self._cached = cached

    @property
    def parent(self):
        """The name of the package that the module is in, or is."""
        if self.submodule_search_locations is None:
            return self.name.rpartition(".")[0]
        return self.name

    @property
    def has_location(self):
        return self._set_fileattr

    @has_location.setter
    def has_location(self, value):
        self._set_fileattr = bool(value)


def spec_from_loader(name, loader, *, origin=None, is_package=None):
    """Make the spec of a module from what its loader says of it."""
    if origin is None:
        origin = getattr(loader, "_ORIGIN", None)
    if not origin and hasattr(loader, "get_filename"):
        from_file = _bootstrap_external.spec_from_file_location
        if is_package is None:
            return from_file(name, loader=loader)
        return from_file(name, loader=loader, submodule_search_locations=[] if is_package else None)
    if is_package is None:
        if hasattr(loader, "is_package"):
            try:
                is_package = loader.is_package(name)
            except ImportError:
                is_package = None
        else:
            is_package = False
    return ModuleSpec(name, loader, origin=origin, is_package=is_package)


def _spec_from_module(module, loader=None, origin=None):
    try:
        spec = module.__spec__
    except AttributeError:
        pass
    else:
        if spec is not None:
            return spec
    name = module.__name__
    if loader is None:
        loader = getattr(module, "__loader__", None)
    location = getattr(module, "__file__", None)
    if origin is None:
        origin = location if location is not None else getattr(loader, "_ORIGIN", None)
    spec = ModuleSpec(name, loader, origin=origin)
    spec._set_fileattr = location is not None and origin == location
    spec.cached = getattr(module, "__cached__", None)
    try:
        spec.submodule_search_locations = list(module.__path__)
    except AttributeError:
        spec.submodule_search_locations = None
    return spec


def _load(spec):
    return _load_unlocked(spec)


def _exec(spec, module):
    """Run a spec in a module that is there already (`importlib.reload`)."""
    name = spec.name
    if sys.modules.get(name) is not module:
        raise ImportError(f"module {name!r} not in sys.modules", name=name)
    try:
        if spec.loader is None:
            if spec.submodule_search_locations is None:
                raise ImportError("missing loader", name=name)
            _init_module_attrs(spec, module, True)
        else:
            _init_module_attrs(spec, module, True)
            if not hasattr(spec.loader, "exec_module"):
                import _warnings

                message = f"{_object_name(spec.loader)}.exec_module() not found; falling back to load_module()"
                _warnings.warn(message, ImportWarning)
                spec.loader.load_module(name)
            else:
                spec.loader.exec_module(module)
    finally:
        module = sys.modules.pop(spec.name)
        sys.modules[spec.name] = module
    return module


def _load_module_shim(self, fullname):
    """What the old method `load_module` of a loader does by its new ones."""
    import _warnings

    _warnings.warn(
        "the load_module() method is deprecated and slated for removal in Python 3.15; use exec_module() instead",
        DeprecationWarning,
    )
    spec = spec_from_loader(fullname, self)
    if fullname in sys.modules:
        module = sys.modules[fullname]
        _exec(spec, module)
        return sys.modules[fullname]
    return _load(spec)


class BuiltinImporter:
    """Finder and loader of the modules that are written in Rust. Nobody makes instances of it."""

    _ORIGIN = "built-in"

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if _imp.is_builtin(fullname):
            return spec_from_loader(fullname, cls, origin=cls._ORIGIN)
        return None

    @staticmethod
    def create_module(spec):
        """Make a built-in module."""
        if spec.name not in sys.builtin_module_names:
            raise ImportError(f"{spec.name!r} is not a built-in module", name=spec.name)
        return _imp.create_builtin(spec)

    @staticmethod
    def exec_module(module):
        """Do what is left to do after the module was made."""
        _imp.exec_builtin(module)

    @classmethod
    def get_code(cls, fullname):
        """Return None: built-in modules have no code objects."""
        _check_built_in(fullname)
        return None

    @classmethod
    def get_source(cls, fullname):
        """Return None: built-in modules have no source."""
        _check_built_in(fullname)
        return None

    @classmethod
    def is_package(cls, fullname):
        """Return False: built-in modules are never packages."""
        _check_built_in(fullname)
        return False

    load_module = classmethod(_load_module_shim)


def _check_built_in(fullname):
    if fullname not in sys.builtin_module_names:
        raise ImportError(f"{fullname!r} is not a built-in module", name=fullname)


class FrozenImporter:
    """Finder and loader of the modules whose text lies in the binary. Nobody makes instances of it."""

    _ORIGIN = "frozen"

    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        if _imp.is_frozen(fullname):
            return spec_from_loader(fullname, cls, origin=cls._ORIGIN)
        return None

    @staticmethod
    def create_module(spec):
        """Leave it to the importer to make a module."""
        return None

    @staticmethod
    def exec_module(module):
        """Run the code of the module."""
        code = _imp.get_frozen_object(module.__spec__.name)
        exec(code, module.__dict__)

    @classmethod
    def get_code(cls, fullname):
        """Return the code object of a frozen module."""
        _check_frozen(fullname)
        return _imp.get_frozen_object(fullname)

    @classmethod
    def get_source(cls, fullname):
        """Return the text of a frozen module."""
        _check_frozen(fullname)
        return _imp._frozen_source(fullname)

    @classmethod
    def is_package(cls, fullname):
        """Return whether a frozen module is a package."""
        _check_frozen(fullname)
        return _imp.is_frozen_package(fullname)

    load_module = classmethod(_load_module_shim)


def _check_frozen(fullname):
    if not _imp.is_frozen(fullname):
        raise ImportError(f"{fullname!r} is not a frozen module", name=fullname)


def _resolve_name(name, package, level):
    """Return the absolute name of a relative one."""
    parts = package.rsplit(".", level - 1)
    if len(parts) < level:
        raise ImportError("attempted relative import beyond top-level package")
    return f"{parts[0]}.{name}" if name else parts[0]


def _sanity_check(name, package, level):
    if not isinstance(name, str):
        raise TypeError(f"module name must be str, not {type(name)}")
    if level < 0:
        raise ValueError("level must be >= 0")
    if level > 0:
        if not isinstance(package, str):
            raise TypeError("__package__ not set to a string")
        if not package:
            raise ImportError("attempted relative import with no known parent package")
    if not name and level == 0:
        raise ValueError("Empty module name")


def _gcd_import(name, package=None, level=0):
    """Import a module and return it, not the package it is in."""
    _sanity_check(name, package, level)
    return _imp._find_and_load(_resolve_name(name, package, level) if level > 0 else name)
