"""Stands in for `_string`: takes the format strings of `str.format` apart for `string.Formatter`."""


def formatter_parser(text):
    """Yields literal text, field, format and conversion of each part."""
    if not isinstance(text, str):
        raise TypeError(f"expected str, got {type(text).__name__}")
    return _parts(text)


def _parts(text):
    literal = ""
    place = 0
    while place < len(text):
        char = text[place]
        place += 1
        if char not in "{}":
            literal += char
        elif text[place : place + 1] == char:
            yield literal + char, None, None, None
            literal = ""
            place += 1
        elif char == "}":
            raise ValueError("Single '}' encountered in format string")
        elif place == len(text):
            raise ValueError("Single '{' encountered in format string")
        else:
            end = _end_of_field(text, place)
            yield literal, *_field(text[place:end])
            literal = ""
            place = end + 1
    if literal:
        yield literal, None, None, None


def _end_of_field(text, place):
    depth = 1
    while place < len(text):
        if text[place] == "{":
            depth += 1
        elif text[place] == "}":
            depth -= 1
            if not depth:
                return place
        place += 1
    raise ValueError("expected '}' before end of string")


def _field(field):
    depth = 0
    for place, char in enumerate(field):
        if char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
        elif char == "!" and depth <= 0:
            rest = field[place + 1 :]
            if not rest:
                raise ValueError("end of string while looking for conversion specifier")
            if len(rest) > 1 and rest[1] != ":":
                raise ValueError("expected ':' after conversion specifier")
            return field[:place], rest[2:], rest[0]
        elif char == ":" and depth <= 0:
            return field[:place], field[place + 1 :], None
    return field, "", None


def formatter_field_name_split(name):
    """Returns the first name and an iterator over attributes (true) and items (false)."""
    if not isinstance(name, str):
        raise TypeError(f"expected str, got {type(name).__name__}")
    end = min([place for place in (name.find("."), name.find("[")) if place >= 0], default=len(name))
    return _number(name[:end]), iter(list(_steps(name[end:])))


def _steps(rest):
    while rest:
        if rest[0] == ".":
            end = min([place for place in (rest.find(".", 1), rest.find("[", 1)) if place >= 0], default=len(rest))
            name = rest[1:end]
            rest = rest[end:]
            is_attribute = True
        elif rest[0] == "[":
            end = rest.find("]")
            if end < 0:
                raise ValueError("Missing ']' in format string")
            name = _number(rest[1:end])
            rest = rest[end + 1 :]
            is_attribute = False
        else:
            raise ValueError("Only '.' or '[' may follow ']' in format field specifier")
        if name == "":
            raise ValueError("Empty attribute in format string")
        yield is_attribute, name


def _number(text):
    return int(text) if text.isascii() and text.isdigit() else text
