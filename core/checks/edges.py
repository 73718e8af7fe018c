"""A beginning and an end: the sound neither starts nor stops in the middle of the music."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks.context import by_choice, span
from core.checks.provenance import is_whole, origin_of, weigh
from core.contract import Case, Check, Finding, Rank, Severity, Sound, Span

EDGE_S = 0.005
CUT_DB = 12.0
"""The outermost 5 ms of what sounds lie within this of the RMS: it was cut."""
JUMP = 0.1
"""The outermost sample against the RMS: what rises or falls by itself begins and ends near zero."""
ZEROS_S = 0.1
"""Digital silence of this length beside such an edge: the rest was not made, or was filled in."""
SHORTEST_S = 1.0
STREAMED = 1 << 16


@dataclass(frozen=True)
class Edge:
    """One end of the sound."""

    level_db: float
    """Its outermost 5 ms against the RMS of the whole."""
    jump: float
    """Its outermost sample against the RMS of the whole."""
    zeros_s: float
    """Digital silence beyond it."""

    @property
    def cut(self) -> bool:
        """Whether the music is at full level there, from the very sample on: an attack begins at rest."""
        return self.level_db > -CUT_DB and self.jump > JUMP


@dataclass(frozen=True)
class WholeEdges(Check):
    """The sound begins and ends as music does, and is not cut off at full level."""

    name: ClassVar[str] = "abrupt_edge"
    unasked: ClassVar[str] = "for a part, for silence and for less than a second"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the first and last 5 ms that sound."""
        if by_choice(sound, case) or not is_whole(sound, case):
            return None
        edges = read_edges(sound.audio)
        if edges is None:
            return None
        first, last = edges
        evidence = (
            f"The first 5 ms lie {first.level_db:+.0f} dB from the RMS, the last {last.level_db:+.0f} dB "
            f"(cut over {-CUT_DB:g})."
        )
        broken = [edge for edge in edges if edge.cut and edge.zeros_s >= ZEROS_S]
        if not broken:
            loop = " It ends at full level, as a loop does." if last.cut else ""
            return self.ok(evidence + loop, sound)
        origin = origin_of(sound, case, shows_cut)
        worst = max(broken, key=lambda edge: edge.zeros_s)
        length = sound.audio.duration_s
        at_end = worst is last
        start_s = length - worst.zeros_s if at_end else 0.0
        place = Span(start_s=start_s, stop_s=start_s + worst.zeros_s)
        words = ("ends", "follow") if at_end else ("begins", "lie before")
        return self.rated(
            weigh(origin, case, uploaded=Severity.WARN, made=Severity.FAIL if at_end else Severity.WARN),
            f"The sound {words[0]} at full level and {worst.zeros_s:.2f} s of zeros {words[1]}: "
            f"{evidence[0].lower()}{evidence[1:]}",
            sound,
            causes=("the engine stopped short and the rest was filled with zeros", "the end was cut off")
            if at_end
            else ("the beginning was lost and filled with zeros", "the start was cut off"),
            remedy="Fetch or export the file again, whole."
            if case.is_source
            else "Make this stage again; if it repeats, ask the engine for a shorter piece.",
            spans=(span(place.start_s, place.stop_s),),
            origin=origin,
        )


def shows_cut(audio: Audio) -> bool:
    """Return whether a sound is cut off beside digital silence."""
    edges = read_edges(audio)
    return edges is not None and any(edge.cut and edge.zeros_s >= ZEROS_S for edge in edges)


def read_edges(audio: Audio) -> tuple[Edge, Edge] | None:
    """Return both ends of the sound; None for silence and for less than a second."""
    if audio.duration_s < SHORTEST_S:
        return None
    samples = audio.samples
    first, last = _first_sounding(samples), audio.frames - _first_sounding(samples[::-1])
    if last - first < SHORTEST_S * audio.sample_rate / 2:
        return None
    size = max(1, round(EDGE_S * audio.sample_rate))
    power = sum(
        float(np.square(np.nan_to_num(samples[k : min(last, k + STREAMED)]), dtype=np.float64).sum())
        for k in range(first, last, STREAMED)
    ) / (last - first)
    if power <= 0.0:
        return None
    rate = audio.sample_rate
    rms = float(np.sqrt(power))
    start, stop = np.abs(samples[first]).max() / rms, np.abs(samples[last - 1]).max() / rms
    return (
        Edge(_level_db(samples[first : first + size], power), float(start), first / rate),
        Edge(_level_db(samples[last - size : last], power), float(stop), (audio.frames - last) / rate),
    )


def _level_db(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]], power: float) -> float:
    level = float(np.square(np.nan_to_num(samples), dtype=np.float64).sum()) / max(1, len(samples))
    return float(10 * np.log10(max(level / power, 1e-12)))


def _first_sounding(samples: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> int:
    """Return the first frame that is not zero; the length when all are."""
    for k in range(0, len(samples), STREAMED):
        moving = np.flatnonzero(samples[k : k + STREAMED].any(axis=1))
        if len(moving):
            return k + int(moving[0])
    return len(samples)
