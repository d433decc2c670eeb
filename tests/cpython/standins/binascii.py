"""Stands in for `binascii`: hexadecimal digits, base 64 and the checksum."""


class Error(ValueError):
    pass


class Incomplete(Exception):
    pass


def hexlify(data, sep=None, bytes_per_sep=1):
    data = memoryview(data).tobytes()
    text = data.hex() if sep is None else data.hex(sep, bytes_per_sep)
    return text.encode("ascii")


b2a_hex = hexlify


def unhexlify(digits, /):
    text = digits if isinstance(digits, str) else bytes(digits).decode("latin-1")
    if len(text) % 2:
        raise Error("Odd-length string")
    if any(char not in "0123456789abcdefABCDEF" for char in text):
        raise Error("Non-hexadecimal digit found")
    return bytes.fromhex(text)


a2b_hex = unhexlify
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def b2a_base64(data, /, *, newline=True):
    data = bytes(data)
    made = bytearray()
    for at in range(0, len(data), 3):
        part = data[at : at + 3]
        number = int.from_bytes(part + bytes(3 - len(part)), "big")
        digits = [_ALPHABET[number >> shift & 63] for shift in (18, 12, 6, 0)]
        made += bytes(digits[: len(part) + 1]) + b"=" * (3 - len(part))
    return bytes(made) + (b"\n" if newline else b"")


def a2b_base64(text, /, *, strict_mode=False):
    if isinstance(text, str):
        text = text.encode("ascii")
    digits = [_ALPHABET.index(char) for char in bytes(text) if char in _ALPHABET]
    if len(digits) % 4 == 1:
        raise Error("Invalid base64-encoded string: number of data characters cannot be 1 more than a multiple of 4")
    if len(digits) % 4 and bytes(text).count(b"=") < 4 - len(digits) % 4:
        raise Error("Incorrect padding")
    number = 0
    for digit in digits:
        number = number << 6 | digit
    size = len(digits) * 6 // 8
    return (number >> len(digits) * 6 % 8).to_bytes(size, "big")


_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0xEDB88320 if _byte & 1 else 0)
    _TABLE.append(_byte)


def crc32(data, value=0, /):
    value ^= 0xFFFFFFFF
    for byte in bytes(data):
        value = value >> 8 ^ _TABLE[(value ^ byte) & 255]
    return value ^ 0xFFFFFFFF


def b2a_qp(data, quotetabs=False, istext=True, header=False):
    made = bytearray()
    for byte in bytes(data):
        plain = 33 <= byte <= 126 and byte != 61 or byte in (10, 13) or byte in (9, 32) and not quotetabs
        made += bytes([byte]) if plain else f"={byte:02X}".encode()
    return bytes(made)


def a2b_qp(data, header=False):
    data = data.encode("ascii") if isinstance(data, str) else bytes(data)
    made = bytearray()
    at = 0
    while at < len(data):
        if data[at] == 61:
            digits = data[at + 1 : at + 3]
            at += 3
            if digits[:1] != b"\n":
                made.append(int(digits, 16))
            else:
                at -= 1
        else:
            made.append(data[at])
            at += 1
    return bytes(made)


def b2a_uu(data, /, *, backtick=False):
    data = bytes(data)
    made = bytearray([32 + len(data)])
    for at in range(0, len(data), 3):
        number = int.from_bytes((data[at : at + 3] + b"\0\0")[:3], "big")
        made += bytes(32 + (number >> shift & 63) for shift in (18, 12, 6, 0))
    return bytes(made) + b"\n"


def a2b_uu(line, /):
    line = line.encode("ascii") if isinstance(line, str) else bytes(line)
    size = line[0] - 32 & 63
    made = bytearray()
    for at in range(1, len(line) - 1, 4):
        number = 0
        for char in (line[at : at + 4] + b"   ")[:4]:
            if not 32 <= char <= 96:
                raise Error("Illegal char")
            number = number << 6 | char - 32 & 63
        made += number.to_bytes(3, "big")
    return bytes(made[:size])
