"""The studio on a real graphics card: one command of at most 8 minutes, without a network.

``python -m benchmarks.gpu`` writes random-weight checkpoints of the published sizes, runs them through the
real worker in the real child process, and prints what was measured. ``--tiny`` runs the same steps on tiny
sizes, on any machine: it proves the benchmark, not the card.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.figure import Figure, show
from benchmarks.gpu_bench import Bench
from benchmarks.gpu_figures import (
    MB,
    cancelled_within,
    given_back,
    in_time,
    in_turns,
    memory,
    memory_named,
    nan_named,
    planned,
    second_song,
    status,
    studio_share,
    verdict,
)
from benchmarks.gpu_others import CARDS, OTHERS, turns_of_two
from benchmarks.gpu_sizes import (
    PLANNER,
    SMALL,
    TINY_ACE,
    TINY_PLANNER,
    XL,
    AceSize,
    spoil,
    write_ace,
    write_planner,
)
from core.engines.acestep15.card import CARD
from core.engines.acestep15.checkpoint import inspect
from core.engines.acestep15.estimate import Song, need
from core.engines.acestep15.sizes import size_of
from core.engines.base import Availability
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.errors import Cancelled, EngineError
from core.machine.graphics import nvidia_cards

LIMIT_S = 480.0


def main() -> int:
    """Run and print; the status is 1 when a figure missed its target or there was no time for one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="tiny sizes, on any machine")
    parser.add_argument("--seconds", type=float, help="length of a song (60; 4 with --tiny)")
    arguments = parser.parse_args()
    if not arguments.tiny and not nvidia_cards().cards:
        print("There is no NVIDIA card here: run it with --tiny, or on a machine with one.", file=sys.stderr)
        return 2
    sizes = (TINY_ACE,) if arguments.tiny else (SMALL, XL)
    seconds = arguments.seconds or (4.0 if arguments.tiny else 60.0)
    figures, left_out = run(sizes, "cpu" if arguments.tiny else "cuda", seconds)
    print(verdict(figures, left_out))
    return status(figures, left_out)


def run(sizes: tuple[AceSize, ...], device: str, seconds: float) -> tuple[list[Figure], int]:
    """Measure everything that there is time for, printing as it goes; return the figures and what is left."""
    for card in nvidia_cards().cards:
        print(f"{card.name}, {card.total_mb / 1000:.0f} GB, compute capability {card.compute_capability:g}")
    card = replace(CARD, worker="benchmarks.gpu_worker", weights=())
    figures: list[Figure] = []
    left_out = 0
    free_before = _free_mb()
    with tempfile.TemporaryDirectory() as folder:
        hosts = open_engines(tuple(Registered(one, _here) for one in (card, *CARDS)))
        # Tiny sizes prove the benchmark, however slow the machine: only on a card does the time count.
        limit_s = LIMIT_S if device == "cuda" else math.inf
        bench = Bench(hosts, Path(folder), time.monotonic() + limit_s, seconds, device)
        try:
            for size in sizes:
                measured, missed = of_size(bench, size)
                figures += measured
                left_out += len(missed)
            measured, others = in_time(OTHERS, lambda step: _shown(step(bench)), bench.has_time)
            figures += measured
            left_out += len(others)
        finally:
            hosts.close()
    last = given_back(free_before, _free_mb())
    show(last)
    return figures + last, left_out


def of_size(bench: Bench, size: AceSize) -> tuple[list[Figure], list[Step]]:
    """Measure one size of ACE-Step, step by step, as long as there is time."""
    checkpoint = write_ace(bench.folder / size.name.replace(" ", "-"), size, device=bench.device)

    figures, left_out = in_time(STEPS, lambda step: _shown(step(bench, size, checkpoint)), bench.has_time)
    if left_out:
        print(f"{size.name}: no time for {', '.join(s.__name__ for s in left_out)}", file=sys.stderr)
    return figures, left_out


def first_and_second(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A song with loading, and one without."""
    return second_song(size.name, bench.seconds, bench.compose(checkpoint), bench.compose(checkpoint))


def share_of_the_studio(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """What a song takes longer than the pipeline alone; on tiny sizes that takes next to no time."""
    songs = [bench.compose(checkpoint) for _ in range(3)]
    alone = [float(str(bench.ask("bare", seconds=bench.seconds)["seconds"])) for _ in range(3)]
    return [studio_share(size.name, songs, alone, judged=bench.device == "cuda")]


def memory_against_estimate(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """The most bytes of the card that were held, against what was said before."""
    bench.ask("peak")
    bench.compose(checkpoint)
    peak = int(str(bench.ask("peak")["peak"]))
    told = need(size_of(inspect(checkpoint)), Song(bench.plan().duration_s), "bfloat16").whole
    return memory(size.name, told, peak)


def cancelled(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """How long a song goes on after it is cancelled at its second step; the model stays usable."""
    at = 0.0

    def stop(fraction: float, message: str) -> None:
        nonlocal at
        if message.startswith("Step 2"):
            at = at or time.perf_counter()
            raise Cancelled

    try:
        bench.compose(checkpoint, report=stop)
    except Cancelled:
        took = time.perf_counter() - at
        bench.compose(checkpoint)
        return [cancelled_within(size.name, took)]
    raise RuntimeError("the song was not cancelled")


def with_planner(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A song whose codes a planner writes first; both were loaded before, and take turns on the card."""
    planner = PLANNER if bench.device == "cuda" else TINY_PLANNER
    folder = bench.folder / "planner"
    if not folder.is_dir():
        write_planner(folder, planner, device=bench.device)
    bench.compose(checkpoint, planner_folder=str(folder))
    took = bench.compose(checkpoint, planner_folder=str(folder))
    count = math.ceil(5 * bench.plan().duration_s)
    return planned(f"{size.name}, {planner.name}", took, bench.compose(checkpoint), count)


def in_float32(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A song in float32, which cards without bfloat16 take."""
    took = bench.compose(checkpoint, precision="float32")
    return [Figure(f"{size.name}: {bench.seconds:.0f} s in float32, loading included", took, "s")]


def offloaded(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A card that holds one part of the model at a time: the parts take turns, and the song is made."""
    if bench.device != "cuda":
        return []
    bench.compose(checkpoint)
    held = need(size_of(inspect(checkpoint)), Song(bench.plan().duration_s), "bfloat16")
    bench.ask("forget")
    bench.ask("hoard", leave=(held.in_turns + held.whole) // 2)
    took = bench.compose(checkpoint)
    bench.ask("release")
    return in_turns(size.name, took, bench.notes)


def out_of_memory(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A card that is full: the song has to end in the error that says so."""
    if bench.device != "cuda":
        return []
    bench.compose(checkpoint)
    bench.ask("hoard", leave=64 * MB)
    error = _error(bench, checkpoint)
    bench.ask("release")
    return [memory_named(size.name, error.kind if error else "")]


def not_numbers(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """Weights that hold NaN: the song has to end in an error that names them."""
    error = _error(bench, spoil(checkpoint))
    return [nan_named(size.name, error.message if error else "")]


Step = Callable[[Bench, AceSize, Path], list[Figure]]
STEPS: tuple[Step, ...] = (
    first_and_second,
    share_of_the_studio,
    memory_against_estimate,
    cancelled,
    with_planner,
    in_float32,
    offloaded,
    turns_of_two,
    out_of_memory,
    not_numbers,
)


def _shown(figures: list[Figure]) -> list[Figure]:
    show(figures)
    return figures


def _here() -> Availability:
    return Availability(True, "it is here")


def _error(bench: Bench, checkpoint: Path) -> EngineError | None:
    try:
        bench.compose(checkpoint)
    except EngineError as error:
        return error
    return None


def _free_mb() -> int | None:
    cards = nvidia_cards().cards
    return cards[0].free_mb if cards else None


if __name__ == "__main__":
    sys.exit(main())
