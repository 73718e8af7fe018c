"""``store``: what the songs take on the disk, and how to make them take less."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from core.cli.base import OK, figure, print_json
from core.machine.limits import LIMITS, MB, NONE
from core.runs.housekeeping import free_bytes
from core.runs.usage import Usage, usage
from core.studio import Studio
from core.values import Json

LISTED = 20
"""So many songs are listed, the largest first."""


class StoreCommand:
    """Show and clean the store."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument(
            "--clean", action="store_true", help="do now what is done by the hour: sweep, and keep the limits"
        )
        parser.add_argument(
            "--rest",
            action="store_true",
            help="let intermediate sounds of all songs give way now; they are made again when played",
        )
        parser.add_argument("--keep", metavar="RUN", help="no limit of age or size takes this song")
        parser.add_argument("--release", metavar="RUN", help="limits may take this song again")

    def run(self, arguments: argparse.Namespace) -> int:
        """Do what was asked and print what is stored."""
        studio = Studio.open(by_operator=True)
        try:
            for run_id, kept in ((arguments.keep, True), (arguments.release, False)):
                if run_id:
                    studio.keep_song(run_id, kept=kept)
            tidied = None
            if arguments.clean or arguments.rest:
                tidied = studio.housekeeping.tidy(at_once=arguments.rest)
            used = usage(studio.home, studio.housekeeping.index)
            free = free_bytes(studio.home)
            notice = studio.housekeeping.index.database.notice
            limits = {name: getattr(studio.limits, name) for name in LIMITS}
        finally:
            studio.close()
        if arguments.json:
            shown: dict[str, Json] = {
                "home": str(studio.home),
                "free_bytes": free,
                "stored": used.as_json(),
                "limits": {name: None if value == NONE else value for name, value in limits.items()},
                "cleaned": asdict(tidied) if tidied else None,
                "notice": notice or None,
            }
            print_json(shown)
            return OK
        if notice:
            print(notice)
        if tidied:
            print(
                f"{tidied.rested} sounds gave way, {tidied.deleted} songs went, "
                f"{tidied.freed_bytes / MB:.1f} MB are free again."
            )
        _print(used, free, limits)
        return OK


def _print(used: Usage, free: int, limits: dict[str, float]) -> None:
    print(f"{used.home}: {used.total_bytes / MB:.1f} MB in {len(used.songs)} songs, {free / MB:.0f} MB free")
    for what, size in used.by_kind.items():
        print(f"  {what:<12} {size / MB:10.1f} MB")
    per_s = used.bytes_per_s
    print(f"  {figure(per_s / MB if per_s is not None else None)} MB for a second of song")
    for song in used.songs[:LISTED]:
        mark = "kept" if song.kept else "    "
        print(f"  {song.bytes / MB:8.1f} MB  {mark}  {song.run}  {song.title}")
    if len(used.songs) > LISTED:
        print(f"  and {len(used.songs) - LISTED} more")
    for name, value in limits.items():
        limit = LIMITS[name]
        print(f"  {limit.variable:<28} {'none' if value == NONE else f'{value:g}'} {limit.unit}")
