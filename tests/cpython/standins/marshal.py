"""Stands in for `marshal`: plain data as the text of its `repr`. Code objects, of which minivm writes none, are kept in
this process under a number."""

version = 5
_codes = []


def dumps(value, version=version, /, *, allow_code=True):
    return _text(value).encode("utf-8", "surrogatepass")


def _text(value):
    if value is StopIteration:
        return "StopIteration"
    if value is ...:
        return "..."
    kind = type(value)
    if kind is float:
        return f"float.fromhex({value.hex()!r})"
    if kind is complex:
        return f"complex({_text(value.real)}, {_text(value.imag)})"
    if kind is type(dumps.__code__):
        _codes.append(value)
        return f"_codes[{len(_codes) - 1}]"
    if kind in (list, tuple, set, frozenset):
        return f"{kind.__name__}([{', '.join(map(_text, value))}])"
    if kind is dict:
        return "{" + ", ".join(f"{_text(name)}: {_text(item)}" for name, item in value.items()) + "}"
    if value is None or kind in (bool, int, str, bytes):
        return repr(value)
    if isinstance(value, (bytearray, memoryview)):
        return repr(bytes(value))
    raise ValueError("unmarshallable object")


def loads(data, /, *, allow_code=True):
    if not len(data):
        raise EOFError("marshal data too short")
    try:
        return eval(bytes(data).decode("utf-8", "surrogatepass"))
    except (SyntaxError, NameError, UnicodeDecodeError):
        raise ValueError("bad marshal data") from None


def dump(value, file, version=version, /, *, allow_code=True):
    return file.write(dumps(value))


def load(file, /, *, allow_code=True):
    return loads(file.read())
