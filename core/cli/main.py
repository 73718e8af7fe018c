"""The entry: finds the command, runs it, and turns every error into a sentence and an exit status."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from core.cli.base import ENGINE_FAILED, USAGE, Command, print_error
from core.cli.bench import BenchCommand
from core.cli.bundle import BundleCommand, ReplayCommand
from core.cli.compare import CompareCommand
from core.cli.compile import CompileCommand
from core.cli.doctor import DoctorCommand
from core.cli.drill import DrillCommand
from core.cli.inspect import InspectCommand
from core.cli.master import MasterCommand
from core.cli.models import ModelsCommand
from core.cli.runs import RunsCommand
from core.cli.separate import SeparateCommand
from core.cli.song import SongCommand
from core.errors import Cancelled, ErrorReport, GainstageError
from core.meter import machine_code

COMMANDS: tuple[Command, ...] = (
    SongCommand(),
    InspectCommand(),
    SeparateCommand(),
    MasterCommand(),
    DoctorCommand(),
    CompileCommand(),
    ModelsCommand(),
    RunsCommand(),
    CompareCommand(),
    DrillCommand(),
    BundleCommand(),
    ReplayCommand(),
    BenchCommand(),
)


class _Parser(argparse.ArgumentParser):
    """Prints wrong usage as the JSON error object when the call asked for JSON."""

    def error(self, message: str) -> None:  # type: ignore[override]
        if "--json" in sys.argv:
            report = ErrorReport(kind="usage", message=message, remedy=f"See {self.prog} --help.")
            print_error(report, as_json=True)
            self.exit(USAGE)
        super().error(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parsed = _parser().parse_args(arguments)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if parsed.verbose else logging.CRITICAL,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    if not parsed.json:
        machine_code.announce_by(lambda sentence: print(sentence, file=sys.stderr, flush=True))
    try:
        command: Command = parsed.command
        return command.run(parsed)
    except GainstageError as error:
        print_error(error.report(), parsed.json)
        return error.exit_status
    except (Cancelled, KeyboardInterrupt):
        report = ErrorReport(kind="cancelled", message="Cancelled.", remedy="Run the command again.")
        print_error(report, parsed.json)
        return ENGINE_FAILED


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m core", description="Gainstage without a browser.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.help, description=command.help)
        one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        one.add_argument("--verbose", action="store_true", help="log every stage on standard error")
        command.add_arguments(one)
        one.set_defaults(command=command)
    return parser
