"""Words by a language model: asked for in goes, held against the plan, asked for again where they do not fit.

What does not fit after the last try is kept as it is and reported: nobody else's words take its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.progress import Report, part
from core.song import Line, LyricSection
from core.writing.answer import given_to, read_answer
from core.writing.brief import (
    Brief,
    Part,
    in_goes,
    longest_answer,
    parts_of,
    question,
    question_again,
)
from core.writing.language import tongue_of

FIRST_GO = 0.6
"""Share of the work that asking once takes."""
SEEDS_APART = 1_000_003
MOST_FAULTS = 6
SHOWN = 3


@dataclass(frozen=True)
class Reply:
    """A model's answer; ``finished``: the model ended it, rather than a limit."""

    text: str
    finished: bool = True


Ask = Callable[[str, int, int, Report], Reply]
"""``ask(question, most_tokens, seed, report)``."""


@dataclass(frozen=True)
class Written:
    """The words that came of it, one section for each that the plan wants sung, and how it went."""

    title: str
    sections: tuple[LyricSection, ...]
    language: str
    singable: bool
    notes: tuple[str, ...]
    questions: int
    """How many were asked."""
    off_plan: int
    """Lines that still do not fit."""


def write(brief: Brief, ask: Ask, seed: int, report: Report) -> Written:
    """Return the words of ``brief``'s plan; the same seed asks the same questions of the same model.

    Raises what ``ask`` and ``report`` raise.
    """
    return _Writing(brief, ask, seed, report).done()


def faults_of(
    part: Part, lines: tuple[Line, ...], brief: Brief, elsewhere: frozenset[str] = frozenset()
) -> list[str]:
    """Return what is wrong with a part's lines, a sentence each; ``elsewhere``: lines that others have."""
    if not lines:
        return [f"There were no lines under [{part.heading}]."]
    faults = []
    if len(lines) != part.lines:
        faults.append(f"[{part.heading}] had {len(lines)} lines; it has {part.lines}.")
    low, high = _bounds(brief)
    for line in off_plan(lines, brief):
        count = len(line.syllables)
        way = f"{count - high} too many" if count > high else f"{low - count} too few"
        faults.append(f"“{line.text[:80]}” has {count} syllables, {way}.")
    again = [line for line in lines if line.text.casefold() in elsewhere]
    faults += [f"“{line.text[:80]}” stands in another section already." for line in again]
    return faults


def off_plan(lines: tuple[Line, ...], brief: Brief) -> list[Line]:
    """Return the lines that the plan's bars do not hold; none where syllables cannot be counted."""
    if not tongue_of("\n".join(line.text for line in lines)).singable:
        return []
    low, high = _bounds(brief)
    return [line for line in lines if not low <= len(line.syllables) <= high]


def _bounds(brief: Brief) -> tuple[int, int]:
    aim = brief.plan.syllables_per_line
    return max(1, aim - brief.slack), aim + brief.slack


@dataclass
class _Writing:
    """One song under way."""

    brief: Brief
    ask: Ask
    seed: int
    report: Report
    title: str = ""
    questions: int = 0
    lines: dict[str, tuple[Line, ...]] = field(default_factory=dict)

    def done(self) -> Written:
        """Ask, ask again, and lay the words out over the plan."""
        parts = parts_of(self.brief.plan)
        goes = in_goes(parts)
        for number, go in enumerate(goes):
            share = part(self.report, FIRST_GO * number / len(goes), FIRST_GO * (number + 1) / len(goes))
            self._take(go, self._asked(question(self.brief, go, self._before(go[0])), go, share))
        again = [one for one in parts if self._faults(one)]
        for number, one in enumerate(again):
            rest = 1.0 - FIRST_GO
            start, stop = (FIRST_GO + rest * (number + more) / len(again) for more in (0, 1))
            self._try_again(one, part(self.report, start, stop))
        return self._laid_out(parts)

    def _asked(self, text: str, parts: list[Part], report: Report) -> Mapping[str, tuple[Line, ...]]:
        first, last = parts[0].heading, parts[-1].heading
        names = first if len(parts) == 1 else f"{first} to {last}"

        def progress(fraction: float, message: str) -> None:
            report(fraction, f"Writing {names.lower()}: {message}")

        tokens = longest_answer(self.brief, parts)
        reply = self.ask(text, tokens, self.seed + SEEDS_APART * self.questions, progress)
        self.questions += 1
        found = read_answer(reply.text, reply.finished)
        self.title = self.title or found.title
        return given_to(parts, found)

    def _try_again(self, one: Part, report: Report) -> None:
        """Ask for a part until it fits or its tries are used up; the best answer is kept."""
        for number in range(1, self.brief.tries):
            faults = self._faults(one)
            if not faults:
                return
            share = part(report, (number - 1) / self.brief.tries, number / self.brief.tries)
            text = question_again(self.brief, one, faults[:MOST_FAULTS], self._before(one))
            given = self._asked(text, [one], share)
            if self._cost(one, given.get(one.heading, ())) < self._cost(one, self.lines.get(one.heading, ())):
                self._take([one], given)

    def _take(self, parts: list[Part], given: Mapping[str, tuple[Line, ...]]) -> None:
        for one in parts:
            if given.get(one.heading):
                self.lines[one.heading] = given[one.heading]

    def _faults(self, one: Part) -> list[str]:
        return faults_of(one, self.lines.get(one.heading, ()), self.brief, self._elsewhere(one))

    def _cost(self, one: Part, lines: tuple[Line, ...]) -> tuple[int, int, int]:
        """How far a part is from the plan: lines too many or too few, lines at fault, syllables off."""
        aim = self.brief.plan.syllables_per_line
        faults = faults_of(one, lines, self.brief, self._elsewhere(one))
        off = sum(abs(len(line.syllables) - aim) for line in lines)
        return (abs(len(lines) - one.lines), len(faults), off)

    def _elsewhere(self, one: Part) -> frozenset[str]:
        """Return the lines of the parts before: of two that say the same, the later one is at fault."""
        before = [part.heading for part in parts_of(self.brief.plan) if part.places < one.places]
        return frozenset(line.text.casefold() for name in before for line in self.lines.get(name, ()))

    def _before(self, one: Part) -> str:
        """Return the words of the other parts that stand already, the last two of them."""
        standing = [(heading, lines) for heading, lines in self.lines.items() if heading != one.heading]
        blocks = ["\n".join([f"[{name}]", *(line.text for line in lines)]) for name, lines in standing[-2:]]
        return "\n\n".join(blocks)

    def _laid_out(self, parts: tuple[Part, ...]) -> Written:
        plan = self.brief.plan
        sung = [section for section in plan.sections if plan.lines_in(section)]
        by_place = {place: self.lines.get(one.heading, ()) for one in parts for place in one.places}
        sections = tuple(
            LyricSection(kind=section.kind, lines=by_place[at][: plan.lines_in(section)])
            for at, section in enumerate(sung)
        )
        tongue = tongue_of("\n".join(line.text for section in sections for line in section.lines))
        kept = [self.lines.get(one.heading, ())[: one.lines] for one in parts]
        off = [line for lines in kept for line in off_plan(lines, self.brief)]
        return Written(
            title=self.title or plan.title,
            sections=sections,
            language=tongue.code if any(section.lines for section in sections) else "en",
            singable=tongue.singable,
            notes=tuple(self._notes(parts, off)),
            questions=self.questions,
            off_plan=len(off),
        )

    def _notes(self, parts: tuple[Part, ...], off: list[Line]) -> list[str]:
        """Return what still does not fit, a sentence each."""
        tries = f"{self.brief.tries} {'try' if self.brief.tries == 1 else 'tries'}"
        aim, slack = self.brief.plan.syllables_per_line, self.brief.slack
        notes = []
        for one in parts:
            lines = self.lines.get(one.heading, ())
            if not lines:
                notes.append(f"The model wrote no words for {one.heading.lower()} in {tries}.")
            elif len(lines) < one.lines:
                notes.append(f"{one.heading} has {len(lines)} of {one.lines} lines after {tries}.")
            elif len(lines) > one.lines:
                left = "; ".join(f"“{line.text}”" for line in lines[one.lines :][:SHOWN])
                notes.append(f"{one.heading} had {len(lines)} lines for {one.lines}; left out: {left}.")
        if off:
            shown = "; ".join(f"“{line.text[:60]}” ({len(line.syllables)})" for line in off[:SHOWN])
            more = " ..." if len(off) > SHOWN else ""
            notes.append(
                f"{len(off)} lines are more than {slack} syllables off the plan's {aim} after {tries}:"
                f" {shown}{more}."
            )
        return notes
