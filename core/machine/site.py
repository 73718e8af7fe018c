"""Where the studio's entry script and its pages lie."""

from __future__ import annotations

from pathlib import Path


def site_folder() -> Path:
    """Return their folder: inside the installed package, else the root of the checkout."""
    inside = Path(__file__).parents[1] / "site"
    return inside if inside.is_dir() else Path(__file__).parents[2]
