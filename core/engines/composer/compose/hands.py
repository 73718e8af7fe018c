"""From what is written to what hands play: one drifting clock, chords struck by a hand, and a broadened end.

The kit's clock is an AR(1) process on the sixteenths: drummers' deviations are correlated from stroke to
stroke (Hennig et al., PLoS ONE 6(10), 2011). All of the kit moves together, the others follow it and stray a
little by themselves. What one hand strikes at once moves at once.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from core.engines.composer.model import Bar, Note, Part, dice
from core.engines.composer.stock.feels import FEELS, USUAL, Feel
from core.engines.composer.stock.grooves import HAT, OPEN_HAT, PEDAL, RIDE, SHAKER, SNARE
from core.engines.composer.stock.sounds import Seat
from core.song import Plan, SectionKind

_PHI = 0.85
_MOST_SPREADS = 1.8
_STRAY_MS = 2.5
_ROLL_MS = (3.0, 9.0)
"""From the lowest to the highest key of a chord that a hand strikes."""
_BROADER = 0.3
"""How many beats late the last bar begins where the end is broadened."""
_HATS = frozenset((HAT, OPEN_HAT, PEDAL, RIDE, SHAKER))
_STRUMMED = range(24, 32)


class Hands:
    """One song's timing."""

    def __init__(self, plan: Plan, bars: Sequence[Bar], take: int = 0) -> None:
        self._plan, self._bars = plan, bars
        self.feel: Feel = FEELS.get(plan.genre, USUAL)
        self._ms = plan.tempo_bpm / 60_000.0
        """Beats in a millisecond."""
        last = bars[-1]
        self._end = last.start_beat
        self._broad_from = last.start_beat - plan.beats_per_bar if len(bars) > 2 else last.start_beat
        self._clock = _drift(dice(plan, "clock"), 4 * plan.beats_per_bar * (len(bars) + 2))

    def play(self, part: Part, take: int) -> Part:
        """Return ``part`` as it is played; the same take is always played alike."""
        rng = dice(self._plan, f"timing {part.name}", take)
        if part.seat is Seat.KIT:
            played = [self._struck(note) for note in part.notes]
        else:
            late = self.feel.bass_ms if part.seat is Seat.BASS else self.feel.chords_ms
            played = self._followed(part, late, rng)
        return replace(part, notes=tuple(sorted(self._accented(note) for note in played)))

    def kick(self, beat: float) -> float:
        """Return when a kick that is written on ``beat`` is played."""
        return max(0.0, self.broadened(beat) + self._drift_beats(beat))

    def broadened(self, beat: float) -> float:
        """Return where ``beat`` comes when the last bar before the end is broadened, as some genres do."""
        if not self.feel.slows_down or self._plan.fades_out or beat <= self._broad_from:
            return beat
        if beat >= self._end:
            return beat + _BROADER
        share = (beat - self._broad_from) / (self._end - self._broad_from)
        return beat + _BROADER * share * share

    def _struck(self, note: Note) -> Note:
        late = (
            self.feel.snare_ms if note.pitch == SNARE else self.feel.hats_ms if note.pitch in _HATS else 0.0
        )
        return replace(note, start_beat=max(0.0, self.kick(note.start_beat) + late * self._ms))

    def _followed(self, part: Part, late_ms: float, rng: random.Random) -> list[Note]:
        out: list[Note] = []
        stray = 0.0
        for group in _at_once(part.notes):
            stray = 0.5 * stray + rng.gauss(0.0, _STRAY_MS * 0.87)
            stray = min(2.0 * _STRAY_MS, max(-2.0 * _STRAY_MS, stray))
            moved = self._drift_beats(group[0].start_beat) + (late_ms + stray) * self._ms
            roll = 0.0
            if len(group) > 2 and part.program not in _STRUMMED:
                roll = rng.uniform(*_ROLL_MS) * self._ms / (len(group) - 1)
            for place, note in enumerate(sorted(group, key=lambda note: note.pitch)):
                top = len(group) > 2 and place == len(group) - 1
                start = max(0.0, self.broadened(note.start_beat) + moved + place * roll)
                out.append(replace(note, start_beat=start, velocity=min(127, note.velocity + 5 * top)))
        return out

    def _drift_beats(self, beat: float) -> float:
        at = min(len(self._clock) - 1, max(0, round(beat * 4)))
        return self._clock[at] * self.feel.drift_ms * self._ms

    def _accented(self, note: Note) -> Note:
        """Lean into a chorus: the last two beats before it are louder."""
        beats = self._plan.beats_per_bar
        index = min(len(self._bars) - 1, int(note.start_beat // beats))
        bar = self._bars[index]
        if not bar.closes_section or index + 1 >= len(self._bars):
            return note
        if self._bars[index + 1].section.kind is not SectionKind.CHORUS:
            return note
        inside = note.start_beat - bar.start_beat - (beats - 2.0)
        louder = round(5 + 4 * inside) if inside >= 0.0 else 0
        return replace(note, velocity=min(127, note.velocity + louder))


def _drift(rng: random.Random, sixteenths: int) -> list[float]:
    """Return the clock's drift at each sixteenth, in its spread (AR(1), stationary)."""
    value, out = 0.0, []
    for _ in range(sixteenths):
        value = _PHI * value + (1.0 - _PHI**2) ** 0.5 * rng.gauss(0.0, 1.0)
        out.append(min(_MOST_SPREADS, max(-_MOST_SPREADS, value)))
    return out


def _at_once(notes: Sequence[Note]) -> list[list[Note]]:
    """Part the notes into those that are struck together (written within a sixteenth part of a beat)."""
    groups: list[list[Note]] = []
    for note in notes:
        if groups and note.start_beat - groups[-1][0].start_beat < 0.0625:
            groups[-1].append(note)
        else:
            groups.append([note])
    return groups
