"""The lead sheet: chords bar by bar under section headings, then the sung words with the chords over them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.engines.composer.model import Bar, Score, SungLineBeats
from core.song import Plan
from core.writing.keys import shifted

_BARS_PER_ROW = 4
_INDENT = "    "
_EARLY_BEATS = 0.26
"""A syllable that comes so much before its bar is sung with that bar's chord."""


def lead_sheet(plan: Plan, score: Score) -> str:
    """Return the song as text: title, key, tempo and meter, then each section's chords and lines."""
    rows = [plan.title, f"{plan.key}, {plan.tempo_bpm:g} bpm, {plan.beats_per_bar} beats a bar", ""]
    for index, section in enumerate(plan.sections):
        heading = f"[{section.kind}]"
        if section.key_shift and (not index or plan.sections[index - 1].key_shift != section.key_shift):
            heading += f" in {shifted(plan.key, section.key_shift)}"
        rows.append(heading)
        names = [bar.chord.name for bar in score.bars if bar.section_index == index]
        for at in range(0, len(names), _BARS_PER_ROW):
            rows.append("| " + " | ".join(names[at : at + _BARS_PER_ROW]) + " |")
        for line in score.sung:
            if line.section_index == index:
                rows += [_INDENT + _chords_over(line, _bars_of(line, score)), _INDENT + line.text]
        rows.append("")
    return "\n".join(rows).rstrip() + "\n"


def _bars_of(line: SungLineBeats, score: Score) -> Sequence[Bar]:
    """Return the bars in which a line is sung."""
    first = line.notes[0].start_beat + _EARLY_BEATS
    last = line.notes[-1].start_beat + line.notes[-1].length_beats - _EARLY_BEATS
    return [
        bar for bar in score.bars if first < bar.start_beat + score.beats_per_bar and bar.start_beat < last
    ]


def _chords_over(line: SungLineBeats, bars: Sequence[Bar]) -> str:
    """Return the chords' names, each over the first syllable that is sung with it, where it changes."""
    places = list(_places(line))
    row, before = "", ""
    for bar in bars:
        if bar.chord.name == before:
            continue
        under = (
            place
            for place, note in zip(places, line.notes, strict=True)
            if note.start_beat >= bar.start_beat - _EARLY_BEATS
        )
        column = max(next(under, len(line.text)), len(row) + 1 if row else 0)
        row = row.ljust(column) + bar.chord.name
        before = bar.chord.name
    return row


def _places(line: SungLineBeats) -> Iterator[int]:
    """Yield where in the line's text each syllable begins."""
    at = 0
    for syllable in line.syllables:
        found = line.text.lower().find(syllable.lower(), at)
        at = found if found >= 0 else at
        yield at
        at += len(syllable)
