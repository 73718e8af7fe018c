"""The studio on a real graphics card: one command of at most 8 minutes, without a network.

``python -m benchmarks.gpu`` writes random-weight checkpoints of the published sizes, runs them through the
real worker in the real child process, and prints what was measured. ``--tiny`` runs the same steps on tiny
sizes, on any machine: it proves the benchmark, not the card.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.figure import Figure, show
from benchmarks.gpu_sizes import SMALL, TINY_ACE, XL, AceSize, spoil, write_ace
from core.engines.acestep15.card import CARD
from core.engines.acestep15.checkpoint import inspect
from core.engines.acestep15.estimate import Song, need
from core.engines.acestep15.sizes import size_of
from core.engines.base import Availability
from core.engines.host import EngineHosts
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.errors import Cancelled, EngineError
from core.machine.graphics import nvidia_cards
from core.progress import Report, silent
from core.song import Plan
from tests.engines.acestep15.songs import asked, section, song

LIMIT_S = 480.0
MB, GB = 1 << 20, 1e9
OVERHEAD_MOST, ESTIMATE_MOST, CANCEL_MOST_S = 2.0, 10.0, 2.0
BAR_S = 2.0


@dataclass(frozen=True)
class Bench:
    """What a run works with."""

    hosts: EngineHosts
    folder: Path
    deadline: float
    seconds: float
    device: str
    """Where checkpoints are made: making billions of random numbers takes a card."""

    def plan(self) -> Plan:
        """Return a plan of the benchmark's length."""
        return song(section(bars=max(1, round(self.seconds / BAR_S))))

    def compose(self, checkpoint: Path, report: Report = silent, **options: object) -> float:
        """Make one song and return the seconds that it took."""
        began = time.perf_counter()
        values = asked(checkpoint, self.plan(), **options)
        self.hosts.call(CARD.name, "compose", values=values, sounds={}, report=report)
        return time.perf_counter() - began

    def ask(self, method: str, **values: object) -> dict[str, object]:
        """Ask the child for something else."""
        reply = self.hosts.call(CARD.name, method, values=dict(values), sounds={}, report=silent)
        return dict(reply.values)


def main() -> int:
    """Run and print; the status is 1 when a figure missed its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="tiny sizes, on any machine")
    parser.add_argument("--seconds", type=float, help="length of a song (60; 4 with --tiny)")
    arguments = parser.parse_args()
    if not arguments.tiny and not nvidia_cards().cards:
        print("There is no NVIDIA card here: run it with --tiny, or on a machine with one.", file=sys.stderr)
        return 2
    figures = run(tiny=arguments.tiny, seconds=arguments.seconds or (4.0 if arguments.tiny else 60.0))
    return 0 if all(figure.reached is not False for figure in figures) else 1


def run(*, tiny: bool, seconds: float) -> list[Figure]:
    """Measure everything that there is time for, printing as it goes."""
    for card in nvidia_cards().cards:
        print(f"{card.name}, {card.total_mb / 1000:.0f} GB, compute capability {card.compute_capability:g}")
    card = replace(CARD, worker="benchmarks.gpu_worker", weights=())
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        hosts = open_engines((Registered(card, lambda: Availability(True, "it is here")),))
        device = "cpu" if tiny else "cuda"
        bench = Bench(hosts, Path(folder), time.monotonic() + LIMIT_S, seconds, device)
        try:
            for size in (TINY_ACE,) if tiny else (SMALL, XL):
                figures += of_size(bench, size)
        finally:
            hosts.close()
        figures.append(given_back(nvidia_cards().cards[0].free_mb if nvidia_cards().cards else None))
        show(figures[-1:])
    return figures


def of_size(bench: Bench, size: AceSize) -> list[Figure]:
    """Measure one size of ACE-Step, step by step, as long as there is time."""
    figures: list[Figure] = []
    checkpoint = write_ace(bench.folder / size.name.replace(" ", "-"), size, device=bench.device)
    steps: tuple[Callable[[Bench, AceSize, Path], list[Figure]], ...] = (
        first_and_second,
        share_of_the_studio,
        memory_against_estimate,
        cancelled,
        in_float32,
        out_of_memory,
        not_numbers,
    )
    for step in steps:
        if time.monotonic() > bench.deadline:
            print(f"{size.name}: no time left for {step.__name__} and what comes after", file=sys.stderr)
            break
        measured = step(bench, size, checkpoint)
        show(measured)
        figures += measured
    return figures


def first_and_second(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A song with loading, and one without."""
    first, second = bench.compose(checkpoint), bench.compose(checkpoint)
    return [
        Figure(f"{size.name}: {bench.seconds:.0f} s, loading included", first, "s"),
        Figure(f"{size.name}: the second song, nothing loaded", second, "s", f"<= {first:.2f}"),
    ]


def share_of_the_studio(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """What a song takes longer than the pipeline alone, of the whole."""
    whole = min(bench.compose(checkpoint) for _ in range(3))
    alone = min(float(str(bench.ask("bare", seconds=bench.seconds)["seconds"])) for _ in range(3))
    # On tiny sizes the pipeline takes no time, and the share says nothing.
    target = f"<= {OVERHEAD_MOST:g}" if bench.device == "cuda" else ""
    return [Figure(f"{size.name}: share of the studio", 100 * max(0.0, whole - alone) / whole, "%", target)]


def memory_against_estimate(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """The most bytes of the card that were held, against what was said before."""
    bench.ask("peak")
    bench.compose(checkpoint)
    peak = float(str(bench.ask("peak")["peak"]))
    told = need(size_of(inspect(checkpoint)), Song(bench.seconds), "bfloat16").whole
    figures = [Figure(f"{size.name}: memory foreseen", told / GB, "GB")]
    if peak:
        off = 100 * abs(told - peak) / peak
        figures += [
            Figure(f"{size.name}: memory at most", peak / GB, "GB"),
            Figure(f"{size.name}: foreseen, off by", off, "%", f"<= {ESTIMATE_MOST:g}"),
        ]
    return figures


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
        return [Figure(f"{size.name}: cancelled within", took, "s", f"<= {CANCEL_MOST_S:g}")]
    raise RuntimeError("the song was not cancelled")


def in_float32(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A song in float32, which cards without bfloat16 take."""
    took = bench.compose(checkpoint, precision="float32")
    bench.ask("peak")
    return [Figure(f"{size.name}: {bench.seconds:.0f} s in float32, loading included", took, "s")]


def out_of_memory(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """A card that is full: the song has to end in the error that says so."""
    if bench.device != "cuda":
        return []
    bench.compose(checkpoint)
    bench.ask("hoard", leave=64 * MB)
    said = _error(bench, checkpoint)
    bench.ask("release")
    return [Figure(f"{size.name}: out of memory, said as such", float(said == "engine_memory"), "", ">= 1")]


def not_numbers(bench: Bench, size: AceSize, checkpoint: Path) -> list[Figure]:
    """Weights that hold NaN: the song has to end in an error that names them."""
    message = _error(bench, spoil(checkpoint), by_message=True)
    named = float("not numbers" in message and "norm_out.weight" in message)
    return [Figure(f"{size.name}: NaN weights, named", named, "", ">= 1")]


def given_back(free_mb: int | None) -> Figure:
    """What is free of the card after the child has ended."""
    return Figure("free of the card after the child ended", (free_mb or 0) * MB / GB, "GB")


def _error(bench: Bench, checkpoint: Path, *, by_message: bool = False) -> str:
    try:
        bench.compose(checkpoint)
    except EngineError as error:
        return error.message if by_message else error.kind
    return ""


if __name__ == "__main__":
    sys.exit(main())
