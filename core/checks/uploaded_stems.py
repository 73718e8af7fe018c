"""Stems as people upload them: the mix lies among them, or an encoder has delayed one of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio, Samples
from core.checks.context import subject
from core.compare.codec_delay import codec_delays
from core.contract import Case, Finding, Material, Sound, WholeCheck

CHUNK_FRAMES = 1 << 18
LEFT_DB = -20.0
"""What a stem may differ from the sum of the others, against its own level, to be their mix."""


def mixture_among(stems: Mapping[str, Audio]) -> tuple[str, float] | None:
    """Return the stem that is the sum of all others, and what it leaves of them in dB.

    None where there is none, and of fewer than three stems, which tell nothing.
    """
    if len(stems) < 3 or len({(a.sample_rate, a.channels) for a in stems.values()}) > 1:
        return None
    frames = min(audio.frames for audio in stems.values())
    powers, lefts = dict.fromkeys(stems, 0.0), dict.fromkeys(stems, 0.0)
    for start in range(0, frames, CHUNK_FRAMES):
        part = slice(start, min(frames, start + CHUNK_FRAMES))
        pieces = {name: _finite(audio.samples[part]) for name, audio in stems.items()}
        total = sum(pieces.values())
        for name, piece in pieces.items():
            powers[name] += float(np.square(piece).sum())
            lefts[name] += float(np.square(total - 2.0 * piece).sum())
    for name, power in powers.items():
        left_db = 10.0 * math.log10(max(lefts[name], 1e-20) / power) if power > 0.0 else 0.0
        if left_db <= LEFT_DB:
            return name, left_db
    return None


def _finite(samples: Samples) -> npt.NDArray[np.float64]:
    return np.nan_to_num(samples.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)


@dataclass(frozen=True)
class NoMixtureAmongStems(WholeCheck):
    """The mix does not lie among its own stems: summed with them, everything plays twice."""

    name: ClassVar[str] = "mixture_among_stems"
    unasked: ClassVar[str] = "where no stem is the sum of the others"

    def examine_all(self, case: Case) -> Finding | None:
        """Compare each stem with the sum of the others."""
        stems = _stems(case)
        found = mixture_among({name: sound.audio for name, sound in stems.items()})
        if found is None:
            return None
        sound, left_db = stems[found[0]], found[1]
        title = sound.name.rpartition("/")[2]
        setting = "Set Generate's mixture to leave out, or upload the stems without it."
        return self.warn(
            f"{title} is the sum of the other {len(stems) - 1} files to {left_db:.0f} dB "
            f"(limit {LEFT_DB:g}): added up with them, everything plays twice.",
            sound,
            causes=("the mix lies in the folder of its stems",),
            remedy=setting if _in_a_run(case) else f"Take {title} out of the folder, or use it by itself.",
        )


@dataclass(frozen=True)
class StemsInTime(WholeCheck):
    """No uploaded stem is late by what an encoder puts before the sound."""

    name: ClassVar[str] = "encoder_delay"
    unasked: ClassVar[str] = "where no encoder's delay is found"

    def examine_all(self, case: Case) -> Finding | None:
        """Look for the delays of encoders among the stems of an upload."""
        stems = _stems(case) if case.is_source else {}
        late = codec_delays({name: sound.audio for name, sound in stems.items()})
        if not late:
            return None
        rate = next(iter(stems.values())).audio.sample_rate
        first = max(late, key=lambda name: late[name].frames)
        told = "; ".join(
            f"{subject(stems[name], case)} is {one.samples:,} samples "
            f"({1000 * one.frames / rate:.1f} ms) late, as {one.encoder} leaves"
            for name, one in late.items()
        )
        setting = "Set Generate's encoder delay to take out, or export" if _in_a_run(case) else "Export"
        others = ", ".join(name.rpartition("/")[2] for name in late[first].against)
        return self.warn(
            f"{told} (against {others}; limit 0).",
            stems[first],
            causes=("the stem was stored with loss and decoded without taking out its encoder's delay",),
            remedy=f"{setting} the stems as WAV or FLAC.",
        )


def _in_a_run(case: Case) -> bool:
    """Return whether the stems are a song's, which the stage that they came in by can change."""
    return case.delivers is Material.CLIPS


def _stems(case: Case) -> Mapping[str, Sound]:
    """Return the stems of an upload, or of a step that delivers stems."""
    if case.delivers is Material.STEMS:
        return case.outputs
    return {name: sound for name, sound in case.outputs.items() if "/" in name} if case.is_source else {}
