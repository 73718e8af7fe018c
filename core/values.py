"""Plain values as they travel between processes and into the index, and JSON from strangers within bounds."""

from __future__ import annotations

import json
import re
from typing import Any

Json = Any
"""None, bool, int, float, str, or a list or str-keyed dict of these. (A recursive alias costs pydantic and
mypy more than it gives here; what crosses a boundary is parsed by a model on the other side.)"""

MOST_CHARACTERS = 32_000_000
MOST_DEPTH = 64
_OUTSIDE_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)


def bounded_json(text: str, *, most_characters: int = MOST_CHARACTERS, most_depth: int = MOST_DEPTH) -> Json:
    """Return what a JSON text from elsewhere says; raises ValueError for what is none, too long or too deep.

    NaN and infinities are no JSON (RFC 8259, section 6).
    """
    if len(text) > most_characters:
        raise ValueError(f"it has {len(text)} characters, and at most {most_characters} are read")
    depth = 0
    for found in _OUTSIDE_STRINGS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > most_depth:
            raise ValueError(f"it is nested deeper than {most_depth}")
    return json.loads(text, parse_constant=_refused)


def _refused(name: str) -> Json:
    raise ValueError(f"{name} is no number of JSON")
