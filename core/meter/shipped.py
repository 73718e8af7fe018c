"""Machine code that comes with the package: the first verdict after an install waits for no compiler.

It is made when the wheel is built, for Linux on x86-64-v3 (System V ABI for AMD64: AVX2 and FMA, processors
from 2013 on), and used as long as this machine has made none of its own. ``compile`` makes the machine's own,
which may use more of its processor.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).with_name("shipped_code")
BUILD = {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": "+avx2,+fma,+bmi,+bmi2,+f16c,+lzcnt,+movbe"}
"""The environment in which numba compiles for every such processor rather than for the one at hand."""
_FLAGS = frozenset({"avx", "avx2", "fma", "bmi1", "bmi2", "f16c", "abm", "movbe"})


def file_of(module: str, sources: Sequence[Path]) -> Path:
    """Return where the machine code of a module lies: named by what it is made from, and numba's version.

    Code of other sources has another name, and is not found.
    """
    parts = [version("numba").rpartition(".")[0].encode(), *(source.read_bytes() for source in sources)]
    digest = hashlib.sha256(b"|".join(parts)).hexdigest()[:16]
    return FOLDER / f"{module.partition('.')[2]}-{digest}.code"


def runs_on(flags: str) -> bool:
    """Whether the code runs on a processor of this system with these ``flags``, as Linux names them."""
    return sys.platform == "linux" and platform.machine() == "x86_64" and set(flags.split()) >= _FLAGS
