"""Stands in for `_struct`: numbers of fixed size to bytes and back. Floats go through views of memory."""


class error(Exception):
    pass


error.__module__ = "struct"

_SIZES = {
    "x": 1, "c": 1, "b": 1, "B": 1, "?": 1, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8, "Q": 8, "n": 8,
    "N": 8, "P": 8, "e": 2, "f": 4, "d": 8, "s": 1, "p": 1, "F": 8, "D": 16,
}


def _parse(format):
    """Returns the order of bytes, and offset, letter, count and size of each field; and the size of all."""
    if isinstance(format, (bytes, bytearray)):
        format = format.decode("ascii")
    order = format[:1] if format[:1] in ("@", "=", "<", ">", "!") else ""
    rest = format[len(order) :]
    native = order in ("", "@")
    fields = []
    offset = 0
    count = ""
    for letter in rest:
        if letter.isspace():
            continue
        if letter.isdigit():
            count += letter
            continue
        if letter not in _SIZES or letter in "nNP" and not native:
            raise error("bad char in struct format")
        size = 4 if letter in "lL" and not native else _SIZES[letter]
        if native:
            step = size if letter not in "FD" else size // 2
            offset += -offset % step
        number = int(count) if count else 1
        if number * size > (1 << 63) - 1:
            raise error("total struct size too long")
        fields.append((offset, letter, number, size))
        offset += number * size
        count = ""
    if count:
        raise error("repeat count given without format specifier")
    return "big" if order in (">", "!") else "little", fields, offset


def calcsize(format, /):
    return _parse(format)[2]


def _float_to_bytes(letter, value, order):
    if letter == "e":
        return _half(float(value)).to_bytes(2, order)
    size = _SIZES[letter]
    space = bytearray(size)
    try:
        memoryview(space).cast(letter)[0] = value
    except TypeError:
        raise error("required argument is not a float") from None
    if order == "big":
        space.reverse()
    return bytes(space)


def _half(value):
    import math

    sign = 0x8000 if math.copysign(1, value) < 0 else 0
    value = abs(value)
    if not value:
        return sign
    if value != value:
        return sign | 0x7E00
    if value == math.inf:
        return sign | 0x7C00
    digits, power = math.frexp(value)
    if power < -13:
        number = round(math.ldexp(value, 24))
    else:
        number = round(math.ldexp(digits, 11)) + (power + 13 << 10)
    if number >= 0x7C00:
        raise OverflowError("float too large to pack with e format")
    return sign | number


def _float_from_bytes(letter, data, order):
    if letter == "e":
        number = int.from_bytes(data, order)
        sign = -1.0 if number & 0x8000 else 1.0
        power = number >> 10 & 31
        digits = number & 1023
        if power == 31:
            return sign * (float("nan") if digits else float("inf"))
        return sign * (digits * 2.0**-24 if not power else (1024 + digits) * 2.0 ** (power - 25))
    if order == "big":
        data = data[::-1]
    return memoryview(bytes(data)).cast(letter)[0]


def pack(format, /, *values):
    order, fields, total = _parse(format)
    wanted = sum(1 if letter in "sp" else count for _, letter, count, _ in fields if letter != "x")
    if wanted != len(values):
        raise error(f"pack expected {wanted} items for packing (got {len(values)})")
    values = iter(values)
    made = bytearray(total)
    for offset, letter, count, size in fields:
        if letter == "x":
            continue
        if letter in "sp":
            value = next(values)
            if not isinstance(value, (bytes, bytearray)):
                raise error(f"argument for {letter!r} must be a bytes object")
            value = bytes(value[: count if letter == "s" else max(count - 1, 0)])
            if letter == "p" and count:
                value = bytes([min(len(value), 255)]) + value
            made[offset : offset + len(value)] = value
            continue
        for _ in range(count):
            made[offset : offset + size] = _pack_one(letter, next(values), size, order)
            offset += size
    return bytes(made)


def _pack_one(letter, value, size, order):
    if letter == "c":
        if not isinstance(value, (bytes, bytearray)) or len(value) != 1:
            raise error("char format requires a bytes object of length 1")
        return value
    if letter == "?":
        return b"\1" if value else b"\0"
    if letter in "efd":
        return _float_to_bytes(letter, value, order)
    if letter in "FD":
        half = "f" if letter == "F" else "d"
        value = complex(value)
        return _float_to_bytes(half, value.real, order) + _float_to_bytes(half, value.imag, order)
    if not hasattr(value, "__index__"):
        raise error("required argument is not an integer")
    value = value.__index__()
    try:
        return value.to_bytes(size, order, signed=letter.islower())
    except OverflowError:
        low, high = (-1 << 8 * size - 1, (1 << 8 * size - 1) - 1) if letter.islower() else (0, (1 << 8 * size) - 1)
        raise error(f"{letter!r} format requires {low} <= number <= {high}") from None


def unpack(format, data, /):
    order, fields, total = _parse(format)
    data = bytes(data)
    if len(data) != total:
        raise error(f"unpack requires a buffer of {total} bytes")
    made = []
    for offset, letter, count, size in fields:
        if letter == "x":
            continue
        if letter == "s":
            made.append(data[offset : offset + count])
            continue
        if letter == "p":
            made.append(data[offset + 1 : offset + 1 + min(data[offset], count - 1)] if count else b"")
            continue
        for _ in range(count):
            made.append(_unpack_one(letter, data[offset : offset + size], order))
            offset += size
    return tuple(made)


def _unpack_one(letter, data, order):
    if letter == "c":
        return data
    if letter == "?":
        return data != b"\0"
    if letter in "efd":
        return _float_from_bytes(letter, data, order)
    if letter in "FD":
        half = len(data) // 2
        name = "f" if letter == "F" else "d"
        return complex(_float_from_bytes(name, data[:half], order), _float_from_bytes(name, data[half:], order))
    return int.from_bytes(data, order, signed=letter.islower())


def unpack_from(format, /, buffer, offset=0):
    size = calcsize(format)
    data = bytes(buffer)
    if offset < 0:
        offset += len(data)
    if offset < 0 or len(data) - offset < size:
        raise error(f"unpack_from requires a buffer of at least {size + offset} bytes")
    return unpack(format, data[offset : offset + size])


def pack_into(format, buffer, offset, /, *values):
    data = pack(format, *values)
    view = memoryview(buffer).cast("B")
    if offset < 0:
        offset += len(view)
    if offset < 0 or offset + len(data) > len(view):
        raise error(f"pack_into requires a buffer of at least {len(data) + offset} bytes")
    view[offset : offset + len(data)] = data


def iter_unpack(format, data, /):
    size = calcsize(format)
    data = bytes(data)
    if not size or len(data) % size:
        raise error("iterative unpacking requires a buffer of a multiple of " + str(size) + " bytes")
    return (unpack(format, data[at : at + size]) for at in range(0, len(data), size))


class Struct:
    def __init__(self, format):
        self.format = format
        self.size = calcsize(format)

    def pack(self, *values):
        return pack(self.format, *values)

    def unpack(self, data, /):
        return unpack(self.format, data)

    def unpack_from(self, buffer, offset=0):
        return unpack_from(self.format, buffer, offset)

    def pack_into(self, buffer, offset, /, *values):
        pack_into(self.format, buffer, offset, *values)

    def iter_unpack(self, data, /):
        return iter_unpack(self.format, data)


def _clearcache():
    pass
