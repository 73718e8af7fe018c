"""Which stems are silent because the music has them so: told apart from a stem that was lost."""

from __future__ import annotations

from collections.abc import Sequence

from core.engines.composer.clips import Cut
from core.engines.composer.model import STEMS, Score


def silent_by_choice(score: Score, cut: Cut, sample_rate: int) -> list[str]:
    """Return the stems that nobody plays: "vocals" all through, "clip_1/drums" in one clip only.

    A stem with notes is never named, whatever its sound turned out to be.
    """
    starts = {name: _starts_s(score, name) for name in STEMS}
    names = [name for name in STEMS if not starts[name]]
    for number, (start, stop) in enumerate(cut.spans, start=1):
        for name in STEMS:
            heard = any(start <= second * sample_rate < stop for second in starts[name])
            held = any(second * sample_rate < start for second in starts[name])
            if starts[name] and not heard and not held:
                names.append(f"clip_{number}/{name}")
    return names


def _starts_s(score: Score, stem: str) -> Sequence[float]:
    beat_s = 60.0 / score.tempo_bpm
    if stem == "vocals":
        return [note.start_beat * beat_s for line in score.sung for note in line.notes]
    return [note.start_beat * beat_s for part in score.parts if part.stem == stem for note in part.notes]
