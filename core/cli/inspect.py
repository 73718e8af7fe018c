"""``inspect``: measure and judge any audio files, or follow them as the steps of a chain."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.cli.base import (
    CHECK_FAILED,
    ENGINE_FAILED,
    OK,
    USAGE,
    add_overwrite,
    print_json,
    refuse_overwriting,
)
from core.contract import Severity
from core.errors import InputError
from core.machine.home import storage_error

if TYPE_CHECKING:
    from core.audio import Audio
    from core.blame.chain import Chain, Link


class InspectCommand:
    """Look at files."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("files", nargs="+", metavar="FILE", help="with --chain also a folder of stems")
        parser.add_argument(
            "--format",
            choices=("text", "junit", "sarif", "github"),
            default="text",
            help="what continuous integration reads: JUnit XML, SARIF, or GitHub's annotations",
        )
        parser.add_argument(
            "--chain",
            action="store_true",
            help="the files are steps in order (a folder is a step of stems; one run id is its stages): "
            "what each did, and the first that broke the sound",
        )
        parser.add_argument(
            "--report",
            metavar="FILE.html",
            help="write a page to show others: the findings with 6 s before and after, and a blind test",
        )
        add_overwrite(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """Print readings and findings of each file as they come, in order; an unreadable one is an error."""
        if arguments.report:
            refuse_overwriting([Path(arguments.report)], overwrite=arguments.overwrite)
            if not arguments.chain and len(arguments.files) > 1:
                raise InputError(
                    "A report is about one file, or about the steps of one chain.",
                    remedy="Name one file, or add --chain when the files are steps in order.",
                )
        return _chain(arguments) if arguments.chain else _each(arguments)


def _each(arguments: argparse.Namespace) -> int:
    from core.cli.inspect_files import looks, print_look

    if arguments.report:
        from core.blame.chain import chain_of_files

        _report_of_files(arguments, chain_of_files(arguments.files))
    as_text = not arguments.json and arguments.format == "text"
    status, seen = OK, []
    for look in looks(arguments.files, as_errors=not as_text and not arguments.json):
        status = status if status in (USAGE, ENGINE_FAILED) else look.exit_status or status
        if as_text:
            print_look(look)
        else:
            seen.append(look)
    if arguments.json:
        print_json({"files": [look.as_json() for look in seen]})
    elif not as_text:
        from core.cli.inspect_formats import FORMATS

        print(FORMATS[arguments.format](seen))
    return status


def _chain(arguments: argparse.Namespace) -> int:
    from core.blame.chain import chain_of_files, chain_of_run
    from core.cli.blamed import chain_object, print_chain, run_id_of, run_named, studio

    run_id = run_id_of(arguments.files[0]) if len(arguments.files) == 1 else None
    if run_id is not None:
        with studio() as opened:
            label, chain = "stage", chain_of_run(run_named(arguments.files[0], run_id, opened), opened.audio)
            if arguments.report:
                _report(arguments, chain, lambda link: opened.audio(link.key))
    else:
        label, chain = "file", chain_of_files(arguments.files)
        if arguments.report:
            _report_of_files(arguments, chain)
    if arguments.json:
        print_json(chain_object(chain, label))
    else:
        print_chain(chain)
    return CHECK_FAILED if chain.verdict is Severity.FAIL else OK


def _report_of_files(arguments: argparse.Namespace, chain: Chain) -> None:
    from core.blame.take import read_take

    _report(arguments, chain, lambda link: read_take(Path(link.name)).sound.audio)


def _report(arguments: argparse.Namespace, chain: Chain, audio: Callable[[Link], Audio]) -> None:
    from core.bundle.listening import listening_html

    out = Path(arguments.report)
    title = " → ".join(link.title for link in chain.links)
    try:
        out.write_text(listening_html(chain, audio, title), encoding="utf-8")
    except OSError as error:
        raise storage_error(error, f"{out} cannot be written.") from error
