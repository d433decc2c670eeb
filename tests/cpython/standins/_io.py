"""Stands in for `_io`: files are minivm's own; streams in memory and texts over them are written out here."""

import builtins

DEFAULT_BUFFER_SIZE = 131072
BlockingIOError = BlockingIOError


class UnsupportedOperation(OSError, ValueError):
    pass


UnsupportedOperation.__module__ = "io"

open = builtins.open


def open_code(path):
    return builtins.open(path, "rb")


def text_encoding(encoding, stacklevel=2, /):
    return "utf-8" if encoding is None else encoding


class _IOBase:
    _closed = False

    @property
    def closed(self):
        return self._closed

    def close(self):
        if not self._closed:
            try:
                self.flush()
            finally:
                self._closed = True

    def _open(self):
        if self.closed:
            raise ValueError("I/O operation on closed file.")

    _checkClosed = _open

    def flush(self):
        self._open()

    def readable(self):
        return False

    def writable(self):
        return False

    def seekable(self):
        return False

    def isatty(self):
        self._open()
        return False

    def fileno(self):
        raise UnsupportedOperation("fileno")

    def seek(self, *args):
        raise UnsupportedOperation("seek")

    def tell(self):
        return self.seek(0, 1)

    def truncate(self, size=None):
        raise UnsupportedOperation("truncate")

    def readline(self, size=-1, /):
        line = b""
        while size is None or size < 0 or len(line) < size:
            char = self.read(1)
            if not char:
                break
            line += char
            if char == b"\n":
                break
        return line

    def readlines(self, hint=-1, /):
        return list(self)

    def writelines(self, lines, /):
        self._open()
        for line in lines:
            self.write(line)

    def __iter__(self):
        self._open()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, *error):
        self.close()


class _RawIOBase(_IOBase):
    def read(self, size=-1, /):
        if size < 0:
            return self.readall()
        space = bytearray(size)
        count = self.readinto(space)
        return None if count is None else bytes(space[:count])

    def readall(self):
        made = bytearray()
        while part := self.read(DEFAULT_BUFFER_SIZE):
            made += part
        return bytes(made)


class _BufferedIOBase(_IOBase):
    def read(self, size=-1, /):
        raise UnsupportedOperation("read")

    def read1(self, size=-1, /):
        return self.read(size)

    def write(self, data, /):
        raise UnsupportedOperation("write")

    def detach(self):
        raise UnsupportedOperation("detach")

    def readinto(self, space, /):
        data = self.read(len(space))
        space[: len(data)] = data
        return len(data)

    readinto1 = readinto


class _TextIOBase(_IOBase):
    encoding = None
    errors = None
    newlines = None

    def read(self, size=-1, /):
        raise UnsupportedOperation("read")

    def write(self, text, /):
        raise UnsupportedOperation("write")

    def detach(self):
        raise UnsupportedOperation("detach")


class BytesIO(_BufferedIOBase):
    def __init__(self, initial_bytes=b""):
        self._data = bytearray(initial_bytes or b"")
        self._at = 0

    def getvalue(self):
        self._open()
        return bytes(self._data)

    def getbuffer(self):
        self._open()
        return memoryview(self._data)

    def readable(self):
        self._open()
        return True

    writable = seekable = readable

    def read(self, size=-1, /):
        self._open()
        end = len(self._data) if size is None or size < 0 else self._at + size
        part = bytes(self._data[self._at : end])
        self._at += len(part)
        return part

    read1 = read

    def readline(self, size=-1, /):
        self._open()
        end = self._data.find(b"\n", self._at) + 1 or len(self._data)
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        part = bytes(self._data[self._at : end])
        self._at += len(part)
        return part

    def write(self, data, /):
        self._open()
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        data = memoryview(data).tobytes()
        if data:
            self._data.extend(bytes(max(self._at - len(self._data), 0)))
            self._data[self._at : self._at + len(data)] = data
            self._at += len(data)
        return len(data)

    def seek(self, offset, whence=0, /):
        self._open()
        if whence == 0 and offset < 0:
            raise ValueError(f"negative seek value {offset}")
        self._at = max(offset + (0, self._at, len(self._data))[whence], 0)
        return self._at

    def tell(self):
        self._open()
        return self._at

    def truncate(self, size=None, /):
        self._open()
        size = self._at if size is None else size
        del self._data[size:]
        return size


class StringIO(_TextIOBase):
    def __init__(self, initial_value="", newline="\n"):
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError(f"initial_value must be str or None, not {type(initial_value).__name__}")
        self._newline = newline
        self._parts = []
        self._text = ""
        self._at = 0
        if initial_value:
            self.write(initial_value)
            self._at = 0

    def _join(self):
        if self._parts:
            self._text += "".join(self._parts)
            self._parts.clear()
        return self._text

    def getvalue(self):
        self._open()
        return self._join()

    def readable(self):
        self._open()
        return True

    writable = seekable = readable

    @property
    def line_buffering(self):
        return False

    def write(self, text, /):
        self._open()
        if not isinstance(text, str):
            raise TypeError(f"string argument expected, got {type(text).__name__!r}")
        size = len(text)
        if self._newline is None:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        elif self._newline not in ("", "\n"):
            text = text.replace("\n", self._newline)
        if self._at is None:
            self._parts.append(text)
        else:
            old = self._join()
            if self._at == len(old):
                self._parts.append(text)
                self._at = None
            else:
                old = old.ljust(self._at, "\0")
                self._text = old[: self._at] + text + old[self._at + len(text) :]
                self._at += len(text)
        return size

    def _place(self):
        return len(self._join()) if self._at is None else self._at

    def read(self, size=-1, /):
        self._open()
        at = self._place()
        text = self._join()
        end = len(text) if size is None or size < 0 else at + size
        part = text[at:end]
        self._at = at + len(part)
        return part

    def readline(self, size=-1, /):
        self._open()
        at = self._place()
        text = self._join()
        end = text.find("\n", at) + 1 or len(text)
        if size is not None and size >= 0:
            end = min(end, at + size)
        self._at = max(at, end)
        return text[at:end]

    def seek(self, offset, whence=0, /):
        self._open()
        if whence and offset:
            raise OSError("Can't do nonzero cur-relative seeks")
        if offset < 0:
            raise ValueError(f"Negative seek position {offset}")
        self._at = (offset, self._place(), len(self._join()))[whence]
        return self._at

    def tell(self):
        self._open()
        return self._place()

    def truncate(self, size=None, /):
        self._open()
        size = self._place() if size is None else size
        place = self._place()
        self._text = self._join()[:size]
        self._at = place
        return size


class IncrementalNewlineDecoder:
    def __init__(self, decoder, translate, errors="strict"):
        self._decoder = decoder
        self._translate = translate
        self._held = ""

    newlines = None

    def decode(self, data, final=False):
        text = data if self._decoder is None else self._decoder.decode(data, final)
        text = self._held + text
        self._held = ""
        if text.endswith("\r") and not final:
            text = text[:-1]
            self._held = "\r"
        return text.replace("\r\n", "\n").replace("\r", "\n") if self._translate else text

    def getstate(self):
        state = (b"", 0) if self._decoder is None else self._decoder.getstate()
        return state[0], state[1] << 1 | bool(self._held)

    def setstate(self, state):
        self._held = "\r" if state[1] & 1 else ""
        if self._decoder is not None:
            self._decoder.setstate((state[0], state[1] >> 1))

    def reset(self):
        self._held = ""
        if self._decoder is not None:
            self._decoder.reset()


class TextIOWrapper(_TextIOBase):
    mode = "r"

    def __init__(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False):
        if encoding in (None, "locale"):
            encoding = "utf-8"
        "".encode(encoding)
        self.buffer = buffer
        self._encoding = encoding
        self._errors = errors or "strict"
        self._newline = newline
        self.line_buffering = line_buffering
        self.write_through = write_through
        self._read = None
        self._bom = encoding.lower().replace("_", "-") in ("utf-16", "utf-32", "utf-8-sig")

    @property
    def encoding(self):
        return self._encoding

    @property
    def errors(self):
        return self._errors

    @property
    def name(self):
        return self.buffer.name

    @property
    def closed(self):
        return self.buffer.closed

    def reconfigure(self, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None):
        if encoding is not None:
            self._encoding = encoding
            self._errors = "strict"
        if errors is not None:
            self._errors = errors

    def readable(self):
        return self.buffer.readable()

    def writable(self):
        return self.buffer.writable()

    def seekable(self):
        return self.buffer.seekable()

    def fileno(self):
        return self.buffer.fileno()

    def isatty(self):
        return self.buffer.isatty()

    def flush(self):
        self.buffer.flush()

    def close(self):
        if not self.closed:
            self.buffer.close()

    def detach(self):
        buffer, self.buffer = self.buffer, None
        return buffer

    def write(self, text, /):
        self._open()
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        size = len(text)
        if self._newline not in (None, "", "\n"):
            text = text.replace("\n", self._newline)
        data = text.encode(self._encoding, self._errors)
        if self._bom and self.buffer.seekable() and self.buffer.tell():
            data = data[len("".encode(self._encoding)) :]
        self.buffer.write(data)
        return size

    def _rest(self):
        self._open()
        if self._read is None:
            text = self.buffer.read().decode(self._encoding, self._errors)
            if self._newline is None:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            self._read = StringIO(text, "")
        return self._read

    def read(self, size=-1, /):
        return self._rest().read(size)

    def readline(self, size=-1, /):
        return self._rest().readline(size)

    def seek(self, offset, whence=0, /):
        self._read = None
        return self.buffer.seek(offset, whence)

    def tell(self):
        return self.buffer.tell()

    def truncate(self, size=None, /):
        return self.buffer.truncate(size)


def _class_of_file(path, mode, **how):
    try:
        with builtins.open(path, mode, **how) as file:
            return type(file)
    except OSError:
        return type(mode, (), {})


FileIO = _class_of_file("/dev/null", "rb", buffering=0)
BufferedReader = _class_of_file("/dev/null", "rb")
BufferedWriter = _class_of_file("/dev/null", "wb")
BufferedRandom = type("BufferedRandom", (_BufferedIOBase,), {})
BufferedRWPair = type("BufferedRWPair", (_BufferedIOBase,), {})
