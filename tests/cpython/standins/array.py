"""Stands in for `array`: numbers in a `bytearray`, which shows its memory through `__buffer__`."""

typecodes = "bBuwhHiIlLqQfd"
_SIZES = {
    "b": 1, "B": 1, "u": 4, "w": 4, "h": 2, "H": 2, "i": 4, "I": 4, "l": 8, "L": 8, "q": 8, "Q": 8,
    "f": 4, "d": 8,
}


class array:
    __class_getitem__ = classmethod(type(list[int]))
    __hash__ = None

    def __new__(cls, typecode, initializer=(), /):
        if typecode not in _SIZES:
            raise ValueError("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)")
        made = super().__new__(cls)
        made.typecode = typecode
        made.itemsize = _SIZES[typecode]
        made._data = bytearray()
        if isinstance(initializer, (bytes, bytearray)):
            made.frombytes(initializer)
        elif isinstance(initializer, str):
            if typecode not in "uw":
                raise TypeError(f"cannot use a str to initialize an array with typecode {typecode!r}")
            made.fromunicode(initializer)
        else:
            made.extend(initializer)
        return made

    def __buffer__(self, flags):
        return memoryview(self._data).cast("I" if self.typecode in "uw" else self.typecode)

    def _view(self):
        return memoryview(self._data).cast("I" if self.typecode in "uw" else self.typecode)

    def _pack(self, item):
        space = bytearray(self.itemsize)
        try:
            if self.typecode in "uw":
                memoryview(space).cast("I")[0] = ord(item)
            else:
                memoryview(space).cast(self.typecode)[0] = item
        except ValueError:
            raise OverflowError("number does not fit an item of the array") from None
        return space

    def _unpack(self, items):
        return [chr(item) for item in items] if self.typecode in "uw" else items

    def tolist(self):
        return self._unpack(self._view().tolist())

    def tobytes(self):
        return bytes(self._data)

    def frombytes(self, data, /):
        data = bytes(data)
        if len(data) % self.itemsize:
            raise ValueError("bytes length not a multiple of item size")
        self._data += data

    def fromlist(self, items, /):
        self._data += b"".join(map(self._pack, items))

    def fromunicode(self, text, /):
        self.fromlist(text)

    def tounicode(self):
        return "".join(self.tolist())

    def append(self, item, /):
        self._data += self._pack(item)

    def extend(self, items, /):
        if isinstance(items, array):
            if items.typecode != self.typecode:
                raise TypeError("can only extend with array of same kind")
            self._data += items.tobytes()
        else:
            for item in items:
                self.append(item)

    def insert(self, place, item, /):
        items = self.tolist()
        items.insert(place, item)
        self._data[:] = b"".join(map(self._pack, items))

    def pop(self, place=-1, /):
        item = self[place]
        del self[place]
        return item

    def remove(self, item, /):
        del self[self.index(item)]

    def index(self, *args):
        return self.tolist().index(*args)

    def count(self, item, /):
        return self.tolist().count(item)

    def reverse(self):
        self._data[:] = b"".join(map(self._pack, self.tolist()[::-1]))

    def byteswap(self):
        size = self.itemsize
        self._data[:] = b"".join(self._data[at : at + size][::-1] for at in range(0, len(self._data), size))

    def buffer_info(self):
        return id(self._data), len(self)

    def __len__(self):
        return len(self._data) // self.itemsize

    def __iter__(self):
        return iter(self.tolist())

    def __contains__(self, item):
        return item in self.tolist()

    def __getitem__(self, place):
        items = self.tolist()[place]
        return type(self)(self.typecode, items) if isinstance(place, slice) else items

    def __setitem__(self, place, value):
        items = self.tolist()
        items[place] = list(value) if isinstance(place, slice) else value
        self._data[:] = b"".join(map(self._pack, items))

    def __delitem__(self, place):
        items = self.tolist()
        del items[place]
        self._data[:] = b"".join(map(self._pack, items))

    def __add__(self, other):
        made = self[:]
        made.extend(other)
        return made

    def __iadd__(self, other):
        self.extend(other)
        return self

    def __mul__(self, times):
        return type(self)(self.typecode, bytes(self._data) * times)

    __rmul__ = __mul__

    def __eq__(self, other):
        return self.tolist() == other.tolist() if isinstance(other, array) else NotImplemented

    def __lt__(self, other):
        return self.tolist() < other.tolist() if isinstance(other, array) else NotImplemented

    def __le__(self, other):
        return self.tolist() <= other.tolist() if isinstance(other, array) else NotImplemented

    def __gt__(self, other):
        return self.tolist() > other.tolist() if isinstance(other, array) else NotImplemented

    def __ge__(self, other):
        return self.tolist() >= other.tolist() if isinstance(other, array) else NotImplemented

    def __copy__(self):
        return self[:]

    def __deepcopy__(self, memo):
        return self[:]

    def __reduce_ex__(self, protocol):
        return type(self), (self.typecode, self.tolist())

    def __repr__(self):
        if not len(self):
            return f"array({self.typecode!r})"
        items = self.tounicode() if self.typecode in "uw" else self.tolist()
        return f"array({self.typecode!r}, {items!r})"


ArrayType = array
