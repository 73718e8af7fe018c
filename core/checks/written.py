"""Words that were written to a plan, by the embedded writer or a model: do they keep to it, are they any?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.checks.figures import LyricsFigures
from core.contract import Case, Finding, WholeCheck
from core.song import Line, Lyrics, Plan
from core.writing.pronunciation import phones_of
from core.writing.syllables import words_of

_SHOWN = 3


@dataclass(frozen=True)
class OnPlan(WholeCheck):
    """Every sung section has the lines that it has bars for, and no line is far off the plan's syllables.

    ``slack``: syllables that a line may be off before the tune has to squeeze or stretch it, unless the
    person chose another.
    """

    name: ClassVar[str] = "words_on_plan"
    unasked: ClassVar[str] = "without words"
    slack: int = 2

    def examine_all(self, case: Case) -> Finding | None:
        """Warn of written words that leave the plan; typed words have a plan made for them."""
        if (words := _written(case)) is None:
            return None
        plan, lyrics = words
        rooms = [plan.lines_in(section) for section in plan.sections if plan.lines_in(section)]
        counts = [len(section.lines) for section in lyrics.sections]
        aim = plan.syllables_per_line
        reported = case.reported(LyricsFigures)
        slack = reported.slack if reported and reported.slack is not None else self.slack
        off = [line for line in lyrics.lines if abs(len(line.syllables) - aim) > slack]
        off = off if lyrics.singable else []
        faults = []
        if counts != rooms:
            faults.append(
                f"The sections have {_listed(counts)} lines; the plan has room for {_listed(rooms)}."
            )
        if off:
            many = f"{len(off)} of {len(lyrics.lines)} lines"
            faults.append(f"{many} are more than {slack} syllables off the plan's {aim}: {_quoted(off)}.")
        if not faults:
            return self.ok(f"{sum(counts)} lines, each within {slack} syllables of {aim}.")
        return self.warn(
            " ".join(faults),
            causes=("the language model does not count syllables well", "the words were edited"),
            remedy="Take another seed, more tries or a larger model; or put the words right and type them.",
        )


@dataclass(frozen=True)
class RealWords(WholeCheck):
    """What a model wrote in English is made of English words.

    ``fewest``: share of its words that the CMU pronouncing dictionary knows, under which it is no text;
    songs by people stand above 0.95. Words of one or two letters are not counted: any two letters are listed.
    """

    name: ClassVar[str] = "words_are_words"
    unasked: ClassVar[str] = "without words"
    fewest: float = 0.6

    def examine_all(self, case: Case) -> Finding | None:
        """Fail when most of a model's words are none; asked of words that were to be English."""
        words, reported = _written(case), case.reported(LyricsFigures)
        if words is None or reported is None or reported.language_asked != "English":
            return None
        said = [word for line in words[1].lines for word in words_of(line.text) if len(word) > 2]
        if not said:
            return None
        strange = [word for word in said if not phones_of(word)]
        share = 1.0 - len(strange) / len(said)
        if share >= self.fewest:
            return self.ok(f"{share:.0%} of the words are in the dictionary.")
        listed = ", ".join(f"“{word[:30]}”" for word in list(dict.fromkeys(strange))[:_SHOWN])
        return self.fail(
            f"Only {share:.0%} of the {len(said)} words are English ones; {listed} are not.",
            causes=(
                "the model is untrained, damaged, or too small to write",
                "the temperature is too high",
                "it wrote in another language than it was asked to",
            ),
            remedy="Lower the temperature, take another seed, another model, or the built-in writer.",
        )


def _written(case: Case) -> tuple[Plan, Lyrics] | None:
    """Return the plan and the words that were written to it; None when there are none."""
    plan, lyrics = case.plan, case.lyrics
    if plan is None or lyrics is None or plan.instrumental or lyrics.source == "typed" or not lyrics.lines:
        return None
    return plan, lyrics


def _listed(counts: list[int]) -> str:
    return ", ".join(str(count) for count in counts) or "no"


def _quoted(lines: list[Line]) -> str:
    shown = "; ".join(f"“{line.text[:60]}” ({len(line.syllables)})" for line in lines[:_SHOWN])
    return shown + (" ..." if len(lines) > _SHOWN else "")
