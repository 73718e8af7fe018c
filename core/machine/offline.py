"""Offline mode: a variable that says that the network is never used."""

from __future__ import annotations

import os

VARIABLES = ("GAINSTAGE_OFFLINE", "HF_HUB_OFFLINE")
YES = ("1", "on", "yes", "true")


def offline_by() -> str:
    """Return the variable that forbids the network, or nothing."""
    return next((name for name in VARIABLES if os.environ.get(name, "").strip().lower() in YES), "")
