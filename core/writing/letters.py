"""Which letters of a word spell its vowels: letters laid beside phones at the least cost."""

from __future__ import annotations

from collections.abc import Sequence

from core.writing.pronunciation import VOWEL_LETTERS, guessed_vowels

_SPELLED = {
    "B": "b", "CH": "ctq", "D": "d", "DH": "t", "F": "fpg", "G": "gx", "HH": "hwj", "JH": "jgd",
    "K": "ckqx", "L": "l", "M": "m", "N": "nk", "NG": "n", "P": "p", "R": "rw", "S": "scxzp",
    "SH": "stcx", "T": "td", "TH": "t", "V": "vf", "W": "wuo", "Y": "yiuej", "Z": "zsx", "ZH": "szgtj",
}  # fmt: skip
_SILENT, _SILENT_E, _SECOND, _UNSPELLED, _WRONG = 1.2, 0.4, 0.25, 2.0, 3.0
_SECONDS = (
    "th",
    "sh",
    "ch",
    "ph",
    "wh",
    "gh",
    "ck",
    "qu",
    "ng",
    "kn",
    "wr",
    "mb",
    "bt",
    "lk",
    "lm",
    "hn",
    "rh",
)


def vowel_places(word: str, phones: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Return (start, stop) in letters of each sounded vowel, in order; by spelling alone without phones.

    A word always gets at least one place.
    """
    if not phones:
        return guessed_vowels(word) or ((0, len(word)),)
    starts = _aligned(word.lower(), phones)
    lower = word.lower()
    places = []
    for number, start in enumerate(starts):
        limit = starts[number + 1] if number + 1 < len(starts) else len(word)
        stop = start + 1
        while stop < limit and lower[stop] in VOWEL_LETTERS and not _is_silent_e(lower, stop):
            stop += 1
        if (
            stop < limit
            and lower[stop] == "w"
            and not (stop + 1 < len(word) and lower[stop + 1] in VOWEL_LETTERS)
        ):
            stop += 1
        places.append((start, stop))
    return tuple(places) or ((0, len(word)),)


def _is_silent_e(word: str, at: int) -> bool:
    return word[at] == "e" and at + 1 == len(word) and at > 0 and word[at - 1] not in VOWEL_LETTERS


def _aligned(word: str, phones: Sequence[str]) -> list[int]:
    """Return the letter at which each vowel phone is spelled (least-cost alignment)."""
    rows, columns = len(phones) + 1, len(word) + 1
    infinite = float("inf")
    cost = [[infinite] * columns for _ in range(rows)]
    step = [[""] * columns for _ in range(rows)]
    cost[0][0] = 0.0
    for i in range(rows):
        for j in range(columns):
            if j and cost[i][j - 1] + _silence(word, j - 1) < cost[i][j]:
                cost[i][j], step[i][j] = cost[i][j - 1] + _silence(word, j - 1), "letter"
            if i and cost[i - 1][j] + _UNSPELLED < cost[i][j]:
                cost[i][j], step[i][j] = cost[i - 1][j] + _UNSPELLED, "phone"
            if i and j:
                both = cost[i - 1][j - 1] + _fit(word[j - 1], phones[i - 1])
                if both <= cost[i][j]:
                    cost[i][j], step[i][j] = both, "both"
    starts = []
    i, j = rows - 1, columns - 1
    while i or j:
        taken = step[i][j]
        if taken != "letter":
            i -= 1
            if phones[i][-1].isdigit():
                starts.append(j - 1 if taken == "both" else j)
        if taken != "phone":
            j -= 1
    return [_past_pair(word, min(start, len(word) - 1)) for start in reversed(starts)]


def _past_pair(word: str, at: int) -> int:
    """Move a vowel that has no letter behind a pair of consonants ("bott-le", "rhyth-m")."""
    pair = at > 0 and (word[at] == word[at - 1] or word[at - 1 : at + 1] in ("th", "sh", "ch"))
    inside = pair and word[at] not in VOWEL_LETTERS
    return min(at + 1, len(word) - 1) if inside else at


def _silence(word: str, at: int) -> float:
    """Price of a letter without a sound of its own."""
    letter = word[at]
    if letter == "'":
        return 0.0
    before = word[at - 1] if at else ""
    if letter == before or before + letter in _SECONDS or word[at : at + 2] in ("kn", "wr", "ps"):
        return _SECOND
    if letter in VOWEL_LETTERS and before in VOWEL_LETTERS:
        return _SECOND
    if letter == "e":
        return _SILENT_E
    return _SECOND if letter in "wh" and before in VOWEL_LETTERS else _SILENT


def _fit(letter: str, phone: str) -> float:
    """Price of spelling ``phone`` with ``letter``."""
    if phone[-1].isdigit():
        if letter not in VOWEL_LETTERS:
            return _WRONG
        return 0.1 if letter == "y" else 0.0
    return 0.0 if letter in _SPELLED.get(phone, "") else _WRONG
