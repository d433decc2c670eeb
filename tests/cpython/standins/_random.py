"""Stands in for `_random`: the Mersenne twister, which gives the numbers that CPython gives."""

import time

_SIZE, _SHIFT = 624, 397


class Random:
    def __init__(self, seed=None):
        self.seed(seed)

    def seed(self, number=None, /):
        if number is None:
            number = time.time_ns()
        number = abs(number) if isinstance(number, int) else hash(number) & (1 << 64) - 1
        keys = []
        while number:
            keys.append(number & 0xFFFFFFFF)
            number >>= 32
        keys = keys or [0]
        state = self._start(19650218)
        i, j = 1, 0
        for _ in range(max(_SIZE, len(keys))):
            state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >> 30) * 1664525) + keys[j] + j & 0xFFFFFFFF
            i += 1
            j = (j + 1) % len(keys)
            if i == _SIZE:
                state[0] = state[-1]
                i = 1
        for _ in range(_SIZE - 1):
            state[i] = (state[i] ^ (state[i - 1] ^ state[i - 1] >> 30) * 1566083941) - i & 0xFFFFFFFF
            i += 1
            if i == _SIZE:
                state[0] = state[-1]
                i = 1
        state[0] = 0x80000000
        self._state = state
        self._at = _SIZE

    def _start(self, number):
        state = [number]
        for i in range(1, _SIZE):
            state.append((state[-1] ^ state[-1] >> 30) * 1812433253 + i & 0xFFFFFFFF)
        return state

    def _word(self):
        if self._at == _SIZE:
            state = self._state
            for i in range(_SIZE):
                y = state[i] & 0x80000000 | state[(i + 1) % _SIZE] & 0x7FFFFFFF
                state[i] = state[(i + _SHIFT) % _SIZE] ^ y >> 1 ^ (0x9908B0DF if y & 1 else 0)
            self._at = 0
        y = self._state[self._at]
        self._at += 1
        y ^= y >> 11
        y ^= y << 7 & 0x9D2C5680
        y ^= y << 15 & 0xEFC60000
        return y ^ y >> 18

    def random(self):
        high, low = self._word() >> 5, self._word() >> 6
        return (high * 67108864.0 + low) / 9007199254740992.0

    def getrandbits(self, k, /):
        if k < 0:
            raise ValueError("number of bits must be non-negative")
        value = place = 0
        while k > 0:
            word = self._word()
            value |= (word >> 32 - k if k < 32 else word) << place
            place += 32
            k -= 32
        return value

    def getstate(self):
        return (*self._state, self._at)

    def setstate(self, state, /):
        self._state = list(state[:-1])
        self._at = state[-1]
