"""What is sung in each clip, line by line and note by note, as it is reported with the sound."""

from __future__ import annotations

from typing import Any

from core.engines.composer.model import Score
from core.engines.composer.sing.sung import sung_lines
from core.engines.shared.clips import Cut


def sung_notes(score: Score, cut: Cut, sample_rate: int) -> dict[str, list[dict[str, Any]]]:
    """Return the lines of each clip's vocals: their text, and [start_s, stop_s, key] of each note.

    Seconds from the clip's start; a note belongs to the clips that hold it whole.
    """
    lines = sung_lines(score)
    found: dict[str, list[dict[str, Any]]] = {}
    for number, (start, stop) in enumerate(cut.spans, start=1):
        first_s, last_s = start / sample_rate, stop / sample_rate
        held = []
        for line in lines:
            notes = [
                [
                    round(note.start_s - first_s, 3),
                    round(note.start_s + note.duration_s - first_s, 3),
                    note.midi,
                ]
                for note in line.notes
                if note.start_s >= first_s and note.start_s + note.duration_s <= last_s
            ]
            if notes:
                held.append({"line": line.text, "notes": notes})
        found[f"clip_{number}/vocals"] = held
    return found
