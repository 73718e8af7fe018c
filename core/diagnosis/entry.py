"""What a diagnosis is, and what an entry of the catalogue knows of the failure that it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pydantic import BaseModel, ConfigDict


class Scenario(StrEnum):
    """What a person meets: the four ways in which the first studio failed, and what else stops an engine."""

    NO_GPU = "no graphics processor was given"
    NOT_LOADED = "the model does not load"
    SILENT = "the sound is silent or broken"
    REFUSED = "permission or CUDA errors"
    MEMORY = "memory ran out"
    SOFTWARE = "the software does not fit"


class Witness(StrEnum):
    """What of this machine is worth showing beside a failure that happened on it."""

    MEMORY = "memory"
    GPU = "graphics processor"
    DISK = "disk"
    TORCH = "torch"
    PLACE = "place"


class Reach(StrEnum):
    """How much an entry says."""

    EXACT = "exact"
    GENERAL = "general"
    """It speaks only when no exact entry does."""


class Diagnosis(BaseModel):
    """A failure that was recognised: what happened, what shows it, why, and what to do."""

    model_config = ConfigDict(frozen=True)

    name: str
    scenario: Scenario
    sentence: str
    evidence: tuple[str, ...]
    """What was said, then what this machine tells."""
    causes: tuple[str, ...]
    """The likeliest first."""
    remedy: str


@dataclass(frozen=True)
class Entry:
    """One failure and the signs that identify it.

    ``signs`` are regular expressions, none of which crosses a line; the line that one is found in is the
    evidence. A named group may be used in ``sentence`` and ``remedy``, and must then be in every sign.
    """

    name: str
    scenario: Scenario
    sentence: str
    signs: tuple[str, ...]
    causes: tuple[str, ...]
    remedy: str
    also: str = ""
    """What must stand somewhere else in the text."""
    unless: str = ""
    """What must stand nowhere in it."""
    witnesses: tuple[Witness, ...] = ()
    reach: Reach = Reach.EXACT

    @cached_property
    def _signs(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(sign, re.IGNORECASE) for sign in self.signs)

    @cached_property
    def _also(self) -> re.Pattern[str]:
        return re.compile(self.also, re.IGNORECASE)

    @cached_property
    def _unless(self) -> re.Pattern[str]:
        return re.compile(self.unless or r"(?!)", re.IGNORECASE)

    def found_in(self, part: str, whole: str) -> re.Match[str] | None:
        """Return where a sign stands in ``part`` of the text ``whole``; None when this is another failure."""
        found = next((match for sign in self._signs if (match := sign.search(part))), None)
        if found is None or not self._also.search(whole) or self._unless.search(whole):
            return None
        return found
