"""The drummer: a genre's groove, lighter or fuller with the section's energy, with fills at the joins."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from core.engines.composer.compose.drum_takes import DrumTake, draw_drum_take, kick_is_free
from core.engines.composer.model import Bar, Note, dice
from core.engines.composer.stock.grooves import (
    CRASH,
    GROOVES,
    HAT,
    HIGH_TOM,
    KICK,
    LOW_TOM,
    MID_TOM,
    OPEN_HAT,
    SNARE,
    Groove,
)
from core.engines.composer.stock.styles import Style
from core.song import Plan, SectionKind

LEVEL = {"X": 112, "x": 92, "o": 68, "g": 42}
"""Velocity of each sign of a row."""
LIGHT_BELOW = 0.42
"""The energy under which a section is played lightly."""
_MACHINES = (24, 25)
_TIMEKEEPERS = (HAT, OPEN_HAT, 51, 82)


def groove_for(name: str, beats_per_bar: int) -> Groove:
    """Return the named groove, or the one that fits a bar of another length."""
    return GROOVES[_fitting(name, beats_per_bar)]


def _fitting(name: str, beats_per_bar: int) -> str:
    if beats_per_bar % 3 == 0 and beats_per_bar > 3:
        return "compound"
    return "waltz" if beats_per_bar == 3 else name


def take_of_drums(plan: Plan, style: Style, bars: Sequence[Bar], number: int) -> tuple[Note, ...]:
    """Return the drums of one take; others than take 0 have its kick where another part moves with it."""
    beats = plan.beats_per_bar
    name = _fitting(style.groove, beats)
    groove = GROOVES[name]
    first = play_drums(bars, groove, beats, dice(plan, "drums"), ends=not plan.fades_out)
    if not number:
        return first
    free = kick_is_free(style, beats, name)
    take = draw_drum_take(plan, name, groove, number, new_kick=free)
    again = play_drums(bars, groove, beats, dice(plan, "drums", number), take, ends=not plan.fades_out)
    if free:
        return again
    kicks = [note for note in first if note.pitch == KICK]
    return tuple(sorted([*kicks, *(note for note in again if note.pitch != KICK)]))


def play_drums(
    bars: Sequence[Bar],
    groove: Groove,
    beats_per_bar: int,
    rng: random.Random,
    take: DrumTake | None = None,
    *,
    ends: bool = True,
) -> tuple[Note, ...]:
    """Return the drum notes of the whole song, pitches being GM percussion keys; take 0 without ``take``.

    ``ends``: whether the last bar is one stroke, and not a bar like the others.
    """
    notes: list[Note] = []
    crash = take.crash if take else CRASH
    for bar in bars:
        if ends and bar.index == len(bars) - 1:
            notes += _last_bar(bar, groove)
            continue
        if rests(bar):
            continue
        filled = _fill_beats(bar, bars, groove, beats_per_bar)
        if take:
            filled = take.fill_beats(bar, filled, beats_per_bar)
        played = take.groove_in(bar) if take else groove
        notes += _groove_bar(bar, played, beats_per_bar, filled, rng)
        if filled and take:
            notes += _drawn_fill(bar, groove, beats_per_bar, filled, take, rng)
        elif filled:
            notes += _fill(bar, groove, beats_per_bar, filled, rng)
        if _crashes(bar, bars):
            notes.append(Note(bar.start_beat, 1.0, crash, 86 + round(24 * bar.section.energy)))
    return tuple(sorted(notes))


def rests(bar: Bar) -> bool:
    """The kit waits in a quiet intro's first half, and drops out at the start of a quiet bridge."""
    section = bar.section
    if section.kind is SectionKind.INTRO and section.energy < 0.6:
        return bar.bar_in_section < section.bars // 2
    if section.kind is SectionKind.BRIDGE and section.energy < 0.5:
        return bar.bar_in_section < section.bars // 2
    return False


def _groove_bar(
    bar: Bar, groove: Groove, beats_per_bar: int, filled: float, rng: random.Random
) -> Iterator[Note]:
    light = bar.section.energy < LIGHT_BELOW
    pattern = groove.light if light else groove.full
    stop = beats_per_bar - filled
    push = 0.82 + 0.3 * bar.section.energy
    for key, signs in pattern.items():
        row = signs
        if key == KICK and not light and groove.kick_variation and bar.bar_in_section % 4 in (1, 3):
            row = groove.kick_variation
        for step, sign in enumerate(fitted(row, beats_per_bar)):
            beat = step / 4
            if sign == "." or beat >= stop:
                continue
            if sign == "g" and rng.random() < 0.35:
                continue
            velocity = LEVEL[sign] * push + rng.uniform(-5, 5)
            if key in _TIMEKEEPERS:
                velocity *= 0.78
            yield Note(bar.start_beat + swung(beat, groove), 0.2, key, _velocity(velocity))


def fitted(signs: str, beats_per_bar: int) -> str:
    """Cut or repeat a row of sixteenths to the bar's length."""
    length = 4 * beats_per_bar
    return (signs * (length // len(signs) + 1))[:length]


def swung(beat: float, groove: Groove) -> float:
    """Move the second of a swung pair to its place; finer places between move in proportion."""
    pair = 2 * groove.swing_grid_beats
    whole = beat // pair * pair
    inside = (beat - whole) / pair
    if inside <= 0.5:
        return whole + pair * inside * 2 * groove.swing
    return whole + pair * (groove.swing + (inside - 0.5) * 2 * (1 - groove.swing))


def _crashes(bar: Bar, bars: Sequence[Bar]) -> bool:
    if bar.bar_in_section != 0 or bar.section.energy < 0.55 or bar.index == 0:
        return False
    return bar.section.energy >= bars[bar.index - 1].section.energy - 0.05


def _fill_beats(bar: Bar, bars: Sequence[Bar], groove: Groove, beats_per_bar: int) -> float:
    """Beats at the end of the bar that a fill takes; 0 for none. A machine rolls up for a whole bar."""
    if groove.fills == "none" or bar.index + 1 >= len(bars):
        return 0.0
    following = bars[bar.index + 1]
    if bar.closes_section and following.section.energy >= 0.4:
        rises = following.section.energy > bar.section.energy + 0.1
        if rises and groove.kit in _MACHINES and groove.fills == "snare":
            return float(beats_per_bar)
        return 2.0 if rises and bar.section.energy >= LIGHT_BELOW else 1.0
    half_way = bar.section.bars >= 8 and bar.bar_in_section == bar.section.bars // 2 - 1
    return 0.5 if half_way and bar.section.energy > 0.6 else 0.0


def _fill(bar: Bar, groove: Groove, beats_per_bar: int, filled: float, rng: random.Random) -> Iterator[Note]:
    steps = int(filled * 4)
    rows = {
        "toms": [SNARE] * (steps - steps * 3 // 4) + [HIGH_TOM] * (steps // 4) + [MID_TOM] * (steps // 4),
        "snare": [SNARE] * steps,
        "hats": [HAT] * steps,
    }[groove.fills]
    rows += [LOW_TOM if groove.fills == "toms" else rows[-1]] * (steps - len(rows))
    start = bar.start_beat + beats_per_bar - filled
    for step, key in enumerate(rows):
        skipped = step % 2 and groove.fills == "toms" and rng.random() < 0.3
        if not skipped:
            rise = 66 + 46 * (step + 1) / steps
            yield Note(start + swung(step / 4, groove), 0.2, key, _velocity(rise + rng.uniform(-6, 6)))
    yield Note(start, 0.2, KICK, 92)


def _drawn_fill(
    bar: Bar, groove: Groove, beats_per_bar: int, filled: float, take: DrumTake, rng: random.Random
) -> Iterator[Note]:
    """Play the end of a written fill, growing louder; the kick stands at its start."""
    steps = int(filled * 4)
    start = bar.start_beat + beats_per_bar - filled
    for key, signs in take.fill_in(bar).items():
        row = (signs * (steps // len(signs) + 1))[-steps:]
        for step, sign in enumerate(row):
            if sign != ".":
                rise = (66 + 46 * (step + 1) / steps) * (1.08 if sign == "X" else 1.0)
                yield Note(start + swung(step / 4, groove), 0.2, key, _velocity(rise + rng.uniform(-6, 6)))
    yield Note(start, 0.2, KICK, 92)


def _last_bar(bar: Bar, groove: Groove) -> Iterator[Note]:
    """The song ends on the one: kick and crash, or a soft cymbal for a quiet kit."""
    loud = bar.section.energy > LIGHT_BELOW
    if KICK in groove.full:
        yield Note(bar.start_beat, 0.5, KICK, 96 if loud else 68)
    yield Note(bar.start_beat, 4.0, CRASH if loud else 51, 84 if loud else 58)


def _velocity(value: float) -> int:
    return int(min(127, max(20, round(value))))
