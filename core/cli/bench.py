"""``bench``: side-by-side figures on this machine, each beside the tool a person would otherwise run."""

from __future__ import annotations

import argparse
import importlib
import pkgutil

from core.cli.base import OK, print_json
from core.errors import EngineMissingError


class BenchCommand:
    """Measure."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("names", nargs="*", metavar="NAME", help="only these benchmarks")

    def run(self, arguments: argparse.Namespace) -> int:
        """Run every benchmark in ``benchmarks/`` that has a ``run()``."""
        try:
            package = importlib.import_module("benchmarks")
        except ModuleNotFoundError as error:
            raise EngineMissingError(
                "The folder benchmarks/ is not here.", remedy="Run the command in a clone of the repository."
            ) from error
        figures = []
        for module in pkgutil.iter_modules(package.__path__):
            if arguments.names and module.name not in arguments.names:
                continue
            run = getattr(importlib.import_module(f"benchmarks.{module.name}"), "run", None)
            if run is None:
                continue
            for figure in run():
                figures.append({"benchmark": module.name, **vars(figure)})
                if not arguments.json:
                    print(f"{module.name:<10} {figure}", flush=True)
        if arguments.json:
            print_json({"figures": figures})
        return OK
