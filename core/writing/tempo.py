"""The tempo that a prompt names, with its unit in fifteen languages or without."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

_FIGURE = r"(\d{1,6}(?:[.,]\d+)?)"
_ABOUT = r"(?:is|of|at|around|about|approx(?:imately|\.)?|roughly|circa|ca\.|[:=~≈\"']|\s)*"
_TEMPO = re.compile(
    rf"{_FIGURE}(?=\s*\(\d+\)\s*bpm\b)|{_FIGURE}\s*-?\s*(?:bpm\b|b\.p\.m\.|beats\s*(?:per|a|/)\s*min(?:ute)?"
    r"|уд\w*\s*(?:/|в)\s*мин\w*|拍(?:/分)?|schläge\s+pro\s+minute|battements\s+par\s+minute"
    r"|(?:pulsaciones|batidas)\s+por\s+minuto|battiti\s+al\s+minuto|uderze\w+\s+na\s+minutę"
    r"|slagen\s+per\s+minuut|ketukan\s+per\s+menit|vuruş\w*|نبض\w*\s+(?:في\s+|ب)ال?دقيقة|बीपीएम|बीट\s+प्रति\s+मिनट)"
    rf"|(?:每分[钟鐘]|毎分|분당){_ABOUT}{_FIGURE}\s*(?:拍|박|회)?"
    rf"|(?:темп|テンポ|速度|템포|节奏|節奏)[^\W\d]{{0,2}}{_ABOUT}{_FIGURE}"
    rf"|\b(?:bpm|b\.p\.m\.|tempo(?:\s*\(bpm\))?){_ABOUT}{_FIGURE}(?:\s*bpm\b)?"
    rf"|[♩♪𝅘𝅥]\.?\s*[=≈]\s*{_FIGURE}"
    rf"|\bat\s+(?:around|about|roughly|approximately|ca\.?)\s+(\d{{2,3}})(?!\s*(?:s\b|sec|min|bars?|hz|%|\d))",
    re.I,
)
_BARE_TEMPO = re.compile(
    r"(?:^|,)\s*(?:(?:at|around|about|roughly|circa|ca\.?|~)\s*)*(?P<alone>\d{2,3})\s*(?=,|$)"
    r"|\bat\s+(?P<at>\d{2,3})\b(?!\s*(?:%|\d|[a-z]))"
    r"|\b(?:slow|fast|tempo)\s+(?P<pace>\d{2,3})\s*(?=,|$)",
    re.I,
)
_RANGE = re.compile(
    r"\b(?:between\s+)?(?P<low>\d{2,3})\s*(?:-|–|to|and)\s*(?P<high>\d{2,3})(?=\s*-?\s*bpm\b)", re.I
)
_ISH = re.compile(r"\b(\d{2,3})\s?-?ish\b", re.I)
_LOWEST_BPM, _HIGHEST_BPM = 50, 220


def tempo_in(text: str, genres: Collection[str]) -> tuple[float, str, str] | None:
    """Return the tempo in bpm, how it was written, and the text without it.

    A figure without a unit counts as a tag of its own, after "at", and after the name of one of ``genres``.
    """
    spread = _RANGE.search(text)
    text = _ISH.sub(r"\1", _RANGE.sub(_middle, text))
    tempo = _TEMPO.search(text)
    if tempo:
        bpm = float(next(group for group in tempo.groups() if group).replace(",", "."))
        said = f"{spread['low']}-{spread['high']} bpm" if spread else f"{bpm:g} bpm"
        return bpm, said, _TEMPO.sub(" ", text)
    for found in _BARE_TEMPO.finditer(text):
        bpm = float(found["alone"] or found["at"] or found["pace"])
        start = found.start("pace") if found["pace"] else found.start()
        if _LOWEST_BPM <= bpm <= _HIGHEST_BPM:
            return bpm, f"{bpm:g}", text[:start] + ", " + text[found.end() :]
    after = _after_a_genre(tuple(genres)).search(text)
    if after and _LOWEST_BPM <= int(after["bpm"]) <= _HIGHEST_BPM:
        return float(after["bpm"]), after["bpm"], text[: after.start("bpm")] + text[after.end("bpm") :]
    return None


def _middle(found: re.Match[str]) -> str:
    """Return the tempo in the middle of a range."""
    low, high = int(found["low"]), int(found["high"])
    return f"{(low + high) / 2:g}" if _LOWEST_BPM <= low < high <= _HIGHEST_BPM else found[0]


@lru_cache(maxsize=1)
def _after_a_genre(genres: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(re.escape(name) for name in sorted(genres, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{names})\s+(?P<bpm>\d{{2,3}})\s*(?=$|,)", re.I)
