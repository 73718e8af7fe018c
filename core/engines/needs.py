"""What an engine needs to be there, asked without importing it."""

from __future__ import annotations

from importlib.util import find_spec

from core.engines.base import Availability, EngineCard


def needs_modules(card: EngineCard, *modules: str) -> Availability:
    """Return whether every module can be found; the sentence names those that cannot."""
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        return Availability(False, f"not installed: {', '.join(missing)}.", card.how_to_add)
    return Availability(True, "everything it needs is installed.")
