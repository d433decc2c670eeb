"""Stands in for `_abc`, which `abc` asks about classes. Without it the library takes `_py_abc`, which `typing` does not
know for what it is: a protocol with data would refuse `isinstance`.

What it cannot do is to mark a class as a sequence or mapping for patterns of `match`."""

from _weakrefset import WeakSet

_token = 0


class _Known:
    """What is known of the classes below one."""

    def __init__(self):
        self.registry = WeakSet()
        self.below = WeakSet()
        self.not_below = WeakSet()
        self.token = _token


def get_cache_token():
    return _token


def _abc_init(cls, /):
    abstract = {name for name, value in list(vars(cls).items()) if getattr(value, "__isabstractmethod__", False)}
    for base in cls.__bases__:
        for name in getattr(base, "__abstractmethods__", ()):
            if getattr(getattr(cls, name, None), "__isabstractmethod__", False):
                abstract.add(name)
    cls.__abstractmethods__ = frozenset(abstract)
    cls._abc_impl = _Known()
    if "__abc_tpflags__" in vars(cls):
        del cls.__abc_tpflags__


def _abc_register(cls, subclass, /):
    global _token
    if not isinstance(subclass, type):
        raise TypeError("Can only register classes")
    if issubclass(subclass, cls):
        return subclass
    if issubclass(cls, subclass):
        raise RuntimeError("Refusing to create an inheritance cycle")
    cls._abc_impl.registry.add(subclass)
    _token += 1
    return subclass


def _abc_instancecheck(cls, instance, /):
    known = cls._abc_impl
    subclass = getattr(instance, "__class__", type(instance))
    if subclass in known.below:
        return True
    kind = type(instance)
    if kind is subclass:
        if known.token == _token and subclass in known.not_below:
            return False
        return cls.__subclasscheck__(subclass)
    if cls.__subclasscheck__(subclass):
        return True
    return cls.__subclasscheck__(kind)


def _abc_subclasscheck(cls, subclass, /):
    if not isinstance(subclass, type):
        raise TypeError("issubclass() arg 1 must be a class")
    known = cls._abc_impl
    if subclass in known.below:
        return True
    if known.token < _token:
        known.not_below.clear()
        known.token = _token
    elif subclass in known.not_below:
        return False
    answer = cls.__subclasshook__(subclass)
    if answer is NotImplemented:
        answer = cls in subclass.__mro__
        if not answer:
            answer = any(issubclass(subclass, registered) for registered in known.registry)
        if not answer:
            answer = any(issubclass(subclass, each) for each in cls.__subclasses__())
    elif not isinstance(answer, bool):
        raise AssertionError("__subclasshook__ must return either False, True, or NotImplemented")
    (known.below if answer else known.not_below).add(subclass)
    return answer


# `typing` looks who asks a protocol: it is `abc`.
_abc_instancecheck.__module__ = _abc_subclasscheck.__module__ = "abc"


def _reset_registry(cls, /):
    cls._abc_impl.registry.clear()


def _reset_caches(cls, /):
    cls._abc_impl.below.clear()
    cls._abc_impl.not_below.clear()


def _get_dump(cls, /):
    known = cls._abc_impl
    return known.registry.data, known.below.data, known.not_below.data, known.token
