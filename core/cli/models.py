"""``models``: what each engine's weights are, bringing them here, and proving them whole."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from core.cli.base import ENGINE_FAILED, OK, as_json, print_json
from core.engines.acestep15.recipe import Family
from core.engines.weights import MODELS, Weights, hub_cache, models_folder
from core.errors import InputError
from core.models.download import MAIN, Downloaded, download
from core.models.listing import MB, Checkpoint, State, checkpoints, weights_named
from core.models.native.convert import convert, convert_back
from core.models.sizes import size
from core.models.verify import FileState, Verified, verify
from core.progress import Report, silent

ACTIONS = ("list", "get", "check", "convert")
SCREEN_EVERY_S, LOG_EVERY_S = 0.2, 10.0


class ModelsCommand:
    """The models' weights."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("action", nargs="?", choices=ACTIONS, default="list")
        parser.add_argument(
            "weights",
            nargs="?",
            metavar="NAME",
            help="weights that the list names; convert: a folder or file",
        )
        parser.add_argument("--revision", default=MAIN, help="get: a branch, tag or commit (default main)")
        parser.add_argument("--to", metavar="DIR", help="convert: the new folder")
        parser.add_argument(
            "--family",
            choices=tuple(Family),
            help="convert: turbo, base or sft, where the file does not tell",
        )
        parser.add_argument(
            "--beside", metavar="DIR", help="convert: a checkpoint to take decoder and text encoder from"
        )
        parser.add_argument(
            "--back", action="store_true", help="convert: from diffusers form to ACE-Step's own"
        )

    def run(self, arguments: argparse.Namespace) -> int:
        """List, download or check; the status is 4 when a download fails or a file is not right."""
        if arguments.action == "list":
            return _list(arguments.json)
        if not arguments.weights and arguments.action == "convert":
            raise InputError(
                "models convert needs a folder or file.",
                remedy="Name the native model that is to be converted.",
            )
        if not arguments.weights:
            known = ", ".join(each.name for each in checkpoints())
            raise InputError(
                f"models {arguments.action} needs the name of some weights.", remedy=f"Known are {known}."
            )
        report = silent if arguments.json else _on_screen()
        if arguments.action == "convert":
            return _convert(arguments, report)
        weights = weights_named(arguments.weights)
        if arguments.action == "get":
            return _get(weights, arguments.revision, report, arguments.json)
        return _check(weights, report, arguments.json)


def _list(json: bool) -> int:
    listed = checkpoints()
    folder = models_folder()
    if json:
        print_json(
            {
                "models_folder": str(folder) if folder else None,
                "hub_cache": str(hub_cache()),
                "models": [as_json(each) for each in listed],
            }
        )
        return OK
    engine = ""
    for each in listed:
        if each.engine != engine:
            engine = each.engine
            print(f"{each.engine_title} ({each.stage})")
        print("\n".join(_lines(each)))
    print(f"{MODELS} is {folder or 'not set'}; the hub's cache is {hub_cache()}.")
    return OK


def _lines(each: Checkpoint) -> list[str]:
    head = f"  {each.name:<38} {each.state.value:<11} {size(each.download_mb * MB):>8}  {each.licence}"
    lines = [head, f"      {each.about}"]
    at = "" if each.revision == MAIN else f" at {each.revision[:12]}"
    lines.append(f"      from {each.repository}{at}")
    if each.folder:
        lines.append(f"      in {each.folder} ({size(each.on_disk_bytes)})")
    if each.state is State.MISSING:
        lines.append(f"      nothing of it is here: python -m core models get {each.name}")
    elif each.missing:
        lines.append(f"      lacks {', '.join(each.missing)}")
    if each.unfinished_bytes:
        lines.append(f"      a download was broken off after {size(each.unfinished_bytes)}")
    return lines


def _get(weights: Weights, revision: str, report: Report, json: bool) -> int:
    downloaded = download(weights, report, revision=revision)
    if json:
        print_json(
            {
                "name": downloaded.name,
                "folder": str(downloaded.folder),
                "repository": downloaded.repository,
                "revision": downloaded.revision,
                "commit": downloaded.commit,
                "files": list(downloaded.files),
                "fetched": list(downloaded.fetched),
                "fetched_bytes": downloaded.fetched_bytes,
            }
        )
    else:
        print(_summary(downloaded))
    return OK


def _summary(downloaded: Downloaded) -> str:
    fetched, of = len(downloaded.fetched), len(downloaded.files)
    what = f"{fetched} of {of} files fetched ({size(downloaded.fetched_bytes)})"
    if not downloaded.fetched:
        what = f"all {len(downloaded.files)} files were here and are right"
    text = f"{downloaded.name}: {what}; in {downloaded.folder}, commit {downloaded.commit[:12]}."
    if downloaded.revision != MAIN and models_folder() is None:
        # The engines look in the cache for what the branch main stands for.
        text += f"\nTo use this revision, name its folder: --set <stage>.checkpoint={downloaded.folder}"
    return text


def _convert(arguments: argparse.Namespace, report: Report) -> int:
    source, target = Path(arguments.weights), Path(arguments.to) if arguments.to else None
    if arguments.back:
        converted = convert_back(source, target, report)
    else:
        family = Family(arguments.family) if arguments.family else None
        beside = Path(arguments.beside) if arguments.beside else None
        converted = convert(source, target, report, family=family, beside=beside)
    if arguments.json:
        print_json(
            {
                "source": str(converted.source),
                "folder": str(converted.folder),
                "family": converted.family,
                "bytes": converted.bytes,
            }
        )
    else:
        print(
            f"{converted.source.name} ({converted.family}): {size(converted.bytes)}; in {converted.folder}."
        )
        if not arguments.back:
            print(f"To use it: --set generate.checkpoint={converted.folder}")
    return OK


def _check(weights: Weights, report: Report, json: bool) -> int:
    verified = verify(weights, report)
    if json:
        print_json(as_json(verified) | {"right": verified.proved, "remedy": verified.remedy})
    else:
        _print_verified(verified)
    return OK if verified.proved else ENGINE_FAILED


def _print_verified(verified: Verified) -> None:
    for state in FileState:
        files = verified.those(state)
        if files:
            print(f"{state.value:<8} {', '.join(files)}")
    print(
        f"{verified.name} in {verified.folder}: {'every file is right' if verified.proved else 'not proved'}."
    )
    if verified.remedy:
        print(f"remedy: {verified.remedy}", file=sys.stderr)


def _on_screen() -> Report:
    """Return a report that writes one line over and over on a terminal, and a line now and then in a log."""
    screen = sys.stderr.isatty()
    reported_at, longest = -LOG_EVERY_S, 0

    def report(fraction: float, message: str) -> None:
        nonlocal reported_at, longest
        now = time.monotonic()
        if fraction < 1.0 and now - reported_at < (SCREEN_EVERY_S if screen else LOG_EVERY_S):
            return
        reported_at, line = now, f"{fraction:4.0%}  {message}"
        longest = max(longest, len(line))
        end = "\n" if fraction >= 1.0 or not screen else ""
        print(f"\r{line:<{longest}}" if screen else line, end=end, file=sys.stderr, flush=True)

    return report
