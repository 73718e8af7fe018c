"""Who sings what: the turns of a duet, and the voices that stand behind the tune in its choruses.

A harmony keeps a third or a sixth from the tune, within the chord where the beat is strong; a double sings
the tune itself once more on either side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.engines.composer.compose.rhythm import strength
from core.engines.composer.compose.theory import chord_scale
from core.engines.composer.model import Bar, Role, SungLineBeats, SungNoteBeats
from core.engines.composer.sing.sung import Place, place_of
from core.song import Plan, SectionKind

_INTERVAL_PRICE = {3: 0.0, 4: 0.0, 8: 0.6, 9: 0.6, 5: 1.6, 7: 2.2}
"""Semitones from the tune: thirds before sixths; a fourth or a fifth only where it is a tone of the chord."""
_THIRDS_AND_SIXTHS = (3, 4, 8, 9)
_UNISON_PRICE = 6.0
_FULL_CHORUS = 0.5
"""Energy of a chorus from which its tune is doubled."""


def who_sings(plan: Plan, section_index: int, line_index: int, lines: int) -> Role:
    """Return the voice that has the tune: in a duet they take turns, and choruses are led by the first.

    Where the form has one such section only, they share it half and half.
    """
    if not plan.duet or plan.sections[section_index].kind is SectionKind.CHORUS:
        return Role.LEAD
    turns = [at for at, s in enumerate(plan.sections) if s.sung and s.kind is not SectionKind.CHORUS]
    turn = turns.index(section_index) if len(turns) > 1 else int(2 * line_index >= lines)
    return Role.SECOND if turn % 2 else Role.LEAD


def backing(plan: Plan, bars: Sequence[Bar], sung: Sequence[SungLineBeats]) -> tuple[SungLineBeats, ...]:
    """Return the lines behind the tune: none in a verse, fewer in a first chorus than in those after it."""
    choruses = sorted({line.section_index for line in sung if _in_chorus(plan, line)})
    out: list[SungLineBeats] = []
    for index in choruses:
        lines = [line for line in sung if line.section_index == index]
        held_back = 0 if plan.duet or index > choruses[0] or len(choruses) == 1 else len(lines) // 2
        for number, line in enumerate(lines):
            if number >= held_back:
                out.append(_harmony(plan, bars, line))
            if not plan.duet and plan.sections[index].energy >= _FULL_CHORUS:
                out += [replace(line, role=role) for role in (Role.DOUBLE_LEFT, Role.DOUBLE_RIGHT)]
    return tuple(out)


def duet_notes(plan: Plan, sung: Sequence[SungLineBeats]) -> tuple[str, ...]:
    """Return how a duet came out, in a sentence."""
    if not plan.duet or not sung:
        return ()
    alone = sum(line.role is Role.SECOND for line in sung)
    together = sum(_in_chorus(plan, line) for line in sung)
    return (
        f"A duet: the second voice sings {alone} of {len(sung)} lines alone, and {together} with the first.",
    )


def _in_chorus(plan: Plan, line: SungLineBeats) -> bool:
    return plan.sections[line.section_index].kind is SectionKind.CHORUS


@dataclass(frozen=True)
class _Under:
    """What a note of the tune stands on: the chord's tones, the scale there, and whether it is exposed."""

    tones: frozenset[int]
    scale: frozenset[int]
    exposed: bool


def _harmony(plan: Plan, bars: Sequence[Bar], line: SungLineBeats) -> SungLineBeats:
    """Return the line's second part: above a low line, below a high one and in a duet."""
    role = Role.PARTNER
    if not plan.duet:
        middle = sum(note.pitch for note in line.notes) / len(line.notes)
        role = Role.ABOVE if middle <= (55.0 if plan.low_voice else 62.0) else Role.BELOW
    side = 1 if role is Role.ABOVE else -1
    place = place_of(role, low_voice=plan.low_voice)
    under = [_under(plan, bars, note) for note in line.notes]
    keys = _least_cost([_prices(place, side, n, u) for n, u in zip(line.notes, under, strict=True)])
    notes = tuple(replace(note, pitch=key) for note, key in zip(line.notes, keys, strict=True))
    return replace(line, notes=notes, role=role)


def _under(plan: Plan, bars: Sequence[Bar], note: SungNoteBeats) -> _Under:
    bar = bars[min(len(bars) - 1, int(note.start_beat // plan.beats_per_bar))]
    strong = strength(note.start_beat, plan.beats_per_bar) >= 0.8 or note.length_beats >= 1.0
    return _Under(frozenset(bar.chord.tones), chord_scale(bar.chord, bar.key), strong)


def _prices(place: Place, side: int, note: SungNoteBeats, under: _Under) -> dict[int, float]:
    """Return what each key that could go with ``note`` costs."""
    prices = dict[int, float]()
    for apart, price in _INTERVAL_PRICE.items():
        key = note.pitch + side * apart
        in_chord = key % 12 in under.tones
        fits = in_chord or (apart in _THIRDS_AND_SIXTHS and key % 12 in under.scale)
        if place.low <= key <= place.high and fits:
            prices[key] = price + (0.0 if in_chord else 4.0 if under.exposed else 0.7)
    unison = note.pitch if note.pitch <= place.high else note.pitch - 12
    prices.setdefault(unison, _UNISON_PRICE)
    return prices


def _least_cost(rows: Sequence[dict[int, float]]) -> list[int]:
    """Return one key of each row, cheap and moving little (Viterbi)."""
    best = {key: (price, [key]) for key, price in rows[0].items()}
    for row in rows[1:]:
        best = {
            key: min(
                (
                    (cost + price + 0.12 * abs(key - trail[-1]), [*trail, key])
                    for cost, trail in best.values()
                ),
                key=lambda found: found[0],
            )
            for key, price in row.items()
        }
    return min(best.values(), key=lambda found: found[0])[1]
