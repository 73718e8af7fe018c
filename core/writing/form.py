"""Fitting a song's form into a number of bars.

Sung sections hold whole lines, so their bars are multiples of the bars of one line; what is left over goes
to intro, solo and outro. Every candidate form is scored by how far it stands from the usual proportions
(four lines a section, about eight seconds of intro) and the best one is taken, with a little of the seed's
own taste.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.song import LyricSection, SectionKind

_LETTERS = {
    "I": SectionKind.INTRO,
    "V": SectionKind.VERSE,
    "P": SectionKind.PRE_CHORUS,
    "C": SectionKind.CHORUS,
    "B": SectionKind.BRIDGE,
    "S": SectionKind.SOLO,
    "D": SectionKind.CHORUS,
    "O": SectionKind.OUTRO,
}
"""A form's letters; D is a drop, a chorus that nobody sings."""
_SUNG = "VPCB"
_SHORT_FORMS = (
    "C",
    "CO",
    "ICO",
    "VC",
    "VCO",
    "IVCO",
    "VCVC",
    "VCVCO",
    "IVCVCO",
    "IVPCO",
    "IVPCVPCO",
    "IVCVCBCO",
    "IVCVCSCO",
    "IVPCVPCBCO",
)
_MOST_BODIES = 60
_SECOND_VERSE_S = 35.0
_NOTHING_RETURNS = 7.0
"""Strain of a form with one verse, where there is time for two."""
_HOOK_ALONE = 0.8
"""Strain of a chorus of one line."""


@dataclass(frozen=True)
class Slot:
    """One section of a form: what it is, its bars, and whether it is sung."""

    kind: SectionKind
    bars: int
    sung: bool


@dataclass(frozen=True)
class Grid:
    """The measure of a form: bars in all, bars of one sung line, seconds of one bar."""

    bars: int
    bars_per_line: int
    bar_s: float


@dataclass
class Wishes:
    """What a prompt asks of the form, in letters: intro I, verse V, pre-chorus P, chorus C, drop D, ...

    ``order``: every section in order. ``length``: how much longer than usual an intro or outro is.
    """

    order: str = ""
    wanted: set[str] = field(default_factory=set)
    unwanted: set[str] = field(default_factory=set)
    unsung: set[str] = field(default_factory=set)
    first: str = ""
    length: dict[str, float] = field(default_factory=dict)
    doubled: bool = False
    """Whether the last chorus comes twice."""
    choruses: int = 0
    """The least number of choruses; 0 for any."""

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != Wishes()

    def forms(self, usual: Iterable[str]) -> list[str]:
        """Return the ``usual`` forms changed to what is asked for."""
        if self.order:
            bare = self.order
            opened = bare if bare.startswith("I") or "I" in self.unwanted else f"I{bare}"
            closed = [f"{one}O" for one in (bare, opened) if not one.endswith("O")]
            return list(dict.fromkeys([bare, *closed, opened]))
        changed = dict.fromkeys(self._changed(letters) for letters in usual)
        return [letters for letters in changed if letters and letters.count("C") >= self.choruses]

    def _changed(self, letters: str) -> str:
        for letter in sorted(self.unwanted):
            letters = letters.replace(letter, "")
        for letter in sorted(self.wanted - set(letters), key="CVPBSDIO".index):
            letters = _WITH[letter](letters)
        if self.doubled and "C" in letters:
            at = letters.rfind("C")
            letters = letters[:at] + "CC" + letters[at + 1 :]
        if self.first and letters:
            body = letters.lstrip("I")
            letters = body if body.startswith(self.first) else self.first + body
        return letters


def _before_the_last_chorus(letter: str) -> Callable[[str], str]:
    def inserted(letters: str) -> str:
        at = letters.rfind("C")
        if letters.count("C") < 2:
            at = len(letters) - letters.endswith("O")
        return letters[:at] + letter + letters[at:]

    return inserted


_WITH: dict[str, Callable[[str], str]] = {
    "I": lambda letters: f"I{letters}",
    "O": lambda letters: f"{letters}O",
    "C": lambda letters: f"{letters[:-1]}CO" if letters.endswith("O") else f"{letters}C",
    "V": lambda letters: f"IV{letters[1:]}" if letters.startswith("I") else f"V{letters}",
    "P": lambda letters: letters.replace("C", "PC"),
    "D": lambda letters: letters.replace("C", "CD"),
    "B": _before_the_last_chorus("B"),
    "S": _before_the_last_chorus("S"),
}
"""A form with one more kind of section."""


def fit_form(
    grid: Grid, *, sectional: bool, rng: random.Random, wishes: Wishes | None = None
) -> tuple[Slot, ...] | None:
    """Return the form that fits ``grid.bars`` exactly; ``sectional`` allows pre-chorus and bridge.

    None where no form that grants the ``wishes`` fits.
    """
    best: tuple[float, tuple[Slot, ...]] | None = None
    candidates: Iterable[str] = _candidates(grid, sectional)
    if wishes:
        candidates = wishes.forms(candidates)
    lengths = wishes.length if wishes else {}
    for letters in candidates:
        taste = rng.uniform(0.0, 2.5)
        for lines in _line_counts(letters):
            slots = _spread(letters, lines, grid, lengths)
            if slots is None:
                continue
            score = _strain(slots, lines, grid, lengths) + taste
            if best is None or score < best[0]:
                best = (score, slots)
    if best is None:
        return None
    unsung = {_LETTERS[letter] for letter in wishes.unsung} if wishes else set()
    return tuple(replace(slot, sung=slot.sung and slot.kind not in unsung) for slot in best[1])


def usual_form(grid: Grid, *, sectional: bool, rng: random.Random) -> tuple[Slot, ...]:
    """Return the form that nobody asked otherwise for; of few bars one section."""
    alone = Slot(SectionKind.OUTRO if grid.bars == 1 else SectionKind.VERSE, grid.bars, False)
    return fit_form(grid, sectional=sectional, rng=rng) or (alone,)


def fit_typed(sections: Sequence[LyricSection], grid: Grid) -> tuple[tuple[Slot, ...], tuple[str, ...]]:
    """Return a form that follows typed lyrics, with notes on what had to be left out or repeated.

    Lyrics too long for the length are cut from the end; much too short ones are sung again after a solo.
    """
    notes: list[str] = []
    room = max(0, grid.bars - 1)
    wanted = [section for section in sections if section.lines]
    sung = _sung_slots(wanted, room, grid)
    lines_kept = sum(slot.bars for slot in sung) // grid.bars_per_line
    lines_typed = sum(len(section.lines) for section in wanted)
    if lines_kept < lines_typed:
        needed_s = (lines_typed * grid.bars_per_line + 1) * grid.bar_s
        notes.append(
            f"The lyrics have {lines_typed} lines; {lines_kept} fit in this length."
            f" About {needed_s:.0f} s would hold them all."
        )
    body = list(sung)
    used = sum(slot.bars for slot in sung)
    solo = 4 * grid.bars_per_line
    passes = 1
    while sung and lines_kept == lines_typed and grid.bars - _bars(body) >= used + solo + 2:
        body += [Slot(SectionKind.SOLO, solo, False), *sung]
        passes += 1
    if passes > 1:
        notes.append(f"The lyrics are shorter than the song: they are sung {passes} times.")
    return _around(body, grid), tuple(notes)


def _sung_slots(sections: Sequence[LyricSection], room: int, grid: Grid) -> list[Slot]:
    slots = []
    for section in sections:
        lines = min(len(section.lines), room // grid.bars_per_line)
        if lines == 0:
            break
        slots.append(Slot(section.kind, lines * grid.bars_per_line, True))
        room -= lines * grid.bars_per_line
    return slots


def _around(body: list[Slot], grid: Grid) -> tuple[Slot, ...]:
    """Put intro, solo and outro round the sung sections so that every bar is used."""
    left = grid.bars - _bars(body)
    intro = min(_intro_bars(grid), max(0, left - 1))
    left -= intro
    outro = min(left, max(2, _intro_bars(grid)))
    left -= outro
    slots = [Slot(SectionKind.INTRO, intro, False)] if intro else []
    if 0 < left < 4:
        outro, left = outro + left, 0
    slots += body
    if left:
        at = max(0, len(slots) - 1) if body else len(slots)
        slots.insert(at, Slot(SectionKind.SOLO, left, False))
    if outro:
        slots.append(Slot(SectionKind.OUTRO, outro, False))
    return tuple(slots)


def _bars(slots: Sequence[Slot]) -> int:
    return sum(slot.bars for slot in slots)


def _intro_bars(grid: Grid) -> int:
    """Bars of an introduction of about eight seconds, never more than an eighth of a long song."""
    for bars in (8, 4, 2):
        if bars * grid.bar_s <= 9.0 and bars * 6 <= grid.bars:
            return bars
    return 1


def _candidates(grid: Grid, sectional: bool) -> Iterator[str]:
    for letters in _SHORT_FORMS:
        if sectional or not set(letters) & set("PB"):
            yield letters
    most = min(_MOST_BODIES, grid.bars // max(1, 8 * grid.bars_per_line // 2) + 1)
    for bodies in range(3, most):
        for body in ("VPC", "VC") if sectional else ("VC",):
            middle = "".join(
                body + ("S" if index % 2 and index < bodies - 1 else "") for index in range(bodies)
            )
            yield f"I{middle}O"
            if sectional:
                yield f"I{middle}BCO"


def _line_counts(letters: str) -> Iterator[dict[str, int]]:
    verses = (2, 4, 6, 8) if "V" in letters else (0,)
    choruses = (1, 2, 4, 6, 8) if "C" in letters else (0,)
    for verse in verses:
        for chorus in choruses:
            yield {"V": verse, "C": chorus, "P": 2, "B": 4 if verse >= 4 else 2}


def _spread(
    letters: str, lines: dict[str, int], grid: Grid, lengths: Mapping[str, float]
) -> tuple[Slot, ...] | None:
    """Give every slot its bars, or None when the form does not fit."""
    sung = sum(lines[letter] for letter in letters if letter in _SUNG) * grid.bars_per_line
    ideal = _ideal_bars(grid, lengths)
    free = {at: ideal[letter] for at, letter in enumerate(letters) if letter not in _SUNG}
    left = grid.bars - sung - sum(free.values())
    if (not free and left) or sum(free.values()) + left < len(free):
        return None
    for letter in "SDOI" if left > 0 else "OISD":
        places = [at for at in free if letters[at] == letter]
        for index, at in enumerate(places):
            share = _share(left, len(places) - index, free[at], letter, grid)
            free[at] += share
            left -= share
    if left:
        return None
    return tuple(
        Slot(_LETTERS[letter], free.get(at, lines.get(letter, 0) * grid.bars_per_line), letter in _SUNG)
        for at, letter in enumerate(letters)
    )


def _share(left: int, places: int, present: int, letter: str, grid: Grid) -> int:
    """How many of the bars left over (or lacking, below 0) one slot takes."""
    if left < 0:
        return -min(present - 1, -left)
    if letter == "O":
        return left
    most = 4 * grid.bars_per_line if letter in "SD" else 0
    return min(most, left // places)


def _has_time_to_return(grid: Grid) -> bool:
    """Whether a second verse of two lines and a second chorus fit."""
    return grid.bars * grid.bar_s >= _SECOND_VERSE_S and grid.bars >= 7 * grid.bars_per_line


def _ideal_bars(grid: Grid, lengths: Mapping[str, float]) -> dict[str, int]:
    """Return the usual bars of what is not sung, by letter."""
    usual = {"I": _intro_bars(grid), "O": max(2, _intro_bars(grid))}
    usual = {letter: max(1, round(bars * lengths.get(letter, 1.0))) for letter, bars in usual.items()}
    return {**usual, "S": 4 * grid.bars_per_line, "D": 4 * grid.bars_per_line}


def _strain(slots: Sequence[Slot], lines: dict[str, int], grid: Grid, lengths: Mapping[str, float]) -> float:
    """How far a form stands from the usual proportions; 0 is perfect."""
    strain = 0.0
    ideal = _ideal_bars(grid, lengths)
    usual_of = {
        SectionKind.INTRO: ideal["I"] if "I" in lengths else max(2, ideal["I"]),
        SectionKind.OUTRO: ideal["O"],
    }
    for slot in slots:
        if slot.sung:
            count = slot.bars // grid.bars_per_line
            usual = 2 if slot.kind is SectionKind.PRE_CHORUS else 4
            price = (2.2 if grid.bars > 12 * grid.bars_per_line else 0.6) if count < usual else 1.2
            strain += price * abs(count - usual) / max(1, len(slots) / 4)
            strain += _HOOK_ALONE if count == 1 and slot.kind is SectionKind.CHORUS else 0.0
        else:
            strain += 0.45 * abs(slot.bars - usual_of.get(slot.kind, ideal["S"])) * grid.bar_s
            strain += 1.0 if slot.bars % 2 and slot.bars > 1 else 0.0
    sung_share = sum(slot.bars for slot in slots if slot.sung) / grid.bars
    kinds = {slot.kind for slot in slots}
    strain += 6.0 * max(0.0, 0.7 - sung_share)
    strain += 0.0 if SectionKind.VERSE in kinds else 3.0
    if _has_time_to_return(grid) and sum(slot.kind is SectionKind.VERSE for slot in slots) < 2:
        strain += _NOTHING_RETURNS
    strain += 0.0 if SectionKind.OUTRO in kinds else 1.5
    return strain + (0.5 if lines["C"] > 4 else 0.0)
