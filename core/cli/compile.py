"""``compile``: the numeric loops' machine code, made once after an install, ahead of the first song."""

from __future__ import annotations

import argparse

from core.cli.base import OK, print_json
from core.errors import StorageError
from core.meter import machine_code


class CompileCommand:
    """Compile ahead."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments: none but the common ones."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Compile what is not on disk yet; raises StorageError when nothing can be kept there."""
        seconds = machine_code.make_ready(own=True)
        if not machine_code.is_own():
            raise StorageError(
                "The compiled loops cannot be cached: every process will compile them again.",
                causes=("no cache folder is writable", "the disk is full"),
                remedy=f"Set {machine_code.CHOSEN} to a folder that you may write to.",
            )
        place = str(machine_code.folder())
        if arguments.json:
            print_json({"folder": place, "seconds": round(seconds, 1)})
        elif not seconds:
            print(f"The numeric loops are compiled already, in {place}.")
        return OK
