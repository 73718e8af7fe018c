"""What should sound at the joins of a song: the clips' own samples under each fade that was declared.

The stage reports where its joins are (:class:`AssembleFigures`); everything else is taken from the clips
themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.audio import Samples
from core.checks.figures import AssembleFigures, JoinFigures
from core.contract import Case, Sound, Span
from core.dsp.silencing import silenced

SONG = "song"


@dataclass(frozen=True, eq=False)
class Join:
    """One declared join: the fade's place in the song, and the clips' samples under it with their gains."""

    start_s: float
    """Where the arrays begin in the song."""
    rate: int
    lead_frames: int
    """Frames of the arrays before the fade begins."""
    fade_frames: int
    out: Samples
    leaving: Samples
    coming: Samples

    @property
    def span(self) -> Span:
        """The fade's place in the song."""
        start_s = self.start_s + self.lead_frames / self.rate
        return Span(start_s=round(start_s, 4), stop_s=round(start_s + self.fade_frames / self.rate, 4))


def clip_names(case: Case) -> list[str]:
    """Return the clips' names in the order of their numbers."""
    names = [name for name in case.inputs if "/" not in name]
    return sorted(names, key=lambda name: (len(name), name))


def gain_db(case: Case, index: int) -> float:
    """Return the gain in dB that the stage declares to have given a clip; 0 when it declares none."""
    reported = case.reported(AssembleFigures)
    return reported.clip_gains_db[index] if reported else 0.0


def gain(case: Case, index: int) -> np.float32:
    """Return that gain as a factor."""
    return np.float32(10 ** (gain_db(case, index) / 20))


def joins_reported(case: Case) -> tuple[JoinFigures, ...]:
    """Return where the stage says that it joined clips."""
    reported = case.reported(AssembleFigures)
    return reported.joins if reported else ()


def final_fade_frames(case: Case) -> int:
    """Return the length of the fade at the song's end."""
    reported = case.reported(AssembleFigures)
    return reported.final_fade_frames if reported else 0


def joins_of(sound: Sound, case: Case, margin: int) -> list[Join]:
    """Return the joins of one sound with ``margin`` frames on both sides of each fade."""
    declared = joins_reported(case)
    clips = clip_names(case)
    suffix = sound.name.removeprefix(SONG)
    if len(declared) != len(clips) - 1 or any(clip + suffix not in case.inputs for clip in clips):
        return []
    starts = [0, *(join.start_frame for join in declared)]
    rate = sound.audio.sample_rate
    joins = []
    for index, join in enumerate(declared):
        fade_start, fade_frames = join.fade_start_frame, join.fade_frames
        first = max(0, fade_start - margin)
        last = min(sound.audio.frames, fade_start + fade_frames + margin)
        sides = [
            as_silenced(
                _held(case.inputs[clips[k] + suffix].audio.samples, first - starts[k], last - starts[k])
                * gain(case, k),
                *(case, sound, first),
            )
            for k in (index, index + 1)
        ]
        out = sound.audio.samples[first:last]
        joins.append(Join(first / rate, rate, fade_start - first, fade_frames, out, sides[0], sides[1]))
    return joins


def as_silenced(samples: Samples, case: Case, song: Sound, first: int) -> Samples:
    """Return a clip's samples at frame ``first`` of a song as they are with what was silenced by choice."""
    if not case.silenced:
        return samples
    stretches = [(one.start_s, one.stop_s) for one in case.silenced]
    return silenced(samples, song.audio.sample_rate, stretches, first=first, whole=song.audio.frames)


def _held(samples: Samples, first: int, last: int) -> Samples:
    """Return frames ``first`` to ``last`` of a clip, its edge value held where it has none: no false step."""
    at = np.clip(np.arange(first, last), 0, samples.shape[0] - 1)
    return samples[at]


def correlation(a: Samples, b: Samples) -> float:
    """Return the correlation of two pieces, held over -0.5 as the fade does: 0 when either is silent."""
    x, y = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    power = math.sqrt(float(x @ x) * float(y @ y))
    return max(-0.5, float(x @ y) / power) if power > 1e-7 * x.size else 0.0


def ratio_db(ratio: float) -> float:
    """Return a ratio of powers in dB, -120 at the least."""
    return 10 * math.log10(max(float(ratio), 1e-12))
