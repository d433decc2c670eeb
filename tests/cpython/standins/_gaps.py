"""Goes around what minivm cannot do yet and without which no test file could be imported. Each detour is taken only as
long as its gap is there."""

import ast
import functools
import sys
import types

try:
    ast.parse("1")
except NotImplementedError:
    # The printing of tracebacks parses lines, and goes without a tree of what is wrong.
    def _parse(*args, **how):
        raise SyntaxError("no trees yet")

    ast.parse = _parse

try:
    types.coroutine(lambda: (yield))
except NotImplementedError:
    # Without new code for functions, what they return is wrapped.
    def _coroutine(function):
        return functools.wraps(function)(lambda *args, **how: types._GeneratorWrapper(function(*args, **how)))

    types.coroutine = _coroutine

try:
    b"\xff".decode("utf-8", "surrogateescape")
except NotImplementedError:
    # Without lone surrogates the helpers find no name of a file that cannot be decoded.
    _encoding = sys.getfilesystemencoding
    sys.getfilesystemencoding = lambda: "latin-1"
    try:
        import test.support.os_helper
    finally:
        sys.getfilesystemencoding = _encoding
