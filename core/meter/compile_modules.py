"""A process that compiles modules of kernels: ``python -m core.meter.compile_modules MODULE...``."""

from __future__ import annotations

import importlib
import sys

from core.meter.compiled import not_kept


def main(modules: list[str]) -> int:
    """Compile what is not on disk yet; 1 when something could not be written there."""
    for module in modules:
        importlib.import_module(module)
    for reason in not_kept:
        sys.stderr.write(f"{reason}\n")
    return 1 if not_kept else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
