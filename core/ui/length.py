"""Lengths as people write them: m:ss, or seconds alone."""

from __future__ import annotations

import re

from core.errors import InputError

_WRITTEN = re.compile(r"(?:(?P<minutes>\d{1,3}):(?=[0-5]?\d(?:\.|$)))?(?P<seconds>\d{1,4}(?:\.\d+)?)")


def read_length(text: str) -> float:
    """Return a written length in seconds: "1:30", "90" and "90 s" are the same. Raises InputError."""
    found = _WRITTEN.fullmatch(text.strip().lower().removesuffix("s").strip())
    if found is None:
        raise InputError(
            f"“{text.strip()[:40]}” is not a length." if text.strip() else "The length is missing.",
            remedy="Write minutes and seconds, such as 1:30, or seconds alone, such as 90.",
        )
    return 60 * int(found["minutes"] or 0) + float(found["seconds"])


def length_text(seconds: float) -> str:
    """Return a length as m:ss, with as many digits of a second as it has, at most three."""
    thousandths = round(1000 * seconds)
    minutes, rest = divmod(thousandths, 60_000)
    text = f"{minutes}:{rest // 1000:02d}"
    part = f"{rest % 1000:03d}".rstrip("0")
    return f"{text}.{part}" if part else text
