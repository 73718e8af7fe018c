"""Six seconds of a finding, before and after, at one loudness."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from core.audio import Audio
from core.measure import measure

LENGTH_S = 6.0
HIGHEST_DBTP = -1.0


@dataclass(frozen=True, eq=False)
class Snippet:
    """A piece of a sound, made as loud as its counterpart."""

    audio: Audio
    start_s: float
    gain_db: float
    """What was added to match the other; 0 for what has no loudness."""


def snippet_pair(before: Audio | None, after: Audio, at_s: float | None, delay_s: float) -> list[Snippet]:
    """Return the piece around ``at_s`` of ``after``, in seconds, and that of ``before`` in front of it.

    ``delay_s``: how much later ``after`` is. None for ``at_s`` takes the loudest place. Both get the loudness
    of the quieter, or less where a true peak would pass -1 dBTP.
    """
    start_s = _start(after, _loudest(after) if at_s is None else at_s - LENGTH_S / 2)
    pieces = [(after, start_s)]
    if before is not None:
        pieces.insert(0, (before, _start(before, start_s - delay_s)))
    cut = [(_finite(sound.between(at, at + LENGTH_S)), at) for sound, at in pieces]
    readings = [measure(sound) for sound, _ in cut]
    known = [m.integrated_lufs for m in readings if m.integrated_lufs is not None]
    target = min(known, default=0.0)
    for m in readings:
        if m.integrated_lufs is not None and m.true_peak_dbtp is not None:
            target = min(target, HIGHEST_DBTP - m.true_peak_dbtp + m.integrated_lufs)
    gains = [0.0 if m.integrated_lufs is None else target - m.integrated_lufs for m in readings]
    return [
        Snippet(Audio(sound.samples * np.float32(10 ** (gain / 20)), sound.sample_rate), at, gain)
        for (sound, at), gain in zip(cut, gains, strict=True)
    ]


def flac(audio: Audio) -> bytes:
    """Return a sound as a FLAC file of 16 bits, which every browser plays."""
    import soundfile

    file = io.BytesIO()
    samples = np.clip(audio.samples[:, :2], -1.0, 1.0)
    soundfile.write(file, samples, audio.sample_rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def _start(audio: Audio, at_s: float) -> float:
    return max(0.0, min(at_s, audio.duration_s - LENGTH_S))


def _loudest(audio: Audio) -> float:
    """Return where the six seconds with the most energy begin, in steps of half a second."""
    step = max(1, audio.sample_rate // 2)
    power = np.square(np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0)).sum(
        axis=1, dtype=np.float64
    )
    sums = np.concatenate(
        [[0.0], np.cumsum([part.sum() for part in np.split(power, range(step, len(power), step))])]
    )
    wide = min(len(sums) - 1, round(2 * LENGTH_S))
    return float(np.argmax(sums[wide:] - sums[: len(sums) - wide])) / 2.0


def _finite(audio: Audio) -> Audio:
    return Audio(np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0), audio.sample_rate)
