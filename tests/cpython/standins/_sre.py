"""Stands in for `_sre`: the matcher of `re`. The library compiles a pattern to a list of numbers, which become nested
functions here: each takes a place and what is to be matched behind it, and returns the end or -1."""

import copyreg

MAGIC = 20230612
CODESIZE = 4
MAXREPEAT = 4294967295
MAXGROUPS = 1073741823

IGNORECASE, LOCALE, MULTILINE, DOTALL, UNICODE, VERBOSE, DEBUG, ASCII = 2, 4, 8, 16, 32, 64, 128, 256


def getcodesize():
    return CODESIZE


def ascii_iscased(char):
    return 65 <= char <= 90 or 97 <= char <= 122


def ascii_tolower(char):
    return char + 32 if 65 <= char <= 90 else char


def unicode_tolower(char):
    lower = chr(char).lower()
    return ord(lower) if len(lower) == 1 else char


def _unicode_toupper(char):
    upper = chr(char).upper()
    return ord(upper) if len(upper) == 1 else char


def unicode_iscased(char):
    return unicode_tolower(char) != char or _unicode_toupper(char) != char


def _ascii_space(char):
    return char in (9, 10, 11, 12, 13, 32)


def _ascii_word(char):
    return 48 <= char <= 57 or 65 <= char <= 90 or 97 <= char <= 122 or char == 95


def _unicode_digit(char):
    return chr(char).isdecimal()


def _unicode_space(char):
    return chr(char).isspace()


def _unicode_word(char):
    return char == 95 or chr(char).isalnum()


def _unicode_linebreak(char):
    return char in (10, 11, 12, 13, 28, 29, 30, 0x85, 0x2028, 0x2029)


_KINDS = [
    lambda char: 48 <= char <= 57, _ascii_space, _ascii_word, lambda char: char == 10,
    _ascii_word, _unicode_digit, _unicode_space, _unicode_word, _unicode_linebreak,
]


def _category(number):
    """Returns the test of a category; the odd numbers are the negated ones."""
    kind = _KINDS[number // 2]
    return (lambda char: not kind(char)) if number % 2 else kind


class _Match:
    """What one attempt works on: the characters as numbers, the groups, the limits."""

    def __init__(self, text, chars, start, end, groups):
        self.text = text
        self.chars = chars
        self.start = start
        self.end = end
        self.marks = [-1] * (2 * groups)
        self.last = None


class _Builder:
    """Turns the numbers of a pattern into functions."""

    def __init__(self, code):
        from re import _constants

        self.code = code
        self.names = [str(op) for op in _constants.OPCODES]
        self.depth = 0

    def sequence(self, at, end, then):
        """Builds the instructions from `at` to `end`, which go on with `then`."""
        steps = []
        while at < end:
            name = self.names[self.code[at]]
            if name == "SUCCESS":
                break
            if name == "JUMP":
                at = at + 1 + self.code[at + 1]
                continue
            step, at = getattr(self, name, None) and getattr(self, name)(at) or self.single(at)
            steps.append(step)
        for step in reversed(steps):
            then = step(then)
        return then

    # Each of these returns a function from what follows to the matcher, and the place of the next instruction.

    def INFO(self, at):
        return (lambda then: then), at + 1 + self.code[at + 1]

    def FAILURE(self, at):
        return (lambda then: lambda m, i: -1), at + 1

    def MARK(self, at):
        number = self.code[at + 1]

        def step(then):
            def match(m, i):
                old, last = m.marks[number], m.last
                m.marks[number] = i
                if number % 2:
                    m.last = number // 2 + 1
                end = then(m, i)
                if end < 0:
                    m.marks[number] = old
                    m.last = last
                return end

            return match

        return step, at + 2

    def AT(self, at):
        number = self.code[at + 1]
        test = [
            lambda m, i: i == m.start0, lambda m, i: i == m.start0 or m.chars[i - 1] == 10,
            lambda m, i: i == m.start0, lambda m, i: _boundary(m, i, _ascii_word),
            lambda m, i: not _boundary(m, i, _ascii_word),
            lambda m, i: i == m.end or i == m.end - 1 and m.chars[i] == 10,
            lambda m, i: i == m.end or m.chars[i] == 10, lambda m, i: i == m.end,
            lambda m, i: _boundary(m, i, _ascii_word), lambda m, i: not _boundary(m, i, _ascii_word),
            lambda m, i: _boundary(m, i, _unicode_word), lambda m, i: not _boundary(m, i, _unicode_word),
        ][number]
        return (lambda then: lambda m, i: then(m, i) if test(m, i) else -1), at + 2

    def BRANCH(self, at):
        starts = []
        at += 1
        while self.code[at]:
            starts.append((at + 1, at + self.code[at]))
            at += self.code[at]
        after = at + 1

        def step(then):
            ways = [self.sequence(start, end - 2, then) for start, end in starts]

            def match(m, i):
                for way in ways:
                    end = way(m, i)
                    if end >= 0:
                        return end
                return -1

            return match

        return step, after

    def _body(self, at):
        """Returns the limits of a repetition and where its body begins and ends."""
        code = self.code
        return code[at + 2], code[at + 3], at + 4, at + 1 + code[at + 1]

    def REPEAT_ONE(self, at):
        low, high, start, after = self._body(at)
        test = self.test(start)

        def step(then):
            def match(m, i):
                chars = m.chars
                limit = m.end if high == MAXREPEAT else min(m.end, i + high)
                j = i
                while j < limit and test(chars[j]):
                    j += 1
                while j - i >= low:
                    end = then(m, j)
                    if end >= 0:
                        return end
                    j -= 1
                return -1

            return match

        return step, after

    def MIN_REPEAT_ONE(self, at):
        low, high, start, after = self._body(at)
        test = self.test(start)

        def step(then):
            def match(m, i):
                limit = m.end if high == MAXREPEAT else min(m.end, i + high)
                j = i
                while True:
                    if j - i >= low:
                        end = then(m, j)
                        if end >= 0:
                            return end
                    if j >= limit or not test(m.chars[j]):
                        return -1
                    j += 1

            return match

        return step, after

    def POSSESSIVE_REPEAT_ONE(self, at):
        low, high, start, after = self._body(at)
        test = self.test(start)

        def step(then):
            def match(m, i):
                limit = m.end if high == MAXREPEAT else min(m.end, i + high)
                j = i
                while j < limit and test(m.chars[j]):
                    j += 1
                return then(m, j) if j - i >= low else -1

            return match

        return step, after

    def REPEAT(self, at):
        low, high, start, after = self._body(at)
        greedy = self.names[self.code[after]] == "MAX_UNTIL"

        def step(then):
            # The body goes on with whatever the innermost attempt says comes next.
            body = self.sequence(start, after, lambda m, i: m.next[-1](i))

            def match(m, i):
                def more(i, done, last):
                    def again(j):
                        # What lies behind the repetition is no part of it.
                        m.next.pop()
                        end = attempt(j, done + 1, i)
                        m.next.append(again)
                        return end

                    m.next.append(again)
                    end = body(m, i)
                    m.next.pop()
                    return end

                def attempt(i, done, last):
                    if done < low:
                        return more(i, done, last)
                    if greedy:
                        if done < high and i != last:
                            end = more(i, done, last)
                            if end >= 0:
                                return end
                        return then(m, i)
                    end = then(m, i)
                    if end >= 0:
                        return end
                    if done < high and i != last:
                        return more(i, done, last)
                    return -1

                return attempt(i, 0, -1)

            return match

        return step, after + 1

    def POSSESSIVE_REPEAT(self, at):
        low, high, start, after = self._body(at)
        body = self.sequence(start, after, lambda m, i: i)

        def step(then):
            def match(m, i):
                done = 0
                while done < high:
                    end = body(m, i)
                    if end < 0 or end == i and done >= low:
                        break
                    i = end
                    done += 1
                return then(m, i) if done >= low else -1

            return match

        return step, after + 1

    def ATOMIC_GROUP(self, at):
        after = at + 1 + self.code[at + 1]
        body = self.sequence(at + 2, after, lambda m, i: i)

        def step(then):
            def match(m, i):
                end = body(m, i)
                return then(m, end) if end >= 0 else -1

            return match

        return step, after

    def ASSERT(self, at):
        after = at + 1 + self.code[at + 1]
        back = self.code[at + 2]
        body = self.sequence(at + 3, after, lambda m, i: i)

        def step(then):
            def match(m, i):
                if i - back < m.start0 or body(m, i - back) < 0:
                    return -1
                return then(m, i)

            return match

        return step, after

    def ASSERT_NOT(self, at):
        after = at + 1 + self.code[at + 1]
        back = self.code[at + 2]
        body = self.sequence(at + 3, after, lambda m, i: i)

        def step(then):
            def match(m, i):
                if i - back >= m.start0:
                    marks = m.marks[:]
                    if body(m, i - back) >= 0:
                        m.marks[:] = marks
                        return -1
                return then(m, i)

            return match

        return step, after

    def _groupref(self, at, fold):
        group = self.code[at + 1]

        def step(then):
            def match(m, i):
                start, end = m.marks[2 * group : 2 * group + 2]
                if start < 0 or end < start or i + end - start > m.end:
                    return -1
                for offset in range(end - start):
                    if fold(m.chars[start + offset]) != fold(m.chars[i + offset]):
                        return -1
                return then(m, i + end - start)

            return match

        return step, at + 2

    def GROUPREF(self, at):
        return self._groupref(at, lambda char: char)

    def GROUPREF_IGNORE(self, at):
        return self._groupref(at, ascii_tolower)

    GROUPREF_LOC_IGNORE = GROUPREF_IGNORE

    def GROUPREF_UNI_IGNORE(self, at):
        return self._groupref(at, unicode_tolower)

    def GROUPREF_EXISTS(self, at):
        group = self.code[at + 1]
        other = at + 2 + self.code[at + 2] - 1
        after = other
        # A jump before the other way leads behind it.
        if self._ends_with_jump(at + 3, other):
            after = other - 1 + self.code[other - 1]
            yes_end = other - 2
        else:
            yes_end = other

        def step(then):
            yes = self.sequence(at + 3, yes_end, then)
            no = self.sequence(other, after, then)

            def match(m, i):
                return (yes if m.marks[2 * group + 1] >= 0 else no)(m, i)

            return match

        return step, after

    def _ends_with_jump(self, at, end):
        """Walks from instruction to instruction, since a number before `end` may look like a jump."""
        while at < end:
            name = self.names[self.code[at]]
            if name == "JUMP":
                return at + 2 == end
            if name == "BRANCH":
                at += 1
                while self.code[at]:
                    at += self.code[at]
                at += 1
            elif name == "REPEAT" or name == "POSSESSIVE_REPEAT":
                at += 2 + self.code[at + 1]
            elif name in ("FAILURE", "SUCCESS", "ANY", "ANY_ALL"):
                at += 1
            elif name == "GROUPREF_EXISTS":
                at = self.GROUPREF_EXISTS(at)[1]
            elif name in ("MARK", "AT", "CATEGORY") or "LITERAL" in name or name.startswith("GROUPREF"):
                at += 2
            else:
                at += 1 + self.code[at + 1]
        return False

    def single(self, at):
        """Builds what matches one character."""
        test = self.test(at)
        name = self.names[self.code[at]]
        if name in ("ANY", "ANY_ALL"):
            after = at + 1
        elif name == "IN" or name.startswith("IN_"):
            after = at + 1 + self.code[at + 1]
        else:
            after = at + 2

        def step(then):
            def match(m, i):
                return then(m, i + 1) if i < m.end and test(m.chars[i]) else -1

            return match

        return step, after

    def test(self, at):
        """Returns the test of a character for one instruction."""
        name = self.names[self.code[at]]
        value = self.code[at + 1] if at + 1 < len(self.code) else None
        if name == "MARK":
            return self.test(at + 2)
        if name == "ANY":
            return lambda char: char != 10
        if name == "ANY_ALL":
            return lambda char: True
        if name == "LITERAL":
            return lambda char: char == value
        if name == "NOT_LITERAL":
            return lambda char: char != value
        if name == "CATEGORY":
            return _category(value)
        if name in ("LITERAL_IGNORE", "LITERAL_LOC_IGNORE"):
            value = ascii_tolower(value)
            return lambda char: ascii_tolower(char) == value
        if name in ("NOT_LITERAL_IGNORE", "NOT_LITERAL_LOC_IGNORE"):
            value = ascii_tolower(value)
            return lambda char: ascii_tolower(char) != value
        if name == "LITERAL_UNI_IGNORE":
            return lambda char: unicode_tolower(char) == value
        if name == "NOT_LITERAL_UNI_IGNORE":
            return lambda char: unicode_tolower(char) != value
        if name in ("IN", "IN_IGNORE", "IN_LOC_IGNORE", "IN_UNI_IGNORE"):
            members = self.charset(at + 2)
            if name == "IN":
                return members
            if name == "IN_LOC_IGNORE":
                return lambda char: members(char) or members(ascii_tolower(char)) or members(
                    char - 32 if 97 <= char <= 122 else char
                )
            fold = ascii_tolower if name == "IN_IGNORE" else unicode_tolower
            return lambda char: members(fold(char))
        raise NotImplementedError(name)

    def charset(self, at):
        code = self.code
        tests = []
        chars = set()
        negated = False
        while True:
            name = self.names[code[at]]
            if name == "FAILURE":
                break
            if name == "NEGATE":
                negated = True
                at += 1
            elif name == "LITERAL":
                chars.add(code[at + 1])
                at += 2
            elif name == "RANGE":
                tests.append(lambda char, low=code[at + 1], high=code[at + 2]: low <= char <= high)
                at += 3
            elif name == "RANGE_UNI_IGNORE":
                tests.append(
                    lambda char, low=code[at + 1], high=code[at + 2]: low <= char <= high
                    or low <= _unicode_toupper(char) <= high
                )
                at += 3
            elif name == "CATEGORY":
                tests.append(_category(code[at + 1]))
                at += 2
            elif name == "CHARSET":
                words = code[at + 1 : at + 9]
                tests.append(lambda char, words=words: char < 256 and words[char >> 5] >> (char & 31) & 1)
                at += 9
            elif name == "BIGCHARSET":
                count = code[at + 1]
                blocks = b"".join(word.to_bytes(4, "little") for word in code[at + 2 : at + 66])
                words = code[at + 66 : at + 66 + 8 * count]
                tests.append(
                    lambda char, blocks=blocks, words=words: char < 65536
                    and words[8 * blocks[char >> 8] + (char >> 5 & 7)] >> (char & 31) & 1
                )
                at += 66 + 8 * count
            else:
                raise NotImplementedError(name)
        if negated:
            return lambda char: char not in chars and not any(test(char) for test in tests)
        if not tests:
            return chars.__contains__
        if len(tests) == 1 and not chars:
            return tests[0]
        return lambda char: char in chars or any(test(char) for test in tests)


def _boundary(m, i, is_word):
    before = i > m.start0 and is_word(m.chars[i - 1])
    behind = i < m.end and is_word(m.chars[i])
    return before != behind


def compile(pattern, flags, code, groups, groupindex, indexgroup):
    return Pattern(pattern, flags, code, groups, groupindex, indexgroup)


class Pattern:
    __class_getitem__ = classmethod(type(list[int]))

    def __init__(self, pattern, flags, code, groups, groupindex, indexgroup):
        self.pattern = pattern
        self.flags = flags
        self.groups = groups
        self.groupindex = dict(groupindex)
        self._names = indexgroup
        self._code = [int(word) for word in code]
        self._program = None

    def _run(self, text, start, end, whole, anchored, full_at=-1):
        """Returns the match that begins at `start`, or at the first place behind it if not `anchored`; one at `full_at`
        must not be empty."""
        if isinstance(self.pattern, str) != isinstance(text, str) and self.pattern is not None:
            if isinstance(text, str):
                raise TypeError("cannot use a bytes pattern on a string-like object")
            if not isinstance(text, (bytes, bytearray, memoryview)):
                raise TypeError(f"expected string or bytes-like object, got {type(text).__name__!r}")
            raise TypeError("cannot use a string pattern on a bytes-like object")
        if self._program is None:
            self._program = _Builder(self._code).sequence(0, len(self._code), _accept)
        chars = _characters(text)
        end = max(min(end, len(chars)), 0)
        start = max(min(start, end), 0)
        at = start
        first = self._first()
        while at <= end:
            if first is not None and not anchored:
                # Only a place with the pattern's first character is tried.
                while at < end and chars[at] != first:
                    at += 1
                if at == end:
                    return None
            m = _Match(text, chars, start, end, self.groups)
            m.start0 = 0
            m.whole = whole
            m.empty_end = at if at == full_at else -1
            m.next = []
            stop = self._program(m, at)
            if stop >= 0:
                return Match(self, m, at, stop)
            if anchored:
                return None
            at += 1
        return None

    def _first(self):
        code = self._code
        at = 0
        if code[0] == _INFO:
            at = 1 + code[1]
        while code[at] == _MARK:
            at += 2
        return code[at + 1] if code[at] == _LITERAL else None

    def match(self, string, pos=0, endpos=1 << 62):
        return self._run(string, pos, endpos, False, True)

    def fullmatch(self, string, pos=0, endpos=1 << 62):
        return self._run(string, pos, endpos, True, True)

    def search(self, string, pos=0, endpos=1 << 62):
        return self._run(string, pos, endpos, False, False)

    def finditer(self, string, pos=0, endpos=1 << 62):
        full_at = -1
        while True:
            found = self._run(string, pos, endpos, False, False, full_at)
            if found is None:
                return
            yield found
            pos = found.end()
            # Behind an empty match comes none at the same place.
            full_at = pos if found.start() == pos else -1

    def findall(self, string, pos=0, endpos=1 << 62):
        made = []
        for found in self.finditer(string, pos, endpos):
            empty = string[:0]
            if self.groups < 2:
                made.append(found._text(self.groups, empty))
            else:
                made.append(found.groups(empty))
        return made

    def scanner(self, string, pos=0, endpos=1 << 62):
        return _Scanner(self, string, pos, endpos)

    def split(self, string, maxsplit=0):
        made = []
        last = 0
        for found in self.finditer(string):
            if maxsplit and len(made) >= maxsplit * (self.groups + 1):
                break
            made.append(string[last : found.start()])
            made.extend(found.groups())
            last = found.end()
        made.append(string[last:])
        return made

    def sub(self, repl, string, count=0):
        return self.subn(repl, string, count)[0]

    def subn(self, repl, string, count=0):
        if not callable(repl):
            escape = "\\" if isinstance(repl, str) else b"\\"
            if escape in repl:
                from re import _compile_template

                repl = _compile_template(self, repl)._fill
            else:
                text = repl
                repl = lambda found: text
        parts = []
        last = done = 0
        for found in self.finditer(string):
            if count and done >= count:
                break
            parts.append(string[last : found.start()])
            parts.append(repl(found))
            last = found.end()
            done += 1
        parts.append(string[last:])
        return string[:0].join(parts), done

    def __eq__(self, other):
        if not isinstance(other, Pattern):
            return NotImplemented
        return (self.flags, self.pattern, self._code) == (other.flags, other.pattern, other._code)

    def __hash__(self):
        return hash((self.flags, self.pattern))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        names = []
        flags = self.flags
        if isinstance(self.pattern, str):
            flags &= ~UNICODE
        for name in ("IGNORECASE", "LOCALE", "MULTILINE", "DOTALL", "UNICODE", "VERBOSE", "DEBUG", "ASCII"):
            if flags & globals()[name]:
                names.append("re." + name)
        return f"re.compile({self.pattern!r:.200}{', ' if names else ''}{'|'.join(names)})"


Pattern.__module__ = "re"


class _Scanner:
    def __init__(self, pattern, text, at, end):
        self.pattern = pattern
        self._text = text
        self._at = at
        self._end = end

    def _step(self, anchored):
        if self._at is None:
            return None
        found = self.pattern._run(self._text, self._at, self._end, False, anchored)
        self._at = None if found is None else found.end() + (found.end() == found.start())
        return found

    def match(self):
        return self._step(True)

    def search(self):
        return self._step(False)


def _accept(m, i):
    return -1 if m.whole and i != m.end or i == m.empty_end else i


_INFO, _LITERAL, _MARK = 14, 16, 17
_last = (None, None)


def _characters(text):
    global _last
    if isinstance(text, str):
        if _last[0] is not text:
            _last = text, [*map(ord, text)]
        return _last[1]
    if isinstance(text, bytes):
        return text
    try:
        return bytes(text)
    except TypeError:
        raise TypeError(f"expected string or bytes-like object, got {type(text).__name__!r}") from None


class Match:
    __class_getitem__ = classmethod(type(list[int]))

    def __init__(self, pattern, m, start, end):
        self.re = pattern
        self.string = m.text
        self.pos = m.start
        self.endpos = m.end
        self._marks = [start, end, *m.marks]
        self.lastindex = m.last
        names = pattern._names
        self.lastgroup = names[m.last] if m.last and m.last < len(names) else None

    @property
    def regs(self):
        return tuple(self.span(group) for group in range(self.re.groups + 1))

    def _group(self, group):
        if not hasattr(group, "__index__"):
            group = self.re.groupindex.get(group, -1)
        group = group.__index__()
        if not 0 <= group <= self.re.groups:
            raise IndexError("no such group")
        return group

    def span(self, group=0, /):
        group = self._group(group)
        start, end = self._marks[2 * group : 2 * group + 2]
        return (start, end) if start >= 0 and end >= 0 else (-1, -1)

    def start(self, group=0, /):
        return self.span(group)[0]

    def end(self, group=0, /):
        return self.span(group)[1]

    def _text(self, group, default=None):
        start, end = self.span(group)
        if start < 0:
            return default
        part = self.string[start:end]
        return part if isinstance(part, (str, bytes)) else bytes(part)

    def group(self, *groups):
        if len(groups) < 2:
            return self._text(*groups or (0,))
        return tuple(self._text(group) for group in groups)

    def groups(self, default=None):
        return tuple(self._text(group, default) for group in range(1, self.re.groups + 1))

    def groupdict(self, default=None):
        return {name: self._text(group, default) for name, group in self.re.groupindex.items()}

    def expand(self, template):
        from re import _compile_template

        return _compile_template(self.re, template)._fill(self)

    def __getitem__(self, group):
        return self._text(group)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __repr__(self):
        return f"<re.Match object; span={self.span()}, match={self.group()!r}>"


Match.__module__ = "re"


class template:
    def __init__(self, pattern, parts):
        self._parts = parts

    def _fill(self, found):
        made = []
        for place, part in enumerate(self._parts):
            made.append(found._text(part, found.string[:0]) if place % 2 else part)
        return self._parts[0][:0].join(made)


copyreg.pickle(Pattern, lambda pattern: (_compile_again, (pattern.pattern, pattern.flags)))


def _compile_again(pattern, flags):
    import re

    return re._compile(pattern, flags)
