"""``drill --blind``: random faults in random carriers, reported as a datasheet."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from core.cli.base import OK, add_overwrite, print_json, refuse_overwriting
from core.errors import InputError, StorageError

BAND_SONGS = 3
MOST_TRIALS = 100_000
MOST_FILES = 25


def add_blind_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the blind drill takes."""
    parser.add_argument(
        "--blind",
        type=int,
        metavar="N",
        help="put N random faults into random carriers; print detection against severity",
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="with --blind: what is drawn")
    parser.add_argument(
        "--carriers",
        metavar="FOLDER",
        help=f"with --blind: also {MOST_FILES} music files at most",
    )
    parser.add_argument("--out", metavar="FILE", help="with --blind: write the table to a file, as Markdown")
    add_overwrite(parser)


def run_blind(arguments: argparse.Namespace) -> int:
    """Run the blind drill; a miss is a figure and no failure. Raises InputError and StorageError."""
    from core.drill.blind import blind_drill
    from core.drill.carriers import band_songs, music
    from core.drill.datasheet import as_json, datasheet

    trials, seed = arguments.blind, arguments.seed
    if not 1 <= trials <= MOST_TRIALS or seed < 0:
        raise InputError(
            f"A blind drill of {trials} faults with seed {seed} cannot be run.",
            remedy=f"Ask for 1 to {MOST_TRIALS} faults, and a seed of 0 or more.",
        )
    folder = Path(arguments.carriers) if arguments.carriers else None
    out = Path(arguments.out) if arguments.out else None
    if out is not None and not out.absolute().parent.is_dir():
        raise InputError(
            f"{str(out)!r} lies in a folder that does not exist.", remedy="Create the folder first."
        )
    refuse_overwriting([out] if out else [], overwrite=arguments.overwrite)
    from_folder = music(folder, MOST_FILES, seed) if folder else ()
    carriers = (*band_songs(BAND_SONGS, seed), *from_folder)
    result = blind_drill(carriers, trials, seed, _progress if sys.stderr.isatty() else None)
    table = datasheet(result, _command(trials, seed, with_music=bool(from_folder)))
    if out is not None:
        try:
            out.write_text(table, encoding="utf-8")
        except OSError as error:
            raise StorageError(
                f"The datasheet could not be written to {str(out)!r}: {error.strerror}.",
                remedy="Choose another place with --out.",
            ) from error
    if arguments.json:
        print_json(as_json(result))
    elif out is None:
        print(table)
    else:
        print(f"{result.trials} faults in {len(carriers)} carriers: {out}")
    return OK


def _command(trials: int, seed: int, *, with_music: bool) -> str:
    """Return the command as a reader would type it; where the music lies is the machine's own affair."""
    music = " --carriers FOLDER" if with_music else ""
    return f"python -m core drill --blind {trials} --seed {seed}{music} --out docs/datasheet.md --overwrite"


def _progress(done: int, trials: int) -> None:
    print(f"\r{done} of {trials}", end="" if done < trials else "\n", file=sys.stderr, flush=True)
