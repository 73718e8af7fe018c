"""``watch``: call a generator on a schedule, judge what comes back, keep a history, report changes."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from core.cli.base import CHECK_FAILED, ENGINE_FAILED, MARKS, OK, as_json, figure, print_json
from core.contract import Severity
from core.errors import SettingsError
from core.machine.home import storage_error
from core.watch.config import read_config
from core.watch.history import Entry, History, summary
from core.watch.page import page
from core.watch.rounds import Round, one_round


class WatchCommand:
    """Watch one generator."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument(
            "config", metavar="CONFIG.toml", help="what is called, how often (docs/library.md)"
        )
        parser.add_argument("--calls", type=int, metavar="N", help="end after N calls; else on Ctrl+C")
        parser.add_argument("--once", action="store_true", help="one call, as a cron job makes it")
        parser.add_argument(
            "--history", action="store_true", help="call nothing, print what the history says"
        )
        parser.add_argument("--page", metavar="FILE.html", help="write the history there after each call")

    def run(self, arguments: argparse.Namespace) -> int:
        """Call and print until the calls are made; the status is that of the last call."""
        if arguments.calls is not None and arguments.calls < 1:
            raise SettingsError("--calls must be at least 1.", remedy="Leave it out to watch without end.")
        place = Path(arguments.config)
        watch = read_config(place)
        history, folder = History(watch.name), place.resolve().parent
        calls = 0 if arguments.history else 1 if arguments.once else arguments.calls
        made: list[Round] = []
        next_at = time.monotonic()
        while calls is None or len(made) < calls:
            time.sleep(max(0.0, next_at - time.monotonic()))
            next_at = max(next_at + watch.every_s, time.monotonic())
            made.append(one_round(watch, folder, history))
            _write(arguments.page, watch.name, history)
            if not arguments.json:
                _print(made[-1])
            del made[:-1000]
        entries = history.entries()
        if arguments.history:
            _write(arguments.page, watch.name, history)
        if arguments.json:
            rounds = [as_json(one.entry) for one in made]
            print_json({"watch": watch.name, "summary": summary(entries), "calls": rounds})
        else:
            print(summary(entries))
        return _status(made[-1].entry if made else None)


def _status(entry: Entry | None) -> int:
    if entry is None or entry.verdict is not Severity.FAIL:
        return OK
    return CHECK_FAILED if entry.sounded else ENGINE_FAILED


def _print(made: Round) -> None:
    entry = made.entry
    labels = "".join(f" {name}={value}" for name, value in entry.labels.items())
    change = "  CHANGED" if made.changed else ""
    level = f" {figure(entry.integrated_lufs)} LUFS" if entry.sounded else ""
    print(f"{entry.at:%Y-%m-%d %H:%M:%S} {MARKS[entry.verdict]}{level} {entry.seconds:.1f} s{labels}{change}")
    if entry.sentence:
        print(f"    {entry.sentence} Remedy: {entry.remedy}")
    if made.not_reported:
        print(f"    The webhook was not notified: {made.not_reported}")


def _write(path: str | None, name: str, history: History) -> None:
    if path is None:
        return
    try:
        Path(path).write_text(page(name, history.entries()), encoding="utf-8")
    except OSError as error:
        raise storage_error(error, f"{path} cannot be written.") from error
