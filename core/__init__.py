"""Gainstage: a music studio that shows the level after every stage.

What other programs use is in :mod:`core.api`, and is imported when it is first asked for.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.api import (
        Audio,
        Comparison,
        GainstageError,
        SoundFailed,
        Stems,
        compare,
        contracts,
        inspect,
        judge,
        measure,
        probe,
        read,
    )

__version__ = "0.1.0"
__all__ = [
    "Audio",
    "Comparison",
    "GainstageError",
    "SoundFailed",
    "Stems",
    "compare",
    "contracts",
    "inspect",
    "judge",
    "measure",
    "probe",
    "read",
]


class _Package(ModuleType):
    """The package: its functions are not replaced by modules of the same name when those are imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


def __getattr__(name: str) -> Any:
    """Import what other programs use when it is asked for."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from core import api

    value = getattr(api, name)
    setattr(sys.modules[__name__], name, value)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])


sys.modules[__name__].__class__ = _Package
