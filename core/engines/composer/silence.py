"""Which stems are silent because the music has them so: told apart from a stem that was lost."""

from __future__ import annotations

from collections.abc import Sequence

from core.engines.composer.clips import Cut
from core.engines.composer.model import STEMS, Score

_HEARD_S = 0.4
"""A clip in which a stem sounds for less than this does not count as one where it plays."""


def silent_by_choice(score: Score, cut: Cut, sample_rate: int) -> list[str]:
    """Return the stems that nobody plays: "vocals" all through, "clip_1/drums" in one clip only.

    A stem with notes there is never named, whatever its sound turned out to be.
    """
    played = {name: _played_s(score, name) for name in STEMS}
    names = [name for name in STEMS if not played[name]]
    for number, (start, stop) in enumerate(cut.spans, start=1):
        start_s, stop_s = start / sample_rate, stop / sample_rate
        for name in STEMS:
            heard = any(min(end, stop_s) - max(begin, start_s) >= _HEARD_S for begin, end in played[name])
            if played[name] and not heard:
                names.append(f"clip_{number}/{name}")
    return names


def _played_s(score: Score, stem: str) -> Sequence[tuple[float, float]]:
    """Stretches in which the stem plays, a drum's stroke counting as long as it takes to hear it."""
    beat_s = 60.0 / score.tempo_bpm
    if stem == "vocals":
        ends = [(line.notes[0].start_beat, line.notes[-1]) for line in score.sung]
        return [(start * beat_s, (last.start_beat + last.length_beats) * beat_s) for start, last in ends]
    notes = [note for part in score.parts if part.stem == stem for note in part.notes]
    return [
        (note.start_beat * beat_s, max(note.stop_beat * beat_s, note.start_beat * beat_s + _HEARD_S + 0.01))
        for note in notes
    ]
