"""Stands in for `unicodedata`, as far as texts of minivm tell something of their characters: names through the error
handler that writes them, normal forms of ASCII alone."""

unidata_version = "16.0.0"


def lookup(name, /):
    try:
        return eval(f"'\\N{{{name}}}'")
    except SyntaxError:
        raise KeyError(f"undefined character name '{name}'") from None


_missing = object()


def name(char, default=_missing, /):
    if char < "\x7f":
        import codecs

        text = codecs.namereplace_errors(UnicodeEncodeError("ascii", char, 0, 1, ""))[0]
    else:
        text = char.encode("ascii", "namereplace").decode()
    if not text.startswith("\\N{"):
        if default is _missing:
            raise ValueError("no such name")
        return default
    return text[3:-1]


def normalize(form, text, /):
    if text.isascii():
        return text
    raise NotImplementedError("minivm offers no normal forms yet")


def is_normalized(form, text, /):
    return normalize(form, text) == text


def east_asian_width(char, /):
    code = ord(char)
    wide = 0x1100 <= code <= 0x115F or 0x2E80 <= code <= 0xA4CF or 0xAC00 <= code <= 0xD7A3 or 0xF900 <= code <= 0xFAFF
    if wide or 0xFE30 <= code <= 0xFE6F or 0x1F300 <= code <= 0x1FAFF or 0x20000 <= code <= 0x3FFFD:
        return "W"
    if 0xFF00 <= code <= 0xFF60 or 0xFFE0 <= code <= 0xFFE6:
        return "F"
    return "Na" if 32 <= code < 127 else "N"


def combining(char, /):
    return 230 if "\u0300" <= char <= "\u0314" else 0


def decimal(char, default=_missing, /):
    if char.isdecimal():
        return int(char)
    if default is _missing:
        raise ValueError("not a decimal")
    return default


digit = numeric = decimal


def category(char, /):
    if char.isdecimal():
        return "Nd"
    if char.isupper():
        return "Lu"
    if char.islower():
        return "Ll"
    if char.isalpha():
        return "Lo"
    if "\ud800" <= char <= "\udfff":
        return "Cs"
    if char < " " or "\x7f" <= char < "\xa0":
        return "Cc"
    return "Zs" if char.isspace() else "Po"
