"""Stands in for `_contextvars`: one context at a time, since scripts have one thread."""

_missing = object()


class Context:
    def __init__(self):
        self._values = {}
        self._outer = None

    def run(self, callable, /, *args, **kwargs):
        global _current
        if self._outer is not None:
            raise RuntimeError(f"cannot enter context: {self} is already entered")
        self._outer = _current
        _current = self
        try:
            return callable(*args, **kwargs)
        finally:
            _current = self._outer
            self._outer = None

    def copy(self):
        made = Context()
        made._values = dict(self._values)
        return made

    def get(self, variable, default=None, /):
        return self._values.get(variable, default)

    def keys(self):
        return self._values.keys()

    def values(self):
        return self._values.values()

    def items(self):
        return self._values.items()

    def __contains__(self, variable):
        return variable in self._values

    def __getitem__(self, variable):
        return self._values[variable]

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __eq__(self, other):
        return self._values == other._values if isinstance(other, Context) else NotImplemented


_current = Context()


class Token:
    MISSING = _missing
    __class_getitem__ = classmethod(type(list[int]))

    def __init__(self, variable, old):
        self.var = variable
        self.old_value = old
        self._used = False

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.var.reset(self)


class ContextVar:
    __class_getitem__ = classmethod(type(list[int]))

    def __init__(self, name, /, *, default=_missing):
        if not isinstance(name, str):
            raise TypeError("context variable name must be a str")
        self.name = name
        self._default = default

    def get(self, default=_missing, /):
        for value in (_current._values.get(self, _missing), default, self._default):
            if value is not _missing:
                return value
        raise LookupError(self)

    def set(self, value, /):
        token = Token(self, _current._values.get(self, _missing))
        _current._values[self] = value
        return token

    def reset(self, token, /):
        if token._used:
            raise RuntimeError(f"{token!r} has already been used once")
        token._used = True
        if token.old_value is _missing:
            _current._values.pop(self, None)
        else:
            _current._values[self] = token.old_value


def copy_context():
    return _current.copy()
