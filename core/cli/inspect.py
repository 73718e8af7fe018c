"""``inspect``: measure and judge any audio files."""

from __future__ import annotations

import argparse

from core.cli.base import CHECK_FAILED, OK, as_json, finding_lines, level_line, print_json
from core.contract import Severity


class InspectCommand:
    """Look at files."""

    name = "inspect"
    help = "measure and judge audio files"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("files", nargs="+", metavar="FILE")

    def run(self, arguments: argparse.Namespace) -> int:
        """Print readings and findings of each file; an unreadable one is an error."""
        from core.inspect import inspect_file

        looked = [(path, inspect_file(path)) for path in arguments.files]
        if arguments.json:
            print_json(
                {
                    "files": [
                        {
                            "file": path,
                            "verdict": one.verdict.value,
                            "measurement": as_json(one.measurement),
                            "findings": [as_json(finding) for finding in one.findings],
                        }
                        for path, one in looked
                    ]
                }
            )
        else:
            for path, one in looked:
                print(f"{one.verdict.value:<5} {path}\n    {level_line(one.measurement)}")
                print("\n".join(finding_lines(one.findings)))
        return CHECK_FAILED if any(one.verdict is Severity.FAIL for _, one in looked) else OK
