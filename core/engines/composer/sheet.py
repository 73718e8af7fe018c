"""The lead sheet: chords bar by bar under section headings, with the sung words."""

from __future__ import annotations

from core.engines.composer.model import Score
from core.song import Plan

_BARS_PER_ROW = 4


def lead_sheet(plan: Plan, score: Score) -> str:
    """Return the song as text: title, key, tempo and meter, then each section's chords and lines."""
    rows = [plan.title, f"{plan.key}, {plan.tempo_bpm:g} bpm, {plan.beats_per_bar} beats a bar", ""]
    for index, section in enumerate(plan.sections):
        rows.append(f"[{section.kind}]")
        names = [bar.chord.name for bar in score.bars if bar.section_index == index]
        for at in range(0, len(names), _BARS_PER_ROW):
            rows.append("| " + " | ".join(names[at : at + _BARS_PER_ROW]) + " |")
        rows += [f"    {line.text}" for line in score.sung if line.section_index == index]
        rows.append("")
    return "\n".join(rows).rstrip() + "\n"
