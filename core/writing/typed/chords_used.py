"""The chords that stand in typed lyrics, as a plan plays them: roman numerals, one a bar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.song import Plan, PlanSection, SectionKind
from core.writing.keys import PITCH_CLASS
from core.writing.typed.marks import CHORD
from core.writing.typed.rows import RowKind, classify

_TOKEN = re.compile(rf"(?<![\w#]){CHORD}(?![\w#])")
_INSIDE = re.compile(rf"[\[(]({CHORD})[\])]")
_PARTS = re.compile(r"(?P<root>[A-H](?:#|b|♯|♭|is|es)?)(?P<quality>[^/]*)")
_DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "bV", "V", "bVI", "VI", "bVII", "VII")
_MAJOR = {0: "", 2: "m", 4: "m", 5: "", 7: "", 9: "m", 11: "dim"}
_MINOR = {0: "m", 2: "dim", 3: "", 5: "m", 7: "m", 8: "", 10: ""}
_KEY_LINE = re.compile(r"^\W*key\W*[:=]\s*([A-G][#b♯♭]?)\s*(m(?:in(?:or)?)?\b)?", re.I)
_TONICS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


@dataclass(frozen=True)
class Chord:
    """A chord: pitch class of its root, "m", "dim" or neither, and the plan's suffix."""

    root: int
    third: str
    suffix: str


def chords_in(text: str) -> tuple[tuple[SectionKind | None, tuple[tuple[Chord, ...], ...]], ...]:
    """Return each section that has chords, with those of each of its lines."""
    found: list[tuple[SectionKind | None, list[tuple[Chord, ...]]]] = [(None, [])]
    above: tuple[Chord, ...] = ()
    for row in classify(text):
        if row.kind is RowKind.HEADING and row.heading is not None:
            found += [(found[-1][0], [above])] if above else []
            found.append((row.heading.kind, []))
            above = tuple(_chords(_TOKEN.findall(row.heading.chords)))
        elif row.kind is RowKind.CHORDS:
            found[-1][1].extend([above] if above else [])
            above = tuple(_chords(_TOKEN.findall(row.typed)))
        elif row.kind is RowKind.WORDS:
            line = above or tuple(_chords(_INSIDE.findall(row.typed)))
            found[-1][1].extend([line] if line else [])
            above = ()
    if above:
        found[-1][1].append(above)
    return tuple((kind, tuple(lines)) for kind, lines in found if lines)


def with_chords(plan: Plan, text: str) -> Plan | None:
    """Return the plan with the chords of ``text`` under its sections, in their key; None without any.

    A section of the plan takes the next chords that stand under a heading of its kind, and the first of them
    again when there are no more. A line's chords are spread over its bars, the first of each bar.
    """
    sections = chords_in(text)
    every = [chord for _, lines in sections for line in lines for chord in line]
    if len(every) < 2:
        return None
    tonic, minor = _key_named(text) or _key_of(every)
    left = list(sections)
    made = []
    for section in plan.sections:
        own = next((one for one in left if one[0] is section.kind), None)
        if own is not None:
            left.remove(own)
        lines = own or next((one for one in sections if one[0] is section.kind), sections[0])
        cycle = [
            numeral(chord, tonic) for line in lines[1] for chord in _a_bar_each(line, plan.bars_per_line)
        ]
        made.append(_under(section, cycle))
    key = f"{_TONICS[tonic]} {'minor' if minor else 'major'}"
    return plan.model_copy(update={"key": key, "sections": tuple(made)})


def numeral(chord: Chord, tonic: int) -> str:
    """Return a chord as a numeral of the major scale on ``tonic``."""
    degree = _DEGREES[(chord.root - tonic) % 12]
    if chord.third == "dim":
        return degree.replace("I", "i").replace("V", "v") + chord.suffix
    if chord.third == "m":
        accidental, roman = ("b", degree[1:]) if degree[0] == "b" else ("", degree)
        return f"{accidental}{roman.lower()}{chord.suffix}"
    return f"{degree}{chord.suffix}"


def _under(section: PlanSection, cycle: Sequence[str]) -> PlanSection:
    return section.model_copy(
        update={"chords": tuple(cycle[bar % len(cycle)] for bar in range(section.bars))}
    )


def _a_bar_each(line: Sequence[Chord], bars: int) -> list[Chord]:
    """Spread a line's chords over its bars."""
    return [line[bar * len(line) // bars] for bar in range(max(bars, 1))]


def _chords(names: Iterable[str]) -> Iterable[Chord]:
    for name in names:
        found = _PARTS.fullmatch(name.partition("/")[0])
        root = found and _pitch(found["root"])
        if found is not None and root is not None:
            yield Chord(root, *_quality(found["quality"]))


def _pitch(name: str) -> int | None:
    plain = name.replace("♯", "#").replace("♭", "b").replace("is", "#").replace("es", "b").replace("H", "B")
    return PITCH_CLASS.get(plain)


def _quality(text: str) -> tuple[str, str]:
    """Return "m", "dim" or "" and the plan's suffix that is nearest to a chord's spelling."""
    plain = text.replace("Δ", "maj7").replace("°", "dim").replace("min", "m").replace("mi", "m")
    if plain.startswith("ø") or plain.replace("(", "").startswith("m7b5"):
        return "m", "ø7"
    if plain.startswith(("dim", "o")):
        return "dim", "dim"
    minor = plain.startswith(("m", "-")) and not plain.startswith("ma")
    for spelled, suffix in (
        ("maj7", "maj7"),
        ("M7", "maj7"),
        ("ma7", "maj7"),
        ("add9", "add9"),
        ("sus2", "sus2"),
    ):
        if spelled in plain:
            return ("m" if minor else ""), suffix
    if "sus" in plain:
        return "", "sus4"
    figure = re.search(r"9|7|6|11|13", plain)
    return ("m" if minor else ""), {"9": "9", "7": "7", "6": "6", "11": "9", "13": "9"}[
        figure.group()
    ] if figure else ""


def _key_named(text: str) -> tuple[int, bool] | None:
    for line in text.splitlines():
        found = _KEY_LINE.match(line)
        pitch = _pitch(found[1][0].upper() + found[1][1:]) if found else None
        if found is not None and pitch is not None:
            return pitch, bool(found[2])
    return None


def _key_of(chords: Sequence[Chord]) -> tuple[int, bool]:
    """Return the key that most chords belong to; the first and the last chord decide between relatives."""

    def fit(tonic: int, minor: bool) -> float:
        scale = _MINOR if minor else _MAJOR
        inside = sum(scale.get((chord.root - tonic) % 12) == chord.third for chord in chords)
        ends = sum(c.root == tonic and (c.third == "m") == minor for c in (chords[0], chords[-1]))
        home = sum(c.root == tonic and (c.third == "m") == minor for c in chords)
        return inside + ends + 0.1 * home

    return max(((t, m) for t in range(12) for m in (False, True)), key=lambda key: fit(*key))
