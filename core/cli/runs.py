"""``runs``: the songs in the studio's home."""

from __future__ import annotations

import argparse

from core.cli.base import OK, as_json, figure, print_json
from core.studio import Studio


class RunsCommand:
    """List songs."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments: none."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Print every run, newest first."""
        studio = Studio.open(by_operator=True)
        try:
            runs = studio.runs("command-line")
        finally:
            studio.close()
        if arguments.json:
            print_json({"runs": [as_json(run) for run in runs]})
        else:
            for run in runs:
                level = figure(run.integrated_lufs)
                when = f"{run.created:%Y-%m-%d %H:%M}"
                title = run.title if run.readable else "(made by another version, cannot be opened here)"
                print(f"{when}  {run.state.value:<9} {level:>6} LUFS  {title}  {run.id}")
        return OK
