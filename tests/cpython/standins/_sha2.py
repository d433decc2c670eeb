"""Stands in for `_sha2`: seeds of `random` pass through SHA-512."""


def _primes(count):
    found = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _root(number, power):
    """Returns the first 64 bits behind the point of a root."""
    number <<= 64 * power
    low, high = 0, number
    while low < high:
        middle = (low + high + 1) // 2
        if middle**power <= number:
            low = middle
        else:
            high = middle - 1
    return low & _MASK


_MASK = (1 << 64) - 1
_START = [_root(prime, 2) for prime in _primes(8)]
_ROUNDS = [_root(prime, 3) for prime in _primes(80)]


def _turn(word, by):
    return (word >> by | word << (64 - by)) & _MASK


class sha512:
    def __init__(self, data=b"", *, usedforsecurity=True):
        self._data = bytes(data)

    def update(self, data):
        self._data += bytes(data)

    def hexdigest(self):
        return self.digest().hex()

    def digest(self):
        data = self._data + b"\x80"
        data += bytes(-(len(data) + 16) % 128) + (8 * len(self._data)).to_bytes(16, "big")
        state = list(_START)
        for at in range(0, len(data), 128):
            words = [int.from_bytes(data[at + i : at + i + 8], "big") for i in range(0, 128, 8)]
            for i in range(16, 80):
                low, high = words[i - 15], words[i - 2]
                low = _turn(low, 1) ^ _turn(low, 8) ^ low >> 7
                high = _turn(high, 19) ^ _turn(high, 61) ^ high >> 6
                words.append(words[i - 16] + low + words[i - 7] + high & _MASK)
            a, b, c, d, e, f, g, h = state
            for word, add in zip(words, _ROUNDS):
                one = _turn(e, 14) ^ _turn(e, 18) ^ _turn(e, 41)
                one += h + (e & f ^ ~e & g) + add + word
                two = _turn(a, 28) ^ _turn(a, 34) ^ _turn(a, 39)
                two += a & b ^ a & c ^ b & c
                a, b, c, d, e, f, g, h = one + two & _MASK, a, b, c, d + one & _MASK, e, f, g
            state = [old + new & _MASK for old, new in zip(state, (a, b, c, d, e, f, g, h))]
        return b"".join(word.to_bytes(8, "big") for word in state)


sha384 = sha512
