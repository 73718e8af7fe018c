"""The entry: finds the command, runs it, and turns every error into a sentence and an exit status.

Only the command that is called is imported, so that ``--help`` costs what argparse does.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from core.machine.algebra import algebra_in_one_thread

if TYPE_CHECKING:
    from core.cli.base import Command


@dataclass(frozen=True)
class Late:
    """A command that is imported when it is called."""

    name: str
    place: str
    """The file beside this one and the class in it."""
    help: str

    def load(self) -> Command:
        """Import the command."""
        module, _, class_name = self.place.partition(":")
        made = getattr(importlib.import_module(f".{module}", __package__), class_name)()
        return cast("Command", made)


COMMANDS: tuple[Late, ...] = (
    Late("song", "song:SongCommand", "make a song from a prompt, or finish one from a file or stems"),
    Late(
        "inspect",
        "inspect:InspectCommand",
        "measure and judge audio files, or find the step of a chain that broke the sound",
    ),
    Late(
        "batch",
        "batch:BatchCommand",
        "many songs from a list of jobs, or a folder of files",
    ),
    Late("separate", "separate:SeparateCommand", "take a song apart into vocals, drums, bass and other"),
    Late(
        "understand",
        "understand:UnderstandCommand",
        "say what ACE-Step's planner makes of a song: caption, tempo, key, language, words",
    ),
    Late("master", "master:MasterCommand", "master a mix to a loudness under a true-peak ceiling"),
    Late(
        "doctor",
        "doctor:DoctorCommand",
        "say what runs here, what does not, why, and the remedy; --explain says what an error means",
    ),
    Late("compile", "compile:CompileCommand", "compile the numeric loops ahead of the first song"),
    Late("models", "models:ModelsCommand", "list what weights the engines need, download them, check them"),
    Late("runs", "runs:RunsCommand", "list the songs made here"),
    Late(
        "store",
        "store:StoreCommand",
        "what the songs take on the disk, and how to clean up",
    ),
    Late(
        "compare",
        "compare:CompareCommand",
        "what differs between two runs or two sound files, and where it began",
    ),
    Late("watch", "watch:WatchCommand", "call a generator on a schedule and judge what comes back"),
    Late("drill", "drill:DrillCommand", "inject every known fault and report where each was caught"),
    Late("bundle", "bundle:BundleCommand", "write all about a run into one zip"),
    Late("replay", "bundle:ReplayCommand", "make a bundle's song again and say which stage first differs"),
    Late("studio", "studio:StudioCommand", "open the studio in the browser"),
    Late("bench", "bench:BenchCommand", "print side-by-side figures of this machine"),
)


class _Parser(argparse.ArgumentParser):
    """Prints wrong usage as the JSON error object when the call asked for JSON."""

    def error(self, message: str) -> None:  # type: ignore[override]
        if "--json" in sys.argv:
            from core.cli.base import USAGE, print_error
            from core.errors import ErrorReport

            report = ErrorReport(kind="usage", message=message, remedy=f"See {self.prog} --help.")
            print_error(report, as_json=True)
            self.exit(USAGE)
        super().error(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    algebra_in_one_thread()
    # Nothing here has a plugin, and to look for one reads the metadata of every installed package.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    parsed = _parser(sys.argv[1:] if arguments is None else arguments).parse_args(arguments)
    return _run(parsed)


def _run(parsed: argparse.Namespace) -> int:
    from core.cli.base import ENGINE_FAILED, print_error
    from core.errors import Cancelled, ErrorReport, GainstageError
    from core.meter import machine_code

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


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser, complete for each command that the arguments may mean."""
    parser = _Parser(prog=_program(), description="Gainstage without a browser.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for late in COMMANDS:
        one = commands.add_parser(late.name, help=late.help, description=late.help)
        if late.name not in arguments:
            continue
        command = late.load()
        one.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        one.add_argument("--verbose", action="store_true", help="log every stage on standard error")
        command.add_arguments(one)
        one.set_defaults(command=command)
    return parser


def _program() -> str:
    """Return how the program was called: by its installed name, or as a module."""
    called = os.path.basename(sys.argv[0])
    return "python -m core" if called in ("__main__.py", "-m") else called.removesuffix(".exe") or "gainstage"
