"""What the benchmark on a graphics card makes of its readings: shares, estimate against peak, verdicts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from benchmarks.figure import Figure

SHARE_MOST, ESTIMATE_MOST, CANCEL_MOST_S, LEFT_MOST_MB = 2.0, 10.0, 2.0, 64.0
"""Percent of a song's time; percent of the peak; seconds; megabytes that a child may leave held."""
GB, MB = 1e9, 1 << 20
TURNS = "take turns"
"""What the note of a song says whose model was held part by part."""
NAN_SIGNS = ("not numbers", "norm_out.weight")
"""What the error has to say of a spoilt weight."""
S = TypeVar("S")


def studio_share(name: str, songs_s: Sequence[float], alone_s: Sequence[float], *, judged: bool) -> Figure:
    """Return the share in percent of a song's time that the pipeline alone does not take.

    The quickest of each is compared: what else the machine does only adds time. ``judged``: whether the
    pipeline takes long enough for the share to say something.
    """
    whole, alone = min(songs_s), min(alone_s)
    share = 100.0 * max(0.0, whole - alone) / whole
    return Figure(f"{name}: share of the studio", share, "%", f"<= {SHARE_MOST:g}" if judged else "")


def memory(name: str, foreseen: int, peak: int) -> list[Figure]:
    """Return the bytes that were foreseen, and against the most that were held where a card reports that."""
    figures = [Figure(f"{name}: memory foreseen", foreseen / GB, "GB")]
    if peak > 0:
        off = 100.0 * abs(foreseen - peak) / peak
        figures += [
            Figure(f"{name}: memory at most", peak / GB, "GB"),
            Figure(f"{name}: foreseen, off by", off, "%", f"<= {ESTIMATE_MOST:g}"),
        ]
    return figures


def second_song(name: str, seconds: float, first_s: float, second_s: float) -> list[Figure]:
    """Return the time of a song with loading, and of one without, which has to be quicker."""
    return [
        Figure(f"{name}: {seconds:.0f} s, loading included", first_s, "s"),
        Figure(f"{name}: the second song, nothing loaded", second_s, "s", f"<= {first_s:.2f}"),
    ]


def cancelled_within(name: str, took_s: float) -> Figure:
    """Return how long a song went on after its cancel."""
    return Figure(f"{name}: cancelled within", took_s, "s", f"<= {CANCEL_MOST_S:g}")


def planned(name: str, with_s: float, without_s: float, codes: int) -> list[Figure]:
    """Return what a song takes longer with its planner, and the codes a second where it took longer."""
    more = with_s - without_s
    figures = [Figure(f"{name}: a song takes longer by", more, "s")]
    if more > 0:
        figures.append(Figure(f"{name}: codes a second, turns included", codes / more, "1/s"))
    return figures


def in_turns(name: str, took_s: float, notes: Sequence[str]) -> list[Figure]:
    """Return the time of a song on a card too small for the whole model, and whether its parts took turns."""
    turns = float(any(TURNS in note for note in notes))
    return [
        Figure(f"{name}: a song with its parts in turns, loading included", took_s, "s"),
        Figure(f"{name}: the parts took turns, noted", turns, "", ">= 1"),
    ]


def engine_alone(name: str, seconds: float, first_s: float, second_s: float, *, judged: bool) -> list[Figure]:
    """Return the times of another engine: loading included, and loaded, with seconds of sound a second.

    ``judged``: whether its weights are large enough for loading to show.
    """
    return [
        Figure(f"{name}: {seconds:.0f} s, loading included", first_s, "s"),
        Figure(f"{name}: once more, nothing loaded", second_s, "s", f"<= {first_s:.2f}" if judged else ""),
        Figure(f"{name}: seconds of sound a second", seconds / second_s, "x"),
    ]


def took_turns(name: str, ace_s: float, other_s: float, again_s: float) -> list[Figure]:
    """Return the times of two models that follow each other on one card: each song was made."""
    return [
        Figure(f"{name}: a song, stems by Demucs, a song again", ace_s + other_s + again_s, "s"),
        Figure(f"{name}: the song after the other engine takes longer by", again_s - ace_s, "s"),
    ]


def nan_named(name: str, message: str) -> Figure:
    """Return whether the error of a spoilt weight names it; 1 when it does."""
    return Figure(f"{name}: NaN weights, named", float(all(s in message for s in NAN_SIGNS)), "", ">= 1")


def memory_named(name: str, kind: str) -> Figure:
    """Return whether the error of a full card is the one of memory; 1 when it is."""
    return Figure(f"{name}: out of memory, named", float(kind == "engine_memory"), "", ">= 1")


def given_back(before_mb: int | None, after_mb: int | None) -> list[Figure]:
    """Return how much of the card is held after the child has ended; nothing without a card."""
    if before_mb is None or after_mb is None:
        return []
    held = max(0.0, float(before_mb - after_mb))
    return [Figure("held of the card after the child ended", held, "MB", f"<= {LEFT_MOST_MB:g}")]


def in_time(
    steps: Sequence[S], measure: Callable[[S], list[Figure]], time_left: Callable[[], bool]
) -> tuple[list[Figure], list[S]]:
    """Measure the steps in turn while there is time; return the figures, and the steps that were left out."""
    figures: list[Figure] = []
    for at, step in enumerate(steps):
        if not time_left():
            return figures, list(steps[at:])
        figures += measure(step)
    return figures, []


def verdict(figures: Sequence[Figure], left_out: int = 0) -> str:
    """Return the last line: how many targets were reached, and which were missed."""
    judged = [figure for figure in figures if figure.reached is not None]
    missed = [figure.name for figure in judged if not figure.reached]
    line = f"{len(judged) - len(missed)} of {len(judged)} targets reached"
    line += f"; missed: {', '.join(missed)}" if missed else ""
    return line + (f"; {left_out} steps left out for want of time" if left_out else "")


def status(figures: Sequence[Figure], left_out: int = 0) -> int:
    """Return the exit status: 1 when a target was missed or a step left out."""
    return int(left_out > 0 or any(figure.reached is False for figure in figures))
