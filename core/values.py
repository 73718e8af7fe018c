"""Plain values as they travel between processes and into the index."""

from __future__ import annotations

from typing import Any

Json = Any
"""None, bool, int, float, str, or a list or str-keyed dict of these. (A recursive alias costs pydantic and
mypy more than it gives here; what crosses a boundary is parsed by a model on the other side.)"""
