"""ACE-Step's planner by what it reports: its codes differ, and it does not go round in circles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.contract import Case, Finding, WholeCheck
from core.values import Json

REMEDY = "Make the song again with another seed, or set ACE-Step's planner to off."


@dataclass(frozen=True)
class PlannerMoves(WholeCheck):
    """The codes of a planner differ, and no pattern of them goes on repeating.

    ``repeat_s``: seconds that one pattern of at most two seconds may repeat; by reasoning, as no trained
    planner was at hand. The engine itself stops at 20 s. Figures read: ``planner``.
    """

    name: ClassVar[str] = "planner_moves"
    unasked: ClassVar[str] = "where no planner wrote codes"
    repeat_s: float = 8.0
    least_unique: float = 0.1

    def examine_all(self, case: Case) -> Finding | None:
        """Look at the count, the share that differs and the longest repetition."""
        planner = case.figures.engine.get("planner") if case.figures else None
        if not isinstance(planner, dict) or case.promise.engine_untrained:
            return None
        count = _number(planner.get("count"))
        unique, repeat_s = _number(planner.get("unique_share")), _number(planner.get("longest_repeat_s"))
        if count is None or unique is None or repeat_s is None:
            return None
        said = (
            f"{count:.0f} codes of the planner, {100 * unique:.0f} % of them differ (warns under "
            f"{100 * self.least_unique:g} %), and at most {repeat_s:.1f} s repeat (from {self.repeat_s:g} s)."
        )
        if repeat_s < self.repeat_s and unique >= self.least_unique:
            return self.ok(said)
        return self.warn(
            said,
            causes=("the planner got stuck on one pattern", "the words repeat themselves"),
            remedy=REMEDY,
        )


def _number(held: Json) -> float | None:
    return float(held) if isinstance(held, (int, float)) else None
