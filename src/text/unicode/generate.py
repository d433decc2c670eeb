"""Writes the tables of this folder again, from the Unicode database of the Python that runs it.

    python3.14 src/text/unicode/generate.py && cargo fmt

Only what stands between the brackets of a table is written; comments and names stay.
"""
import os
import re
import unicodedata

FOLDER = os.path.dirname(os.path.abspath(__file__))
POINTS = range(0x110000)


def ranges(holds, start=0x80):
    """The inclusive ranges of the code points past ASCII for which something holds."""
    found = []
    for point in POINTS[start:]:
        if holds(chr(point)):
            if found and found[-1][1] == point - 1:
                found[-1][1] = point
            else:
                found.append([point, point])
    return [f"({first:#x}, {last:#x})" for first, last in found]


def texts(mapped, otherwise):
    """The code points that are mapped to something else than one would think, with what they are mapped to."""
    escape = lambda text: "".join(f"\\u{{{ord(char):x}}}" for char in text)
    pairs = ((chr(point), mapped(chr(point)), otherwise(chr(point))) for point in POINTS)
    return [f"('{escape(char)}', \"{escape(to)}\")" for char, to, other in pairs if to != other]


def filled(items):
    """Lines of items, as wide as the project's lines are."""
    lines, line = [], "   "
    for item in items:
        if len(line) + len(item) + 2 > 110:
            lines.append(line)
            line = "   "
        line += f" {item},"
    return "\n".join(lines + [line])


def write(file, tables):
    """Replaces the content of the named tables of a file."""
    path = os.path.join(FOLDER, file)
    with open(path) as stream:
        source = stream.read()
    for name, items in tables.items():
        pattern = rf"(pub const {name}: [^=]*= &\[\n).*?(\n\];)"
        source, count = re.subn(pattern, lambda match: match[1] + filled(items) + match[2], source, flags=re.S)
        assert count == 1, name
    with open(path, "w") as stream:
        stream.write(source)


write("ranges.rs", {
    "LETTERS": ranges(str.isalpha),
    "NOT_PRINTABLE": ranges(lambda char: not char.isprintable()),
    "DIGITS": ranges(lambda char: char.isdigit() and not char.isdecimal()),
    "NUMERICS": ranges(lambda char: char.isnumeric() and not char.isdigit()),
    "TITLECASE": ranges(lambda char: unicodedata.category(char) == "Lt"),
    "ZEROS": [f"{point:#x}" for point in POINTS if unicodedata.decimal(chr(point), None) == 0],
})
write("case.rs", {
    "TO_TITLE": texts(str.title, str.upper),
    "TO_FOLD": texts(str.casefold, str.lower),
})
write("wide.rs", {"WIDE": ranges(lambda char: unicodedata.east_asian_width(char) in "WF")})
