"""Which stems are silent because the music has them so: distinguished from a stem that was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core.engines.composer.model import STEMS, Score
from core.engines.shared.clips import Cut

_HEARD_S = 0.4
"""A clip in which a stem sounds for less than this does not count as one where it plays."""
_REST_S = 1.0
"""Shorter rests between two notes do not part what a stem plays."""
Spans = Sequence[tuple[float, float]]


def silent_by_choice(played: Mapping[str, Spans], cut: Cut, sample_rate: int) -> list[str]:
    """Return the stems that nobody plays: "vocals" all through, "clip_1/drums" in one clip only.

    ``played``: stretches in seconds in which each stem has notes. A stem with notes in a clip is never named
    there, whatever its sound turned out to be.
    """
    names = [name for name in STEMS if not played[name]]
    for number, (start, stop) in enumerate(cut.spans, start=1):
        start_s, stop_s = start / sample_rate, stop / sample_rate
        for name in STEMS:
            audible = any(min(end, stop_s) - max(begin, start_s) >= _HEARD_S for begin, end in played[name])
            if played[name] and not audible:
                names.append(f"clip_{number}/{name}")
    return names


def playing_s(played: Mapping[str, Spans], cut: Cut, sample_rate: int) -> dict[str, list[list[float]]]:
    """Return the stretches, in seconds from the clip's start, in which each stem of each clip plays."""
    out: dict[str, list[list[float]]] = {}
    for number, (start, stop) in enumerate(cut.spans, start=1):
        start_s, stop_s = start / sample_rate, stop / sample_rate
        for name in STEMS:
            spans: list[list[float]] = []
            for begin, end in sorted(played[name]):
                first, last = round(max(begin, start_s) - start_s, 3), round(min(end, stop_s) - start_s, 3)
                if first >= last:
                    continue
                if spans and first <= spans[-1][1] + _REST_S:
                    spans[-1][1] = max(spans[-1][1], last)
                else:
                    spans.append([first, last])
            out[f"clip_{number}/{name}"] = spans
    return out


def played_s(score: Score) -> dict[str, Spans]:
    """Return the stretches in which each stem plays."""
    beat_s = 60.0 / score.tempo_bpm
    spans: dict[str, Spans] = {"vocals": sung_s(score)}
    for stem in STEMS[1:]:
        notes = [note for part in score.parts if part.stem == stem for note in part.notes]
        spans[stem] = [struck_s(note.start_beat * beat_s, note.stop_beat * beat_s) for note in notes]
    return spans


def sung_s(score: Score) -> Spans:
    """Return the stretches in which somebody sings."""
    beat_s = 60.0 / score.tempo_bpm
    ends = [(line.notes[0].start_beat, line.notes[-1]) for line in score.sung]
    return [(start * beat_s, (last.start_beat + last.length_beats) * beat_s) for start, last in ends]


def struck_s(start_s: float, stop_s: float) -> tuple[float, float]:
    """Return a note's stretch; a drum's stroke counts as long as it takes to hear it."""
    return start_s, max(stop_s, start_s + _HEARD_S + 0.01)
