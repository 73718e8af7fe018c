"""Making way for the voice: while a line is sung, what plays with it leaves out where its consonants lie.

A dynamic equaliser as a mixing engineer keys it with the vocal track; here the score says when it sings.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.engines.composer.model import Score
from core.engines.composer.play.tone import EVEN, Tone, shape
from core.machine.paging import zeros

Samples = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float64]

_OPENS_S, _CLOSES_S = 0.12, 0.3
_LEAD_S, _TAIL_S = 0.15, 0.1
"""How long before its first note a line's consonants begin, and how long after its last they end."""
_BLOCK = 1 << 14


def make_way(sound: Samples, sample_rate: int, score: Score, tone: Tone, name: str) -> None:
    """Give stereo ``sound`` (frames, 2) its ``tone`` while a line of ``score`` is sung, in place."""
    edges, share = _singing(score)
    if not len(edges):
        return
    toned = zeros(*sound.shape)
    toned[:] = sound
    shape(toned, sample_rate, tone, name, EVEN)
    for start in range(0, len(sound), _BLOCK):
        piece, instead = sound[start : start + _BLOCK], toned[start : start + _BLOCK]
        times = (start + np.arange(len(piece))) / sample_rate
        gain = _between(times, edges, share)
        if gain is None:
            piece += np.interp(times, edges, share).astype(np.float32)[:, None] * (instead - piece)
        elif gain == 1.0:
            piece[:] = instead


def _between(times: Curve, edges: Curve, share: Curve) -> float | None:
    """Return how much is sung at all of ``times``, or None where that changes."""
    first, last = np.searchsorted(edges, (times[0], times[-1]))
    here = share[max(0, first - 1) : last + 1]
    return float(here[0]) if (here == here[0]).all() else None


def _singing(score: Score) -> tuple[Curve, Curve]:
    """Return seconds, rising, and how much is sung at each: 0 is nobody, 1 a line; lines close by are one."""
    beat_s = 60.0 / score.tempo_bpm
    spans: list[tuple[float, float]] = []
    for line in sorted(score.sung, key=lambda line: line.notes[0].start_beat):
        last = line.notes[-1]
        start = line.notes[0].start_beat * beat_s - _LEAD_S
        stop = (last.start_beat + last.length_beats) * beat_s + _TAIL_S
        if spans and start - spans[-1][1] < _OPENS_S + _CLOSES_S:
            start, stop = spans[-1][0], max(stop, spans.pop()[1])
        spans.append((start, stop))
    edges = [time for start, stop in spans for time in (start - _OPENS_S, start, stop, stop + _CLOSES_S)]
    return np.asarray(edges), np.tile([0.0, 1.0, 1.0, 0.0], len(spans))
