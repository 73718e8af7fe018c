"""The first listen: a song's first section by itself, while the whole song is still being played.

It is a rough cut, each part at its usual place in the balance; the song's own balance needs the whole song.
"""

from __future__ import annotations

import os
import wave
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.engines.composer.model import Part, Score
from core.engines.composer.play.render import balance, fade_out, summed
from core.errors import StorageError

Samples = npt.NDArray[np.float32]

SHORTEST_SONG_S = 20.0
"""A shorter song is there as soon as its first section would be."""
LONGEST_S = 16.0
RING_S = 0.6
_HEARD_BEATS = 0.75
"""A note that begins later than this before the end would hardly be audible."""


@dataclass(frozen=True)
class Opening:
    """The first section in writing, and how long its sound lasts."""

    score: Score
    seconds: float


def opening_of(score: Score) -> Opening | None:
    """Return the first section, whole bars up to ``LONGEST_S``; None of a short song or a silent start."""
    beat_s = 60.0 / score.tempo_bpm
    if score.beats * beat_s < SHORTEST_SONG_S:
        return None
    bar_s = score.beats_per_bar * beat_s
    bars = min(score.bars[0].section.bars, max(1, int(LONGEST_S // bar_s)))
    stop = float(bars * score.beats_per_bar)
    parts = tuple(part for part in (_cut(part, stop) for part in score.parts) if part.notes)
    if not parts:
        return None
    sung, behind = (
        tuple(line for line in lines if line.notes[-1].start_beat + line.notes[-1].length_beats <= stop)
        for lines in (score.sung, score.backing)
    )
    kicks = tuple(kick for kick in score.kicks if kick < stop)
    opening = replace(score, parts=parts, bars=score.bars[:bars], sung=sung, backing=behind, kicks=kicks)
    return Opening(opening, stop * beat_s + RING_S)


def _cut(part: Part, stop: float) -> Part:
    notes = (note for note in part.notes if note.start_beat < stop - _HEARD_BEATS)
    return replace(
        part,
        notes=tuple(
            replace(note, length_beats=min(note.length_beats, stop - note.start_beat)) for note in notes
        ),
    )


def write_opening(stems: Mapping[str, Samples], sample_rate: int, path: Path) -> None:
    """Write the sum of ``stems``, balanced in place, as a 16-bit WAV that is whole as soon as it is there.

    Raises StorageError.
    """
    for sound in stems.values():
        fade_out(sound, sample_rate)
    balance(stems, sample_rate)
    pcm = np.round(summed(stems) * 32_767.0).astype("<i2")
    unfinished = path.with_suffix(".part")
    try:
        with unfinished.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(sample_rate)
            file.writeframes(pcm.tobytes())
        os.replace(unfinished, path)
    except OSError as error:
        raise StorageError(
            "The first listen could not be written.",
            causes=("the disk is full", "the studio's home is read-only"),
            remedy="Free some space on the disk that holds the studio's home.",
            detail=str(error),
        ) from error
