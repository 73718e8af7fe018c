"""What the plan has a part play is there: a stem that is silent, or stops, although its notes go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.checks.context import MOST_SPANS, VOCALS, by_choice, clock, is_audible, span
from core.checks.pauses import DEEP_DB, pauses
from core.checks.waveform import waveform
from core.contract import Case, Check, Finding, Sound

PLAYS = "plays_s"
"""The figure in which an engine reports where each of its stems has notes, in seconds."""
MISSING_S = 3.0
"""Silence of this length where notes are. The band's own: 1.0 s, a long note that dies away."""
LEAST_S = 0.4
NEARLY_ALL = 0.9
PLANNED_CAUSES = (
    "the engine did not render a part that its plan plays, or lost it",
    "the engine returned zeros for it after an error inside it",
)

Spans = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class PlaysAsPlanned(Check):
    """A stem sounds wherever its engine reports notes for it.

    Figures read: ``plays_s``, the stretches in which each stem has notes.
    """

    name: ClassVar[str] = "planned_part"
    unasked: ClassVar[str] = "where no notes are reported"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for silence where notes are."""
        planned = planned_s(sound, case)
        if not planned or by_choice(sound, case):
            return None
        length_s = sound.audio.duration_s
        missing = _missing(sound, [(start, min(stop, length_s)) for start, stop in planned])
        longest = max(missing, key=lambda one: one[1] - one[0], default=(0.0, 0.0))
        left = _leaves(planned, missing)
        ends = left is not None and left[1] >= max(MISSING_S, longest[1] - longest[0])
        start, silent_s = left if ends and left is not None else (longest[0], longest[1] - longest[0])
        said = f"{silent_s:.1f} s of it in one piece are silent where it has notes (limit {MISSING_S:g} s)."
        if silent_s < MISSING_S:
            return self.ok(said, sound)
        part = sound.name.rpartition("/")[2]
        where = f"from {clock(start)} " + ("to its end" if ends else f"to {clock(longest[1])}")
        return self.fail(
            f"The plan plays {part} {where}, and nothing of it sounds: {said[0].lower()}{said[1:]}",
            sound,
            causes=(
                "the part left the song half-way" if ends else "a piece of the part was lost",
                *PLANNED_CAUSES,
            ),
            remedy="Make this stage again; if the part stays away, choose another take or engine.",
            spans=tuple(span(*one) for one in missing[:MOST_SPANS]),
        )


def _leaves(planned: Spans, missing: Spans) -> tuple[float, float] | None:
    """Return from when on nearly all that is planned is silent, and for how long; None when a part stays."""
    for first, _ in missing:
        wanted = sum(stop - max(start, first) for start, stop in planned if stop > first)
        silent = sum(stop - start for start, stop in missing if start >= first)
        if silent >= NEARLY_ALL * wanted:
            return first, silent
    return None


def planned_s(sound: Sound, case: Case) -> Spans:
    """Return the stretches in which an engine reports notes for a stem; none when it reports nothing."""
    plays = case.figures.engine.get(PLAYS) if case.figures else None
    spans = plays.get(sound.name) if isinstance(plays, dict) else None
    if not isinstance(spans, list):
        return ()
    return [(float(s[0]), float(s[1])) for s in spans if isinstance(s, list) and len(s) == 2]


def is_planned(sound: Sound, case: Case) -> bool:
    """Return whether a stem is to sound: notes are reported for it, or it is a sung song's voice."""
    if case.uploaded or by_choice(sound, case):
        return False
    if sum(stop - start for start, stop in planned_s(sound, case)) >= LEAST_S:
        return True
    return sound.name.endswith(f"/{VOCALS}") and _sung(case) and not _sings_elsewhere(case)


def _sings_elsewhere(case: Case) -> bool:
    """Return whether the voice is audible in some clip: another may be without words."""
    return any(name.endswith(f"/{VOCALS}") and is_audible(s.measurement) for name, s in case.outputs.items())


def _sung(case: Case) -> bool:
    """Return whether a voice is to sing: it has words, and is no instrumental."""
    words = case.lyrics is not None and bool(case.lyrics.lines) and case.lyrics.singable
    return words and not case.inputs and not (case.plan is not None and case.plan.instrumental)


def _missing(sound: Sound, planned: Spans) -> list[tuple[float, float]]:
    """Return where notes are planned and the stem is silent, 0.4 s or more at a time."""
    if not is_audible(sound.measurement):
        return [(start, stop) for start, stop in planned if stop - start >= LEAST_S]
    silent = pauses(waveform(sound.audio), DEEP_DB, LEAST_S)
    found = [
        (max(start, first), min(stop, last))
        for start, stop in planned
        for first, last in silent
        if min(stop, last) - max(start, first) >= LEAST_S
    ]
    return found
