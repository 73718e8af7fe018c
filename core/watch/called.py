"""A process that calls one function and writes the sound that it returns."""

from __future__ import annotations

import importlib
import json
import os
import sys

from core.audio import write
from core.probe.outside import sound_of


def main(function: str, out: str, given: str) -> int:
    """Call the function; what it raises ends the process with its traceback."""
    sys.path.insert(0, os.getcwd())
    module, _, name = function.partition(":")
    asked = json.loads(given)
    made = getattr(importlib.import_module(module), name)(**asked["arguments"])
    write(out, sound_of(made, asked["rate"]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
