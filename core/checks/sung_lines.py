"""The lines of a song's words against what is sung: sung, doubtful or missing, each with its second.

No words are recognised. A line counts as sung when the voice has its notes, where the engine reports them;
else when a voice is there in the time that the plan gives the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.audio import Audio
from core.contract import Case, Figures, Sound
from core.meter.features.once import once_a_sound
from core.meter.voice import activity as voices
from core.meter.voice import pitch as pitches
from core.values import Json
from core.writing.line_times import line_times

SUNG_NOTES = "sung"
"""The figure in which an engine reports the lines of each of its stems, with their notes."""
IN_TUNE_CENTS = 50.0
SETTLED_FROM, SETTLED_TO = 0.3, 0.95
"""Part of a note in which its pitch is read: glides and consonants lie before it."""
LEAST_FRAMES = 2
HALF_OF_NOTES = 0.5
"""A line is sung when as many of its notes are. Of 142 lines of the band the worst has 6 of 8."""
VOICED = 0.25
"""Part of a line with a pitch from which on it is doubtful, not missing."""
SURE_SHARE, NO_SHARE = 0.15, 0.03
"""Part of a line's time with a voice: from the one on it is sung, under the other it is missing."""
PAD_S = 0.1


class State(StrEnum):
    """What became of a line."""

    SUNG = "sung"
    DOUBTFUL = "doubtful"
    MISSING = "missing"


@dataclass(frozen=True)
class SungNote:
    """One note: seconds from the sound's start, and its key as MIDI numbers it."""

    start_s: float
    stop_s: float
    key: float


@dataclass(frozen=True)
class PlannedLine:
    """One line as it is to be sung; without notes its time is the plan's."""

    text: str
    start_s: float
    stop_s: float
    notes: tuple[SungNote, ...] = ()


@dataclass(frozen=True)
class LineRead:
    """What was read of a line in the sound."""

    line: PlannedLine
    state: State
    in_tune: int = 0
    """Notes within 50 cents of the plan."""


def reported_lines(sound: Sound, case: Case) -> tuple[PlannedLine, ...]:
    """Return the lines that an engine reports for a stem, with their notes; none when it reports nothing."""
    return lines_reported(sound.name, case.figures) if case.figures else ()


def lines_reported(stem: str, figures: Figures) -> tuple[PlannedLine, ...]:
    """Return the lines of a stem, such as "clip_1/vocals", that an engine's figures hold."""
    stems = figures.engine.get(SUNG_NOTES)
    lines = stems.get(stem) if isinstance(stems, dict) else None
    read = [_line(line) for line in lines] if isinstance(lines, list) else []
    return tuple(line for line in read if line is not None)


def lines_by_plan(case: Case) -> tuple[PlannedLine, ...]:
    """Return the lines with the time that the plan gives them; none for a song without plan or words.

    A line that the person had silenced, be it in part, is not looked for.
    """
    if case.plan is None or case.lyrics is None or case.plan.instrumental:
        return ()
    lines = (PlannedLine(t.text, t.start_s, t.stop_s) for t in line_times(case.plan, case.lyrics))
    return tuple(
        line
        for line in lines
        if not any(one.start_s < line.stop_s and line.start_s < one.stop_s for one in case.silenced)
    )


@once_a_sound
def read_lines(audio: Audio, lines: tuple[PlannedLine, ...]) -> tuple[LineRead, ...]:
    """Return what became of each line. Needs their packages."""
    by_notes = {line: _by_notes(audio, line) for line in lines if line.notes}
    others = [line for line in lines if not line.notes]
    by_time = dict(zip(others, _by_time(audio, others), strict=True)) if others else {}
    return tuple(by_notes.get(line) or by_time[line] for line in lines)


def _by_notes(audio: Audio, line: PlannedLine) -> LineRead:
    read = pitches.pitch(audio, line.start_s - PAD_S, line.stop_s + PAD_S)
    in_tune = sum(_is_sung(read, note) for note in line.notes)
    if in_tune >= HALF_OF_NOTES * len(line.notes):
        return LineRead(line, State.SUNG, in_tune)
    voiced = float((~np.isnan(read.keys)).mean()) if len(read.keys) else 0.0
    return LineRead(line, State.DOUBTFUL if voiced >= VOICED else State.MISSING, in_tune)


def _is_sung(read: pitches.Pitch, note: SungNote) -> bool:
    length_s = note.stop_s - note.start_s
    keys = read.within(note.start_s + SETTLED_FROM * length_s, note.start_s + SETTLED_TO * length_s)
    if len(keys) < LEAST_FRAMES:
        keys = read.within(note.start_s, note.stop_s)
    return bool(len(keys)) and abs(float(np.median(keys)) - note.key) * 100.0 <= IN_TUNE_CENTS


def _by_time(audio: Audio, lines: list[PlannedLine]) -> list[LineRead]:
    heard = voices.activity(audio, min(line.start_s for line in lines), max(line.stop_s for line in lines))
    read = []
    for line in lines:
        share = heard.share([(line.start_s, line.stop_s)])
        state = State.SUNG if share >= SURE_SHARE else State.DOUBTFUL
        read.append(LineRead(line, State.MISSING if share < NO_SHARE else state))
    return read


def _line(held: Json) -> PlannedLine | None:
    """Return one reported line; None for what is none."""
    if not isinstance(held, dict) or not isinstance(held.get("notes"), list):
        return None
    notes = [SungNote(*values) for values in map(_numbers, held["notes"]) if len(values) == 3]
    if not notes:
        return None
    return PlannedLine(str(held.get("line", "")), notes[0].start_s, notes[-1].stop_s, tuple(notes))


def _numbers(held: Json) -> list[float]:
    return [float(n) for n in held if isinstance(n, (int, float))] if isinstance(held, list) else []
