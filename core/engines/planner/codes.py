"""Whether audio codes are a song: their count, how many differ, and the longest stretch that repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.engines.planner.layout import CODES_HZ
from core.errors import EngineOutputError

LONGEST_PERIOD = 2 * CODES_HZ
"""Codes of the longest pattern whose repetition is looked for: two seconds."""
STUCK_S = 20.0
"""A pattern of up to two seconds that repeats, code for code, for so long is no music: of 64,000 codes, drawn
at a temperature of 0.85, none comes twice by chance. By reasoning, not fitted."""
STUCK_SHARE, SHORT_S = 0.8, 4.0
"""A song shorter than that is stuck when most of it repeats; under four seconds nothing is said."""
FEWEST_UNIQUE = 0.05
NOTED_S = 8.0
"""A stretch that repeats for so long is worth a note."""


@dataclass(frozen=True)
class Codes:
    """The codes of a song, five a second, and what was read of them."""

    numbers: tuple[int, ...]
    unique_share: float
    longest_repeat_s: float
    """Of a pattern of at most two seconds: how long it goes on repeating itself, its first time included."""

    @property
    def seconds(self) -> float:
        """Length of the song that they are."""
        return len(self.numbers) / CODES_HZ

    @property
    def stuck(self) -> bool:
        """Whether the planner went round in circles."""
        most_s = min(STUCK_S, STUCK_SHARE * self.seconds)
        return self.seconds >= SHORT_S and (
            self.longest_repeat_s >= most_s or self.unique_share < FEWEST_UNIQUE
        )


def read(numbers: Sequence[int]) -> Codes:
    """Return the codes with what can be read of them; ValueError for none."""
    if not numbers:
        raise ValueError("no codes")
    given = np.asarray(numbers)
    longest = 1
    for period in range(1, min(LONGEST_PERIOD, len(given) - 1) + 1):
        run = _longest_run(given[period:] == given[:-period])
        # A pattern repeats once it has come a second time whole.
        if run >= period:
            longest = max(longest, run + period)
    repeat_s = longest / CODES_HZ if longest > 1 else 0.0
    return Codes(tuple(int(n) for n in given), len(np.unique(given)) / len(given), repeat_s)


def checked(codes: Codes, planner: str, wanted: int) -> Codes:
    """Return the codes; raises EngineOutputError for fewer than ``wanted`` and a stuck planner."""
    if len(codes.numbers) < wanted:
        raise EngineOutputError(
            f"The planner {planner} wrote {codes.seconds:.1f} s of codes for a song of "
            f"{wanted / CODES_HZ:.1f} s.",
            causes=("it ended before the song did",),
            remedy="Try another seed or a shorter song, or set ACE-Step's planner to off.",
        )
    if not codes.stuck:
        return codes
    raise EngineOutputError(
        f"The planner {planner} is stuck: {codes.longest_repeat_s:.0f} of {codes.seconds:.0f} s repeat one "
        f"pattern, and {100 * codes.unique_share:.0f} % of its codes differ.",
        causes=(
            "the prompt or the lyrics repeat themselves",
            "its weights are damaged or were not trained",
            "the song is longer than it plans well",
        ),
        remedy="Try another seed or a shorter song, or set ACE-Step's planner to off.",
        diagnosis="planner_stuck",
    )


def in_text(numbers: Sequence[int]) -> str:
    """Return codes as ACE-Step's pipeline takes them."""
    return "".join(f"<|audio_code_{number}|>" for number in numbers)


def _longest_run(same: np.ndarray) -> int:
    """Return the length of the longest run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], same.astype(np.int8), [0]])))
    return int(np.max(edges[1::2] - edges[::2], initial=0))
