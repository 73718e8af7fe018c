"""One measured figure, with what it is held against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure, as the benchmarks print it."""

    name: str
    value: float
    unit: str
    """"s", "MB", or "x" for how many times faster than ``compared_with``."""
    target: str = ""
    """``">= 2"`` or ``"<= 20"``; empty when nothing was promised."""
    compared_with: str = ""
    """The other program, when the value is a ratio; both were run one after the other here."""

    @property
    def reached(self) -> bool | None:
        """Whether the target was reached; None when there is none."""
        if not self.target:
            return None
        sign, limit = self.target.split()
        return self.value >= float(limit) if sign == ">=" else self.value <= float(limit)

    def __str__(self) -> str:
        """Return the figure as a line of a table."""
        mark = {None: "", True: "reached", False: "MISSED"}[self.reached]
        beside = f"  (beside {self.compared_with})" if self.compared_with else ""
        return f"{self.name:58} {self.value:9.2f} {self.unit:3} {self.target:8} {mark}{beside}"


def show(figures: list[Figure]) -> None:
    """Print the figures, one a line."""
    for figure in figures:
        print(figure)
