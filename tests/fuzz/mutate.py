"""Byte-level mutations: flips, runs, cuts, copies, splices with another seed, and numbers at their bounds.

Texts have pieces of theirs repeated thousands of times as well.
"""

from __future__ import annotations

import random

_NUMBERS = (
    *(b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0\0\0"),
    *(b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f"),
)
_TEXTS = (
    *(b"[", b"]", b"(", b":", b"x2", b"\n", b"\r\n", b"#", b"\xe2\x99\xa9=", b"no ", b"-", b"%%", b"\\ "),
    *(b"9" * 40, b"-->", b"{", b"\xff\xfe", b"\xf0\x9f\x8e\xb5", b"\xd9\x84", b"120 bpm ", b"in A minor "),
)
_MOST_BYTES = 60_000


def mutated(seed: bytes, other: bytes, rng: random.Random, *, text: bool) -> bytes:
    """Return ``seed`` after one to eight mutations."""
    data = bytearray(seed)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(8 if text else 7)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << rng.randrange(8)
        elif kind == 1:
            new = rng.choice(_TEXTS if text else _NUMBERS)
            data[at : at + rng.choice((0, len(new)))] = new
        elif kind == 2:
            del data[at : at + rng.randint(1, 1 + len(data) // 4)]
        elif kind == 3:
            data[at:at] = data[rng.randrange(len(data) + 1) :][: rng.randint(1, 400)]
        elif kind == 4:
            data[at:] = other[rng.randrange(len(other) + 1) :]
        elif kind == 5:
            data[at : at + 4] = rng.randbytes(rng.randint(1, 12))
        elif kind == 7:
            # What a pattern may take in many ways, over and over.
            data[at:at] = data[at : at + rng.randint(1, 12)] * rng.choice((30, 300, 3000))
        else:
            data = data[: max(1, at)]
    return bytes(data[:_MOST_BYTES])
