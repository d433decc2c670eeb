"""Stands in for `itertools`: its iterators, most of them written as generators."""

import operator


class count:
    def __init__(self, start=0, step=1):
        operator.sub(start, 0)
        self._next = start
        self._step = step

    def __iter__(self):
        return self

    def __next__(self):
        value = self._next
        self._next = value + self._step
        return value

    def __repr__(self):
        step = "" if isinstance(self._step, int) and self._step == 1 else f", {self._step!r}"
        return f"count({self._next!r}{step})"


class repeat:
    def __init__(self, object, times=None):
        self._object = object
        self._left = None if times is None else max(operator.index(times), 0)

    def __iter__(self):
        return self

    def __next__(self):
        if self._left is not None:
            if not self._left:
                raise StopIteration
            self._left -= 1
        return self._object

    def __length_hint__(self):
        if self._left is None:
            raise TypeError("len() of unsized object")
        return self._left

    def __repr__(self):
        return f"repeat({self._object!r}{'' if self._left is None else f', {self._left}'})"


class chain:
    def __init__(self, *iterables):
        self._sources = iter(iterables)
        self._current = None

    @classmethod
    def from_iterable(cls, iterables, /):
        made = cls()
        made._sources = iter(iterables)
        return made

    def __class_getitem__(cls, item):
        return type(list[int])(cls, item)

    def __iter__(self):
        return self

    def __next__(self):
        while self._sources is not None:
            if self._current is None:
                try:
                    self._current = iter(next(self._sources))
                except BaseException:
                    self._sources = None
                    raise
            try:
                return next(self._current)
            except StopIteration:
                self._current = None
        raise StopIteration


class cycle:
    def __init__(self, iterable, /):
        self._source = iter(iterable)
        self._saved = []
        self._place = None

    def __iter__(self):
        return self

    def __next__(self):
        if self._place is None:
            for item in self._source:
                self._saved.append(item)
                return item
            self._place = 0
        if not self._saved:
            raise StopIteration
        item = self._saved[self._place]
        self._place = (self._place + 1) % len(self._saved)
        return item


class islice:
    def __init__(self, iterable, *limits):
        if not 1 <= len(limits) <= 3:
            raise TypeError(f"islice expected 2 to 4 arguments, got {len(limits) + 1}")
        cut = slice(*limits)
        for limit in (cut.start, cut.stop):
            if limit is not None and (not hasattr(limit, "__index__") or operator.index(limit) < 0):
                raise ValueError("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
        self._step = 1 if cut.step is None else operator.index(cut.step)
        if self._step < 1:
            raise ValueError("Step for islice() must be a positive integer or None.")
        self._source = iter(iterable)
        self._next = cut.start or 0
        self._stop = cut.stop
        self._at = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self._source is None:
            raise StopIteration
        try:
            goal = self._next
            if self._stop is not None and goal >= self._stop:
                while self._at < self._stop:
                    next(self._source)
                    self._at += 1
                raise StopIteration
            while self._at < goal:
                next(self._source)
                self._at += 1
            item = next(self._source)
        except BaseException:
            self._source = None
            raise
        self._at += 1
        self._next = goal + self._step
        return item


def accumulate(iterable, func=operator.add, *, initial=None):
    source = iter(iterable)
    total = initial
    if initial is None:
        for total in source:
            break
        else:
            return
    yield total
    for item in source:
        total = operator.add(total, item) if func is None else func(total, item)
        yield total


def batched(iterable, n, *, strict=False):
    if n < 1:
        raise ValueError("n must be at least one")
    return _batches(iter(iterable), n, strict)


def _batches(source, n, strict):
    while batch := tuple(islice(source, n)):
        if strict and len(batch) != n:
            raise ValueError("batched(): incomplete batch")
        yield batch


def pairwise(iterable, /):
    return _pairs(iter(iterable))


def _pairs(source):
    for last in source:
        break
    else:
        return
    for item in source:
        yield last, item
        last = item


def compress(data, selectors):
    return (item for item, chosen in zip(data, selectors) if chosen)


def dropwhile(predicate, iterable, /):
    source = iter(iterable)
    for item in source:
        if not predicate(item):
            yield item
            break
    yield from source


def takewhile(predicate, iterable, /):
    for item in iterable:
        if not predicate(item):
            return
        yield item


def filterfalse(predicate, iterable, /):
    return (item for item in iterable if not (item if predicate is None else predicate(item)))


def starmap(function, iterable, /):
    return (function(*args) for args in iterable)


class groupby:
    def __init__(self, iterable, key=None):
        self._key = (lambda item: item) if key is None else key
        self._source = iter(iterable)
        self._goal = self._at = self._item = object()

    def __iter__(self):
        return self

    def __next__(self):
        self._group = object()
        while self._at == self._goal:
            self._step()
        self._goal = self._at
        return self._at, self._members(self._goal, self._group)

    def _step(self):
        self._item = next(self._source)
        self._at = self._key(self._item)

    def _members(self, goal, group):
        while self._group is group and self._at == goal:
            yield self._item
            try:
                self._step()
            except StopIteration:
                return


def tee(iterable, n=2, /):
    if n < 0:
        raise ValueError("n must be >= 0")
    source = iter(iterable)
    waiting = [[] for _ in range(n)]
    return tuple(_branch(source, own, waiting) for own in waiting)


def _branch(source, own, waiting):
    while True:
        if not own:
            for item in source:
                break
            else:
                return
            for other in waiting:
                other.append(item)
        yield own.pop(0)


def zip_longest(*iterables, fillvalue=None):
    sources = [iter(iterable) for iterable in iterables]
    left = len(sources)
    while left:
        row = []
        for place, source in enumerate(sources):
            try:
                row.append(next(source))
            except StopIteration:
                left -= 1
                if not left:
                    return
                sources[place] = repeat(fillvalue)
                row.append(fillvalue)
        yield tuple(row)


def product(*iterables, repeat=1):
    pools = [tuple(pool) for pool in iterables] * repeat
    return _rows(pools)


def _rows(pools):
    if not pools:
        yield ()
        return
    places = [0] * len(pools)
    if not all(pools):
        return
    while True:
        yield tuple([pool[place] for pool, place in zip(pools, places)])
        for at in range(len(pools) - 1, -1, -1):
            places[at] += 1
            if places[at] < len(pools[at]):
                break
            places[at] = 0
        else:
            return


def permutations(iterable, r=None):
    pool = tuple(iterable)
    return _orders(pool, len(pool) if r is None else r)


def _orders(pool, r):
    if r > len(pool):
        return
    for places in _rows([range(len(pool))] * r):
        if len(set(places)) == r:
            yield tuple([pool[place] for place in places])


def combinations(iterable, r):
    pool = tuple(iterable)
    return (tuple([pool[i] for i in places]) for places in _rising(len(pool), r, 1))


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)
    return (tuple([pool[i] for i in places]) for places in _rising(len(pool), r, 0))


def _rising(size, r, gap, start=0):
    if r == 0:
        yield ()
        return
    for first in range(start, size):
        for rest in _rising(size, r - 1, gap, first + gap):
            yield (first, *rest)
