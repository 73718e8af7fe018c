"""How many of the writer's lines a grammar checker finds fault with: Harper, over five hundred lines.

Needs harper-py from requirements-bench.txt, which ``make bench`` installs; it works offline. Each line is
read as a sentence of its own, in British spelling. Lines that were broken on purpose show that it would
notice.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from typing import Any

from benchmarks.figure import Figure, show
from core.errors import EngineMissingError
from core.song import SongRequest
from core.writing.genres import GENRES
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

LINES = 500
ABOUT = (
    "the sea",
    "love",
    "home",
    "summer",
    "winter",
    "the road",
    "the city",
    "freedom",
    "the stars",
    "rain",
)
MATTERS_OF_STYLE = frozenset({"Style", "Enhancement", "Readability", "Redundancy"})
_BREAKS = (
    (r"\bis\b", "are"),
    (r"\bare\b", "is"),
    (r"\bI know\b", "I knows"),
    (r"\bwe (\w+)\b", r"we \1s"),
    (r"\bthe\b", "the the"),
    (r"\ba (?=[bcdfg])", "an "),
)


def run() -> list[Figure]:
    """Write and check; some seconds."""
    linter = _linter()
    lines = _written()
    faulty = [line for line in lines if _faults(linter, line)]
    for line in faulty:
        print("  flagged:", line)
    broken = [spoilt for line in lines if (spoilt := _broken(line)) != line]
    noticed = sum(bool(_faults(linter, line)) for line in broken)
    return [
        Figure(
            f"of {len(lines)} different lines flagged by Harper", 100 * len(faulty) / len(lines), "%", "<= 2"
        ),
        Figure(f"of {len(broken)} lines broken on purpose, flagged", 100 * noticed / len(broken), "%"),
    ]


def _linter() -> Any:
    try:
        from harper import Dialect, Linter
    except ImportError as error:
        raise EngineMissingError(
            "The lines cannot be checked: harper-py is not installed.", remedy="Run make bench."
        ) from error
    return Linter(dialect=Dialect.BRITISH)


def _written() -> list[str]:
    """Return the first ``LINES`` different lines, over all genres and ten subjects."""
    lines: dict[str, None] = {}
    for seed in itertools.count():
        prompt = f"{GENRES[seed % len(GENRES)].name} song about {ABOUT[seed % len(ABOUT)]}"
        lyrics = write_lyrics(make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=90.0)))
        lines |= dict.fromkeys(line.text for line in lyrics.lines)
        if len(lines) >= LINES:
            return list(lines)[:LINES]
    raise AssertionError


def _faults(linter: Any, line: str) -> Sequence[Any]:
    sentence = line[0].upper() + line[1:].rstrip(",;:- ")
    if sentence[-1] not in ".!?":
        sentence += "."
    return [fault for fault in linter.lint(sentence) if fault.lint_kind not in MATTERS_OF_STYLE]


def _broken(line: str) -> str:
    """Return the line with its first chance for a mistake taken, or as it is."""
    for pattern, mistake in _BREAKS:
        if re.search(pattern, line):
            return re.sub(pattern, mistake, line, count=1)
    return line


if __name__ == "__main__":
    show(run())
