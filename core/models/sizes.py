"""Sizes of files in words: decimal units, as disks and the hub count them."""

from __future__ import annotations

STEP = 1000.0
UNITS = ("kB", "MB", "GB")


def size(count: float) -> str:
    """Return a number of bytes in words: "512 bytes", "84 MB", "2.36 GB"."""
    if count < STEP:
        return f"{count:.0f} bytes"
    for unit in UNITS:
        count /= STEP
        if count < STEP or unit == UNITS[-1]:
            break
    digits = 2 if unit == "GB" else 1 if unit == "MB" and count < 10 else 0
    return f"{count:.{digits}f} {unit}"
