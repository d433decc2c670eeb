"""Which code `-m NAME` runs, and `__main__` of a folder or an archive (what `runpy` of CPython's library does).

`find` returns a spec and a code object; an error that is the command line's ends the program with a line of text.
"""


class _Refused(Exception):
    pass


def _find_spec(name):
    full, module = name, sys.modules.get(name)
    if module is not None:
        spec = getattr(module, "__spec__", _Refused)
        if spec is _Refused:
            raise ValueError(f"{name}.__spec__ is not set")
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
    return _bootstrap._find_spec(full, path)


def _details(name):
    if name.startswith("."):
        raise _Refused("Relative module names not supported")
    package = name.rpartition(".")[0]
    if package:
        try:
            __import__(package)
        except ImportError as error:
            # An import that failed inside of the package is an error of the program.
            if error.name is None or error.name != package and not package.startswith(error.name + "."):
                raise
        there = sys.modules.get(name)
        if there is not None and not hasattr(there, "__path__"):
            import _warnings

            _warnings.warn(
                RuntimeWarning(
                    f"{name!r} found in sys.modules after import of package {package!r}, but prior to execution of "
                    f"{name!r}; this may result in unpredictable behaviour"
                )
            )
    try:
        spec = _find_spec(name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        message = f"Error while finding module specification for {name!r} ({type(error).__name__}: {error})"
        if name.endswith(".py"):
            message += f". Try using '{name[:-3]}' instead of '{name}' as the module name."
        raise _Refused(message) from error
    if spec is None:
        raise _Refused(f"No module named {name}")
    if spec.submodule_search_locations is not None:
        if name == "__main__" or name.endswith(".__main__"):
            raise _Refused("Cannot use package as __main__ module")
        try:
            return _details(name + ".__main__")
        except _Refused as error:
            if name not in sys.modules:
                raise
            raise _Refused(f"{error}; {name!r} is a package and cannot be directly executed")
    if spec.loader is None:
        raise _Refused(f"{name!r} is a namespace package and cannot be executed")
    try:
        code = spec.loader.get_code(name)
    except ImportError as error:
        raise _Refused(str(error)) from error
    if code is None:
        raise _Refused(f"No code object available for {name}")
    return spec, code


def find(name, is_archive):
    try:
        if not is_archive:
            return _details(name)
        main = sys.modules.pop("__main__")
        try:
            return _details("__main__")
        except ImportError as error:
            if "__main__" in str(error):
                raise _Refused(f"can't find '__main__' module in {sys.path[0]!r}") from error
            raise
        except _Refused as error:
            if str(error) == "No module named __main__":
                raise _Refused(f"can't find '__main__' module in {sys.path[0]!r}") from error
            raise
        finally:
            sys.modules["__main__"] = main
    except _Refused as error:
        sys.exit(f"{sys.executable}: {error}")
