"""Keys of controls and components.

A name that a person gave is never part of a key: a component refuses ``__`` and a leading ``_`` there, and a
browser makes a CSS class of it.
"""

from __future__ import annotations

from hashlib import sha256

LETTERS = 32


def hashed(*parts: str) -> str:
    """Return a key for any texts, 32 hexadecimal digits; the same parts give the same key."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:LETTERS]
