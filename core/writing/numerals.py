"""Figures as they are sung: 1984 is "nineteen eighty four"."""

from __future__ import annotations

import re

_SMALL_TEXT = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen
"""
_SMALL = _SMALL_TEXT.split()
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand"), (100, "hundred"))
_MOST_DIGITS = 12


def spoken_number(figures: str) -> list[str]:
    """Return the words of "24", "1984", "3.5" or "1,000"; more than 12 digits are read one by one."""
    whole, dot, rest = figures.partition(".")
    if dot and rest.isdigit():
        return [*spoken_number(whole), "point", *(_digit(digit) for digit in rest)]
    grouped = re.fullmatch(r"\d{1,3}(?:,\d{3})+", figures)
    digits = re.sub(r"\D", "", figures)
    if not digits.isascii() or len(digits) > _MOST_DIGITS or (len(digits) > 1 and digits[0] == "0"):
        return [_digit(digit) for digit in digits]
    number = int(digits)
    if len(digits) == 4 and not grouped and 1100 <= number < 2000 and number % 100:
        tail = _cardinal(number % 100)
        return [*_cardinal(number // 100), *(["oh", *tail] if number % 100 < 10 else tail)]
    return _cardinal(number)


def _digit(sign: str) -> str:
    value = int(sign)
    return _SMALL[value]


def _cardinal(number: int) -> list[str]:
    if number < 20:
        return [_SMALL[number]]
    if number < 100:
        tens, rest = divmod(number, 10)
        return [_TENS[tens - 2], *(_cardinal(rest) if rest else [])]
    for size, name in _SCALES:
        if number >= size:
            count, rest = divmod(number, size)
            return [*_cardinal(count), name, *(_cardinal(rest) if rest else [])]
    raise AssertionError(number)
