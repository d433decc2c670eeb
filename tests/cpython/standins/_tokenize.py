"""Stands in for `_tokenize`: tokens of source text, with an f-string as one string."""

import re
from token import DEDENT, ENDMARKER, EXACT_TOKEN_TYPES, INDENT, NAME, NEWLINE, NUMBER, OP, STRING
from token import COMMENT, NL

_OPERATORS = "|".join(map(re.escape, sorted(EXACT_TOKEN_TYPES, key=len, reverse=True)))
_PREFIX = r"(?:[bB][rR]?|[rR][bBfFtT]?|[uU]|[fFtT][rR]?)?"
_TOKEN = re.compile(
    rf"(?P<comment>#[^\r\n]*)|(?P<string>{_PREFIX}(?:'''|\"\"\"|'|\"))"
    r"|(?P<number>0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+"
    r"|(?:\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][-+]?\d(?:_?\d)*)?[jJ]?"
    r"|\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?[jJ]?)"
    rf"|(?P<name>\w+)|(?P<operator>{_OPERATORS})|(?P<next>\\\r?\n)|(?P<line>\r?\n)"
)


class TokenizerIter:
    def __init__(self, readline, /, *, encoding=None, extra_tokens=False):
        lines = []
        try:
            while line := readline():
                lines.append(line.decode(encoding or "utf-8") if isinstance(line, bytes) else line)
        except StopIteration:
            pass
        self._lines = lines
        self._tokens = self._all(extra_tokens)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._tokens)

    def _error(self, message, row, column):
        line = self._lines[row - 1] if row <= len(self._lines) else ""
        return SyntaxError(message, ("<string>", row, column + 1, line, row, column + 1))

    def _all(self, extra):
        lines = self._lines
        indents = [0]
        depth = 0
        row = 0
        fresh = True
        while row < len(lines):
            line = lines[row]
            row += 1
            column = 0
            if fresh and not depth:
                width = len(line) - len(line.lstrip(" \t\f"))
                blank = line.strip(" \t\f\r\n") == "" or line.lstrip().startswith("#")
                if not blank and width > indents[-1]:
                    indents.append(width)
                    yield INDENT, line[:width], (row, 0), (row, width), line
                while not blank and width < indents[-1]:
                    indents.pop()
                    if width > indents[-1]:
                        raise IndentationError("unindent does not match any outer indentation level")
                    yield DEDENT, "", (row, width), (row, width), line
            else:
                blank = False
            fresh = False
            while column < len(line):
                if line[column] in " \t\f":
                    column += 1
                    continue
                found = _TOKEN.match(line, column)
                if found is None:
                    if not extra:
                        raise self._error("invalid character", row, column)
                    yield OP, line[column], (row, column), (row, column + 1), line
                    column += 1
                    continue
                kind = found.lastgroup
                text = found.group()
                start, end = (row, column), (row, found.end())
                column = found.end()
                if kind == "string":
                    text, first = self._string(found, row), line
                    rows = text.count("\n")
                    if rows:
                        row += rows
                        line = lines[row - 1]
                        column = len(text) - text.rindex("\n") - 1
                    else:
                        column = start[1] + len(text)
                    yield STRING, text, start, (row, column), first
                elif kind == "number":
                    yield NUMBER, text, start, end, line
                elif kind == "name":
                    yield NAME, text, start, end, line
                elif kind == "operator":
                    if text in "([{":
                        depth += 1
                    elif text in ")]}":
                        depth = max(depth - 1, 0)
                    yield OP if extra else EXACT_TOKEN_TYPES[text], text, start, end, line
                elif kind == "comment":
                    if extra:
                        yield COMMENT, text, start, end, line
                elif kind == "line":
                    if depth or blank:
                        if extra:
                            yield NL, text, start, end, line
                    else:
                        yield NEWLINE, text, start, end, line
                    fresh = True
        if depth:
            raise self._error("unexpected EOF in multi-line statement", row, 0)
        if lines and not lines[-1].endswith("\n"):
            width = len(lines[-1])
            yield NEWLINE, "", (row, width), (row, width + 1), ""
        for _ in indents[1:]:
            yield DEDENT, "", (row + 1, 0), (row + 1, 0), ""
        yield ENDMARKER, "", (row + 1, 0), (row + 1, 0), ""

    def _string(self, found, row):
        """Returns the whole text of a string, which may go on for lines."""
        head = found.group()
        quote = head.lstrip("bBrRuUfFtT")
        text = found.string[found.start() :]
        at = len(head)
        while True:
            if at >= len(text):
                if row >= len(self._lines):
                    raise self._error("unterminated triple-quoted string literal", row, found.start())
                text += self._lines[row]
                row += 1
            elif text[at] == "\\":
                at += 2
            elif text.startswith(quote, at):
                return text[: at + len(quote)]
            elif text[at] == "\n" and len(quote) == 1:
                raise self._error("unterminated string literal", row, found.start())
            else:
                at += 1
