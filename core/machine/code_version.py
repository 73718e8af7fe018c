"""The version of the studio's own code, from its bytes: nobody has to remember to raise a number."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_CORE = Path(__file__).parents[1]


@cache
def code_version() -> str:
    """Return the SHA-256 of every module of the studio with its path; read once for a process.

    What is cached under it is made again after any change of the code, a release or an edit.
    """
    digest = hashlib.sha256()
    for path in sorted(_CORE.rglob("*.py")):
        digest.update(f"{path.relative_to(_CORE).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
