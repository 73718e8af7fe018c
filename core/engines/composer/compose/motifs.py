"""The song's tunes: for each kind of section a few motifs, in an order that repeats and answers.

The sung melody, the instrument that plays it and the hooks quoted by the band all come from here, which is
why they belong together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.engines.composer.compose.drums import swung
from core.engines.composer.compose.melody import (
    Compass,
    Contour,
    Ending,
    Place,
    choose_pitches,
    draw_contour,
    height_at,
)
from core.engines.composer.compose.rhythm import LineTime, Taste, draw_taste, set_line
from core.engines.composer.compose.theory import chord_scale
from core.engines.composer.model import Bar, Note, dice
from core.engines.composer.stock.grooves import Groove
from core.song import Plan, SectionKind
from core.writing import keys

_SCHEMES = {
    SectionKind.CHORUS: ("AABA", "AAAB", "ABAB"),
    SectionKind.PRE_CHORUS: ("AA", "AB"),
}
_VERSE_SCHEMES = ("AABA", "ABAB", "AABC", "AABB")
_HEIGHT = {
    SectionKind.VERSE: -0.3,
    SectionKind.PRE_CHORUS: 0.05,
    SectionKind.CHORUS: 0.25,
    SectionKind.BRIDGE: 0.1,
    SectionKind.SOLO: 0.25,
}
_TUNE_OF = {
    SectionKind.SOLO: SectionKind.CHORUS,
    SectionKind.INTRO: SectionKind.CHORUS,
    SectionKind.OUTRO: SectionKind.CHORUS,
}
"""Sections without a tune of their own quote the chorus."""


@dataclass(frozen=True)
class Motif:
    """A rhythm's taste and a contour."""

    taste: Taste
    contour: Contour


class Tunes:
    """All motifs of one song, drawn once from the plan's seed and the melody's take."""

    def __init__(self, plan: Plan, syncopation: float, groove: Groove, take: int = 0) -> None:
        self.take = take
        self._plan = plan
        self._syncopation = syncopation
        self._groove = groove
        beats = float(plan.bars_per_line * plan.beats_per_bar)
        self.line = LineTime(beats, plan.beats_per_bar, 60.0 / plan.tempo_bpm)
        self._motifs: dict[tuple[SectionKind, str], Motif] = {}

    def motif(self, kind: SectionKind, line_index: int) -> Motif:
        """Return the motif of a line, by its place in its section's scheme."""
        kind = _TUNE_OF.get(kind, kind)
        letter = self._letter(kind, line_index)
        if (kind, letter) not in self._motifs:
            rng = dice(self._plan, f"melody {kind} {letter}", self.take)
            plain = kind is SectionKind.CHORUS
            syncopation = self._syncopation * (0.7 if plain else 1.0)
            taste = draw_taste(
                rng, self.line.beats, self._plan.beats_per_bar, syncopation=syncopation, plain=plain
            )
            self._motifs[kind, letter] = Motif(taste, draw_contour(rng, plain=plain))
        return self._motifs[kind, letter]

    def _letter(self, kind: SectionKind, line_index: int) -> str:
        schemes = _SCHEMES.get(kind, _VERSE_SCHEMES)
        scheme = dice(self._plan, f"scheme {kind}", self.take).choice(schemes)
        return scheme[line_index % len(scheme)]

    def sing(
        self,
        bars: Sequence[Bar],
        line_index: int,
        lines: int,
        stresses: Sequence[float],
        compass: tuple[int, int],
    ) -> tuple[Note, ...]:
        """Set one line over its ``bars``: a note for each of ``stresses``, within ``compass`` (low, high)."""
        motif = self.motif(bars[0].section.kind, line_index)
        straight = set_line(len(stresses), stresses, motif.taste, self.line)
        times = [self._swung(start, length) for start, length in straight]
        return self._pitched(bars, times, motif, line_index, lines, compass)

    def _swung(self, start: float, length: float) -> tuple[float, float]:
        """Move a note with the band's swing, keeping the breath at the end of its line."""
        begin = swung(start, self._groove)
        stop = min(swung(start + length, self._groove), self.line.beats - self.line.breath_beats)
        return begin, max(0.1, stop - begin)

    def _pitched(
        self,
        bars: Sequence[Bar],
        times: Sequence[tuple[float, float]],
        motif: Motif,
        line_index: int,
        lines: int,
        compass: tuple[int, int],
    ) -> tuple[Note, ...]:
        low, high = compass
        first = bars[0].start_beat
        middle = (low + high) / 2 + (high - low) / 2 * _HEIGHT.get(bars[0].section.kind, 0.0)
        reach = (high - low) * 0.42
        places = []
        for start, length in times:
            bar = bars[min(len(bars) - 1, int(start // self._plan.beats_per_bar))]
            height = height_at(motif.contour, start, self.line.beats)
            target = min(high, max(low, middle + reach * height))
            places.append(Place(first + start, length, bar.chord, chord_scale(bar.chord, bar.key), target))
        closes = line_index == lines - 1
        ending = Ending.CLOSED if closes else Ending.OPEN if line_index % 2 == 0 else Ending.FREE
        tonic = keys.split(bars[0].key)[0]
        pitches = choose_pitches(places, Compass(low, high, tonic, self._plan.beats_per_bar), ending)
        return tuple(
            Note(place.beat, place.length, pitch, 90) for place, pitch in zip(places, pitches, strict=True)
        )


def line_bars(bars: Sequence[Bar], section_index: int, bars_per_line: int) -> list[list[Bar]]:
    """Return the bars of each whole line of a section."""
    inside = [bar for bar in bars if bar.section_index == section_index]
    whole = len(inside) // bars_per_line
    return [inside[k * bars_per_line : (k + 1) * bars_per_line] for k in range(whole)]
