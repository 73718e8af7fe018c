"""Long silence in front of the music or within it, and more silence than music."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.checks.context import MOST_SPANS, by_choice, came_in, clock, is_part, silenced, span, subject
from core.checks.waveform import Waveform, waveform
from core.contract import Case, Check, Finding, Rank, Severity, Sound

DEEP_DB, SHALLOW_DB = 60.0, 45.0
"""Under the sound's peak: digital silence or a hall's, and a noise floor."""
IN_FRONT_S = {DEEP_DB: 3.0, SHALLOW_DB: 4.0}
"""Published songs are silent for up to 2.6 s in front."""
WITHIN_S = {DEEP_DB: 5.5, SHALLOW_DB: 8.0}
"""Published songs pause for up to 1.1 s, and 4.1 s in a reverberation; five seconds part two movements."""
LEAST_SHARE = 0.02
"""An album in one file pauses between its songs: 6.3 s of 29 minutes."""
HALF = 0.5
"""A sound that is silent for longer than it plays is no song. Published songs: 5 %."""
OURS_SHARE = 0.2
"""As at the end: an engine that is silent for so much of a promised length broke off."""
BLOCK_S = 0.01
NEARLY = 0.999
LOST_S, PLAYS_DB = 0.5, 20.0
"""What a stage may not take away at an edge: half a second that plays within 20 dB of the input's peak."""


@dataclass(frozen=True)
class LongSilence(Check):
    """The music begins at once and goes on: nothing in it is silent for seconds, however softly it fades."""

    name: ClassVar[str] = "long_silence"
    unasked: ClassVar[str] = "for a part, and for what was made of other sounds"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for silence before the end.

        A mix may be silent where its muted stems played; what a stage took away others ask.
        """
        peak_dbfs = sound.measurement.sample_peak_dbfs
        if peak_dbfs is None or by_choice(sound, case):
            return None
        before = came_in(sound, case)
        if before is not None and before.audio.frames == sound.audio.frames:
            return self._lost(sound, before, case)
        if case.inputs or is_part(sound, case):
            return None
        shape = waveform(sound.audio)
        length_s = sound.audio.duration_s
        long = _long(shape)
        before_end = [one for one in long if one[1] < length_s - BLOCK_S]
        share = sum(stop - start for start, stop in long) / length_s
        if not before_end or share < LEAST_SHARE:
            return self.ok(
                f"Silent for under {IN_FRONT_S[DEEP_DB]:g} s in front, {WITHIN_S[DEEP_DB]:g} s within.", sound
            )
        limit = HALF if case.uploaded else OURS_SHARE
        worst = max(before_end, key=lambda one: one[1] - one[0])
        where = "in front" if worst[0] < BLOCK_S else f"from {clock(worst[0])} on"
        more = f", in {len(long)} places" if len(long) > 1 else ""
        return self.rated(
            Severity.FAIL if share >= NEARLY * limit else Severity.WARN,
            f"{subject(sound, case)} is silent for {worst[1] - worst[0]:.1f} s {where}; "
            f"{share:.0%} of it is silence{more} (warns from {IN_FRONT_S[DEEP_DB]:g} s in front and "
            f"{WITHIN_S[DEEP_DB]:g} s within on, fails at {limit:.0%}).",
            sound,
            causes=("tracks were muted, or moved on the time line, when it was exported", "a part was lost")
            if case.uploaded
            else ("a part of the song was not made and left as zeros", "the song begins too late"),
            remedy="Listen at the marked place, and cut the silence out or export the file again."
            if case.uploaded
            else "Make this stage again.",
            spans=tuple(span(*one) for one in long[:MOST_SPANS]),
        )

    def _lost(self, sound: Sound, before: Sound, case: Case) -> Finding:
        """Compare the edges with those of what came in, of the same length."""
        lost = lost_edges(waveform(sound.audio), waveform(before.audio))
        lost = [one for one in lost if not silenced(case, *one)]
        if not lost:
            return self.ok("No edge is silent that plays in what came in.", sound)
        start, stop = max(lost, key=lambda one: one[1] - one[0])
        where = "beginning" if start < BLOCK_S else "end"
        return self.fail(
            f"The {where} is silent for {stop - start:.1f} s, and what came in plays there (limit "
            f"{LOST_S:g} s within {PLAYS_DB:g} dB of its peak).",
            sound,
            causes=(f"the {where} was lost, and zeros took its place", "a gate or a mute was left on"),
            remedy="Make this stage again; if it repeats, look at how its blocks are written.",
            spans=tuple(span(*one) for one in lost),
        )


def lost_edges(shape: Waveform, before: Waveform) -> list[tuple[float, float]]:
    """Return where a sound is silent at its beginning or end while what came in plays there at level."""
    end_s = shape.time_s(shape.peak.shape[1])
    loud = before.peak.max(axis=0) > 10 ** (-PLAYS_DB / 20) * before.peak.max(initial=0.0)
    found = []
    for start, stop in pauses(shape, DEEP_DB, LOST_S):
        edge = start < BLOCK_S or stop > end_s - BLOCK_S
        first, last = (round(at * before.sample_rate / before.size) for at in (start, stop))
        played_s = before.time_s(int(loud[first:last].sum()))
        if edge and played_s >= LOST_S:
            found.append((start, stop))
    return found


def _long(shape: Waveform) -> list[tuple[float, float]]:
    """Return every stretch of silence that is long for its place; one at the end is as one in front."""
    end_s = shape.time_s(shape.peak.shape[1])
    found = []
    for under_db in (DEEP_DB, SHALLOW_DB):
        for start, stop in pauses(shape, under_db, IN_FRONT_S[under_db]):
            edge = start < BLOCK_S or stop > end_s - BLOCK_S
            if edge or stop - start >= NEARLY * WITHIN_S[under_db]:
                found.append((start, stop))
    return _joined(sorted(found))


def pauses(shape: Waveform, under_db: float, least_s: float) -> list[tuple[float, float]]:
    """Return the stretches (start, stop in seconds) that stay so far under the sound's peak for so long."""
    levels = _levels(shape)
    silent = levels < 10 ** (-under_db / 20) * levels.max(initial=0.0)
    turns = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
    step, end = _group(shape), shape.peak.shape[1]
    found = [
        (shape.time_s(int(first) * step), shape.time_s(min(end, int(last) * step)))
        for first, last in zip(turns[0::2], turns[1::2], strict=True)
    ]
    return [(start, stop) for start, stop in found if stop - start >= NEARLY * least_s]


def silent_at_end_s(shape: Waveform, under_db: float) -> float:
    """Return how long the sound stays so far under its peak at its end."""
    levels = _levels(shape)
    loud = np.flatnonzero(levels >= 10 ** (-under_db / 20) * levels.max(initial=0.0))
    if not loud.size:
        return 0.0
    step, end = _group(shape), shape.peak.shape[1]
    return shape.time_s(end) - shape.time_s(min(end, (int(loud[-1]) + 1) * step))


def _group(shape: Waveform) -> int:
    return max(1, round(BLOCK_S * shape.sample_rate / shape.size))


def _levels(shape: Waveform) -> npt.NDArray[np.float32]:
    """Return the highest magnitude of each 10 ms over all channels."""
    peak = shape.peak.max(axis=0)
    levels: npt.NDArray[np.float32] = np.maximum.reduceat(peak, np.arange(0, len(peak), _group(shape)))
    return levels


def _joined(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, stop in stretches:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(stop, joined[-1][1]))
        else:
            joined.append((start, stop))
    return joined
