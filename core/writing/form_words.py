"""What a prompt says of a song's form: its sections and their order, solos, drops, key changes, fades.

Read before genre, moods and instruments, since many of these words mean something else by themselves. What
the song is about is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.writing.form import Wishes
from core.writing.instruments import INSTRUMENTS
from core.writing.themes import subject_span

_LETTER_OF: Mapping[str, str] = {
    **dict.fromkeys(("intro", "introduction"), "I"),
    "verse": "V",
    **dict.fromkeys(
        ("pre-chorus", "prechorus", "pre chorus", "build", "buildup", "build-up", "build up"), "P"
    ),
    **dict.fromkeys(("chorus", "refrain", "hook"), "C"),
    **dict.fromkeys(("bridge", "middle eight", "middle 8", "breakdown"), "B"),
    **dict.fromkeys(("solo", "break", "interlude"), "S"),
    "drop": "D",
    **dict.fromkeys(("outro", "ending", "coda"), "O"),
}
_SECTION = "|".join(
    re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_LETTER_OF, key=len, reverse=True)
)
_TOOL = "|".join(
    re.escape(word)
    for word in sorted(
        {word for tool in INSTRUMENTS for word in tool.words if word} | {"drum", "drums"},
        key=len,
        reverse=True,
    )
)
_VOICES = r"a[\s-]?cap+ella|vocal"
_ENDS = r"(?=\s*(?:$|[,.;:!?)|/+&\n]|(?:and|then|with|but|before|after|in|at|for|to|please)\b))"
_LONG, _SHORT = "long|extended|lengthy|slow|big", "short|brief|quick|tiny|little"
_NOT_WANTED = re.compile(r"\b(?:no|without|minus|not|skip|never|zero)\s+(?:the\s+|any\s+|an?\s+)?$", re.I)
_BIG = ("big", "huge", "soaring", "explosive", "massive", "anthemic")

_ORDER = re.compile(
    rf"\b(?:{_SECTION})s?(?:\s*\d)?(?:(?:\s*(?:,|->|=>|→|>|–|-|/|\+|then|and then|and|to)\s*|\s+)"
    rf"(?:an?\s+|the\s+|final\s+|last\s+)?(?:{_SECTION})s?(?:\s*\d)?)" + r"{2,}\b",
    re.I,
)
_FADE = re.compile(
    r"\b(?:(?:ends?|ending|starts?|starting)\s+(?:with|in|on)\s+)?(?:an?\s+)?(?:long\s+|slow\s+|gentle\s+)?"
    r"fad(?:es?|ing|ed)\b(?:[\s-]*(?:(?P<in>in)|(?P<out>out|away))\b)?"
    r"(?P<end>\s+(?:ending|end|outro)\b|\s+(?:at|to|towards?)\s+(?:the\s+)?(?:end|ending|silence)\b)?"
    r"(?:\s+at\s+the\s+(?:end|start|beginning)\b)?",
    re.I,
)
_STEP = r"(?P<half>half[\s-]?(?:steps?|tones?)|semi[\s-]?tones?)|(?:whole[\s-]?)?(?:steps?|tones?)"
_UP = r"up\s+(?:(?:an?|one)\s+)?"
_IN_THE_LAST = (
    r"(?:\s+(?:in|at|for|before|into|on|near|towards?)\s+(?:the\s+)?"
    r"(?:(?:last|final|second)\s+chorus|end|ending|chorus))?"
)
_KEY_CHANGE = re.compile(
    r"\b(?:truck[\s-]driver(?:'s)?\s+)?(?:key[\s-]changes?|modulat(?:es?|ions?|ing)|gear[\s-]changes?)"
    rf"(?:\s+(?:up|by)\b)*(?:\s+(?:an?|one)\b)?(?:\s+(?:{_STEP})\b)?(?:\s+up\b)?{_IN_THE_LAST}"
    rf"|\b(?:last|final)\s+chorus\s+(?:goes\s+|is\s+|moves\s+)?{_UP}(?:{_STEP.replace('half>', 'half2>')})\b"
    rf"|\b{_UP}(?:{_STEP.replace('half>', 'half3>')})\s+(?:in|for)\s+the\s+(?:last|final)\s+chorus\b",
    re.I,
)
_TOOL_SOLO = re.compile(
    rf"(?P<before>\b(?:with|and|a|an|plus|featuring|then|long|epic|extended|short)\s+(?:\w+\s+)?)?"
    rf"\b(?P<tool>{_TOOL})\s+solos?\b(?:\s+(?:in\s+the\s+middle|section|break|part)\b)?",
    re.I,
)
_SOLO = re.compile(r"\b(?:with|and|featuring)\s+(?:an?\s+)?(?:\w+\s+)?solos?\b" + _ENDS, re.I)
_DROP = re.compile(
    r"(?<!rain )(?<!tear )(?<!dew )\b(?:(?:big|huge|heavy|massive|hard|epic|bass|beat|filthy|the|an?)\s+)*"
    r"drops?\b(?!\s*(?:d|c|b|a|tun\w+|of|out|by|off|down|your|my|the|it|dead)\b)",
    re.I,
)
_BUILD = re.compile(r"\b(?:slow\s+)?build(?:s|ing)?[\s-]*ups?\b|\brisers?\b", re.I)
_STARTS = re.compile(
    r"\b(?:starts?|begins?|opens?|opening|starting|beginning)\s+(?:right\s+|straight\s+)?(?:with|on|in|into)\s+"
    r"(?:the\s+|a\s+)?(?P<section>chorus|hook|verse|refrain|drop)\b"
    r"|\bstraight\s+(?:in)?to\s+the\s+(?P<other>chorus|hook|verse|refrain|drop)\b",
    re.I,
)
_PLACED = re.compile(
    r"\b(?:an?\s+|the\s+)?(?:instrumental\s+)?(?P<what>bridge|middle\s+(?:eight|8)|breakdown|solo|break|interlude)\s+"
    r"(?:after|before|following|between)\s+(?:the\s+)?(?:(?:first|1st|second|2nd|third|last|final)\s+)?"
    r"(?:verses?|chorus(?:es)?|bridge|drop)\b",
    re.I,
)
_DOUBLED = re.compile(
    r"\b(?:(?:an?|the)\s+)?(?:double|doubled|repeated)\s+(?:(?:last|final)\s+)?(?P<what>chorus|refrain|hook)\b"
    r"(?:\s+(?:at|in|to|towards?)\s+(?:the\s+)?(?:end|ending|finish))?",
    re.I,
)
_AABA = re.compile(
    r"\b(?P<letters>[ab]{3,8})(?:\s+(?:song\s+)?(?:form|structure))\b|\b(?P<bare>AABA|AABB|ABAB)\b"
    r"(?:\s+(?:song\s+)?(?:form|structure)\b)?"
)
_STOPS = re.compile(
    r"\b(?:an?\s+)?(?:cold|hard|abrupt|sudden|clean|big)\s+(?:ending|stop|finish|end)\b"
    r"|\b(?:ends?|ending|stops?)\s+(?:abruptly|suddenly|cold|hard|on\s+the\s+one)\b",
    re.I,
)
_UNSUNG = re.compile(
    r"\binstrumental\s+(?P<section>intro|outro|bridge|break|interlude|section|solo|middle eight)\b", re.I
)
_EDGE = re.compile(
    r"(?<!podcast )(?<!video )(?<!youtube )(?<!stream )(?<!show )"
    rf"\b(?:an?\s+|the\s+)?(?:(?P<size>{_LONG}|{_SHORT})\s+)?(?:(?P<tool>{_TOOL}|{_VOICES})\s+)?"
    r"(?P<edge>intro|outro)(?:duction)?\b"
    rf"(?:\s+(?:on|with|by|played\s+(?:by|on))\s+(?:just\s+|only\s+|an?\s+|the\s+|solo\s+)*(?P<by>{_TOOL})\b)?",
    re.I,
)
_PLAIN = re.compile(
    r"\b(?P<adj>catchy|big|huge|anthemic|sing-?along|memorable|soaring|explosive|massive|powerful|strong|quiet|soft|"
    r"long|short|no|without|with|and|an?|the|repeating|repeated)\s+(?P<section>chorus(?:es)?|refrain|hooks?|bridge|"
    r"pre-?\s?chorus(?:es)?|middle\s+(?:eight|8)|breakdown|interlude|verses?)\b"
    + _ENDS
    + r"|(?:^|(?<=,))\s*(?P<tag>chorus|bridge|pre-?\s?chorus|middle\s+(?:eight|8)|breakdown|"
    r"interlude|refrain|hook)\s*(?=$|,)",
    re.I,
)


@dataclass
class FormWords:
    """What was read: the words for it, the text without them, and what they ask for."""

    text: str
    words: list[str] = field(default_factory=list)
    wishes: Wishes = field(default_factory=Wishes)
    solo: str = ""
    """The word of the instrument that plays the solo; empty for any."""
    only: dict[str, str] = field(default_factory=dict)
    """Which instrument, by its word, plays an intro or outro alone, by the section's letter."""
    key_shift: int = 0
    """Semitones up, from the last chorus on."""
    fades_in: bool = False
    fades_out: bool = False
    big_chorus: bool = False


def read_form(text: str) -> FormWords:
    """Return what ``text`` says of the form, without what it says that the song is about."""
    found = FormWords(text)
    for pattern, follow in _READERS:
        _each(pattern, found, follow)
    return found


Follow = Callable[[re.Match[str], FormWords, bool], str | None]
"""Takes a match and whether it is not wanted; returns what stays of it in the text, None for no match."""


def _each(pattern: re.Pattern[str], found: FormWords, follow: Follow) -> None:
    subject = subject_span(found.text)
    out, at = [], 0
    for match in pattern.finditer(found.text):
        if subject and subject[0] <= match.start() < subject[1]:
            continue
        before = found.text[: match.start()]
        declined = _NOT_WANTED.search(before)
        left = follow(match, found, declined is not None)
        if left is None:
            continue
        said = " ".join(match[0].lower().split())
        found.words.append(f"no {said}" if declined else said)
        out.append(found.text[at : declined.start() if declined else match.start()])
        out.append(f" {left} " if left else " , ")
        at = match.end()
    found.text = "".join([*out, found.text[at:]])


def _order(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    if declined:
        return None
    words = re.findall(rf"(?:{_SECTION})", match[0].lower())
    found.wishes.order = "".join(_LETTER_OF[" ".join(word.split())] for word in words)
    return ""


def _fade(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    if not (match["in"] or match["out"] or match["end"]):
        return None
    if not declined:
        found.fades_in |= bool(match["in"])
        found.fades_out |= not match["in"]
    return ""


def _key_change(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    if not declined:
        found.key_shift = 1 if match["half"] or match["half2"] or match["half3"] else 2
    return ""


def _tool_solo(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    word = match["tool"].lower()
    if word == "piano" and not match["before"] and _is_all_of_a_tag(match):
        return None  # "Piano solo" by itself is a piece for a piano.
    if declined:
        found.wishes.unwanted |= {"S"}
        return ""
    found.wishes.wanted |= {"S"}
    found.solo = word
    return "" if word in ("guitar", "guitars", "drum", "drums") else word


def _is_all_of_a_tag(match: re.Match[str]) -> bool:
    text = match.string
    opens = not text[: match.start()].strip() or text[: match.start()].rstrip().endswith(
        (",", ";", "|", "\n")
    )
    closes = not text[match.end() :].strip() or text[match.end() :].lstrip()[:1] in ",;|\n"
    return opens and closes


def _asks_for(letter: str) -> Follow:
    return lambda match, found, declined: _section(letter, found, declined)


def _section(letter: str, found: FormWords, declined: bool) -> str:
    if declined:
        found.wishes.unwanted |= {letter}
    else:
        found.wishes.wanted |= {letter}
    return ""


def _starts(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    if declined:
        return None
    found.wishes.first = _LETTER_OF[(match["section"] or match["other"]).lower()]
    return ""


def _unsung(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    letter = {"section": "S"}.get(match["section"].lower()) or _LETTER_OF[match["section"].lower()]
    if not declined and letter not in "IOS":
        found.wishes.unsung |= {letter}
    return _section(letter, found, declined)


def _edge(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    letter = _LETTER_OF[match["edge"].lower()]
    _section(letter, found, declined)
    size = (match["size"] or "").lower()
    if size and not declined:
        found.wishes.length |= {letter: 2.0 if size in _LONG.split("|") else 0.5}
    word = (match["tool"] or match["by"] or "").lower()
    if not word or declined:
        return ""
    if re.fullmatch(_VOICES, word):
        word = "choir"
    found.only[letter] = word
    return "" if word in ("drum", "drums") else word


def _placed(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    return _section(_LETTER_OF[" ".join(match["what"].lower().split())], found, declined)


def _doubled(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    if declined:
        return None
    found.wishes.doubled = True
    return ""


def _aaba(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    if declined:
        return None
    letters = (match["letters"] or match["bare"]).lower()
    found.wishes.order = "".join("V" if letter == "a" else "B" for letter in letters)
    return ""


def _stops(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    return None if declined else ""


def _plain(match: re.Match[str], found: FormWords, declined: bool) -> str | None:
    name = re.sub(r"\s+", " ", (match["section"] or match["tag"]).lower())
    name = {"choruses": "chorus", "pre chorus": "pre-chorus", "hooks": "hook", "verses": "verse"}.get(
        name, name
    )
    name = "pre-chorus" if name.startswith("pre") else name
    adjective = (match["adj"] or "").lower()
    _section(_LETTER_OF[name], found, declined or adjective in ("no", "without"))
    found.big_chorus |= adjective in _BIG and _LETTER_OF[name] == "C"
    return adjective if adjective in ("catchy", "memorable", "singalong", "sing-along", "powerful") else ""


_READERS: tuple[tuple[re.Pattern[str], Follow], ...] = (
    (_KEY_CHANGE, _key_change),
    (_FADE, _fade),
    (_STARTS, _starts),
    (_ORDER, _order),
    (_AABA, _aaba),
    (_PLACED, _placed),
    (_DOUBLED, _doubled),
    (_STOPS, _stops),
    (_TOOL_SOLO, _tool_solo),
    (_UNSUNG, _unsung),
    (_EDGE, _edge),
    (_BUILD, _asks_for("P")),
    (_DROP, _asks_for("D")),
    (_SOLO, _asks_for("S")),
    (_PLAIN, _plain),
)
