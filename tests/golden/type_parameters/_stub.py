# Stands for what classes with type parameters need of `typing`, where that cannot be imported.
import sys

try:
    import typing
except ImportError:
    import _typing

    typing = sys.modules["typing"] = type(sys)("typing")
    for name in ("TypeVar", "ParamSpec", "TypeVarTuple", "TypeAliasType", "Generic", "NoDefault", "Union",
                 "ParamSpecArgs", "ParamSpecKwargs"):
        setattr(typing, name, getattr(_typing, name))

    class _GenericAlias:
        def __init__(self, origin, args):
            self.__origin__, self.__args__ = origin, args

        def __mro_entries__(self, bases):
            return (self.__origin__,)

    def _generic_init_subclass(cls, *args, **kwargs):
        super(_typing.Generic, cls).__init_subclass__(*args, **kwargs)
        cls.__parameters__ = ()
        for base in cls.__dict__.get("__orig_bases__", ()):
            if isinstance(base, _GenericAlias) and base.__origin__ is _typing.Generic:
                cls.__parameters__ = base.__args__

    def _generic_class_getitem(cls, args):
        return _GenericAlias(cls, args if isinstance(args, tuple) else (args,))

    def _type_check(arg, message):
        if not callable(arg):
            raise TypeError(f"{message} Got {arg!r:.100}.")
        return arg

    class _Unpack:
        def __getitem__(self, item):
            return _UnpackedAlias(item)

    class _UnpackedAlias:
        def __init__(self, item):
            self.item = item

        def __repr__(self):
            return f"typing.Unpack[{self.item}]"

    typing.Unpack = _Unpack()
    for function in (_GenericAlias, _generic_init_subclass, _generic_class_getitem, _type_check):
        setattr(typing, function.__name__, function)
