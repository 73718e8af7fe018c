"""One channel of two drops out for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.checks.channels import DEAD_DB
from core.checks.context import MOST_SPANS, by_choice, came_in, clock, is_part, span
from core.checks.waveform import Waveform, around, waveform
from core.contract import Case, Check, Finding, Rank, Severity, Sound

SHORTEST_S = 0.010
UNDER_DB, PLAYS_DB = 80.0, 40.0
"""The channel lies so far under the sound's peak while the other one does not lie so far under it."""
EDGE_S = 0.002
AROUND_S = 0.050


@dataclass(frozen=True)
class NoDropout(Check):
    """Neither channel falls silent at once while the other plays on.

    In 152 published tracks of two channels there is no millisecond in which one is at zero and the other
    within 40 dB of full scale.
    """

    name: ClassVar[str] = "channel_dropout"
    unasked: ClassVar[str] = "for a part, mono, a dead channel and silence"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for zeros in one of two channels.

        A mix of several stems may be panned so by choice, and is not asked either.
        """
        reading, before = sound.measurement, came_in(sound, case)
        balance_db = reading.channel_balance_db
        if reading.channels != 2 or balance_db is None or abs(balance_db) >= DEAD_DB:
            return None
        if is_part(sound, case) or by_choice(sound, case) or (case.inputs and before is None):
            return None
        found = dropouts(waveform(sound.audio))
        if before is not None and before.measurement.channels == 2:
            had = dropouts(waveform(before.audio))
            found = [one for one in found if not any(_overlap(one, other) for other in had)]
        if not found:
            return self.ok(f"No channel drops out for {1000 * SHORTEST_S:.0f} ms or more.", sound)
        channel, start_s, stop_s = max(found, key=lambda one: one[2] - one[1])
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        return self.rated(
            Severity.WARN if case.uploaded else Severity.FAIL,
            f"The {('left', 'right')[channel]} channel drops out for {stop_s - start_s:.2f} s at "
            f"{clock(start_s)} while the other plays{more} (limit {1000 * SHORTEST_S:.0f} ms).",
            sound,
            causes=("samples of one channel were lost or written over with zeros", "a loose cable"),
            remedy="Listen at the marked place; export or record it again."
            if case.uploaded
            else "Make this stage again.",
            spans=tuple(span(start, stop) for _, start, stop in found[:MOST_SPANS]),
        )


def dropouts(shape: Waveform) -> list[tuple[int, float, float]]:
    """Return where a channel (0 or 1) falls silent at once and the other plays: channel, start, stop in s."""
    highest = float(shape.peak.max(initial=0.0))
    if highest <= 0:
        return []
    silent = shape.peak < 10 ** (-UNDER_DB / 20) * highest
    loud = around(shape.peak.max(axis=0), round(AROUND_S / EDGE_S)) > 10 ** (-PLAYS_DB / 20) * highest
    step = shape.size / shape.sample_rate
    least, edge = round(SHORTEST_S / step), max(1, round(EDGE_S / step))
    found = []
    for channel in (0, 1):
        alone = silent[channel] & ~silent[1 - channel] & loud
        turns = np.flatnonzero(np.diff(np.concatenate([[False], alone, [False]]).astype(np.int8)))
        for first, last in zip(turns[0::2], turns[1::2], strict=True):
            near = shape.peak[channel][max(0, first - edge) : first].max(initial=0.0)
            after = shape.peak[channel][last : last + edge].max(initial=0.0)
            cut = max(float(near), float(after)) > 10 ** (-PLAYS_DB / 20) * highest
            if last - first >= least - 1 and cut:
                found.append((channel, shape.time_s(first), shape.time_s(last)))
    return sorted(found, key=lambda one: one[1])


def _overlap(one: tuple[int, float, float], other: tuple[int, float, float]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and one[2] > other[1]
