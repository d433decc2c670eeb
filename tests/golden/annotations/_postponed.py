from __future__ import annotations


def f(x: int, *a: int | None, b: undefined) -> list[int]: ...


class C:
    x: int
    if x if False else True:
        __y: undefined

    def method(self, x: C) -> C: ...


z: undefined = 3
module = globals()
