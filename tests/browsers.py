"""The browser that tests and benchmarks drive."""

from __future__ import annotations

import os
import shutil

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first that is there: the shell draws no window around a page, which halves the time to open it."""


def browser_path() -> str | None:
    """Return the path that ``CHROMIUM`` names, or that of the system's browser; None where there is none."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
