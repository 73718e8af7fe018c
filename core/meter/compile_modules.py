"""A process that compiles modules of kernels: ``python -m core.meter.compile_modules MODULE...``.

``--ship`` compiles all of them into the package that it runs from, as the build of the wheel does.
"""

from __future__ import annotations

import importlib
import sys

from core.meter import machine_code
from core.meter.compiled import made_here


def main(modules: list[str]) -> int:
    """Compile and write what is not on disk yet; 1 when something could not be written there."""
    failed, ships = 0, modules == ["--ship"]
    for module in machine_code.SOURCES if ships else modules:
        importlib.import_module(module)
        if module not in made_here:
            continue
        try:
            (machine_code.ship if ships else machine_code.keep)(module, made_here[module])
        except OSError as error:
            failed = 1
            sys.stderr.write(f"{module}: {error}\n")
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
