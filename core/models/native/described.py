"""A model's own JSON (its configuration, the index of its files), read in one place and with one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.errors import EngineError

LARGEST_MB = 64
"""An index of the largest models is 10 MB; whatever is larger is no description of one."""


def described(file: Path) -> dict[str, Any]:
    """Return what a model's JSON file holds.

    Raises EngineError for one that is missing, too large, no JSON or no object.
    """
    try:
        size_mb = file.stat().st_size / 1e6
        if size_mb > LARGEST_MB:
            raise _unreadable(file, f"it is {size_mb:,.0f} MB large, more than {LARGEST_MB}")
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(file, "the disk does not give it", str(error)) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(file, "it is no JSON", str(error)) from error
    if not isinstance(content, dict):
        raise _unreadable(file, f"it holds a {type(content).__name__}, not an object")
    return content


def _unreadable(file: Path, why: str, detail: str = "") -> EngineError:
    return EngineError(
        f"The {file.name} in {file.parent.name} cannot be read: {why}.",
        causes=("the download was cut off", "another file was given its name"),
        remedy="Download it again.",
        detail=detail,
    )
