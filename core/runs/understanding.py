"""What ACE-Step's planner understands of sounds, and how well they match a prompt: asked beside the songs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from core.audio import Audio
from core.engines.acestep15.card import CARD
from core.engines.acestep15.planned import planner_asked
from core.engines.acestep15.settings import AceStepSettings
from core.engines.base import Engines
from core.engines.planner.answer import Understood
from core.engines.planner.layout import CODES_HZ
from core.errors import EngineMissingError, GainstageError
from core.progress import Report, part
from core.runs.jobs import Job, Lane
from core.stages.generate import SOURCE, GenerateSettings
from core.values import Json

MOST_HELD = 64
"""Questions whose answers are held; the oldest goes first."""
MOST_WAITING, MOST_PER_OWNER = 16, 2
UNTRAINED = "The weights declare themselves untrained: what they say means nothing."
_UNDERSTOOD = TypeAdapter(Understood)


@dataclass(frozen=True)
class About:
    """What is asked about a sound: what it is, and how well it matches a prompt, if one is given."""

    in_words: bool = True
    prompt: str = ""
    lyrics: str = ""


@dataclass(frozen=True)
class Answer:
    """What the planner says of one sound; ``match``: nats a code by which the prompt makes it likelier."""

    understood: Understood
    match: float | None
    seconds: float
    """Length of the sound, in whole codes."""
    planner: str
    untrained: bool


@dataclass(eq=False)
class Question:
    """A question about one or more sounds, by their names, and the answers that are there."""

    job: Job
    answers: dict[str, Answer] = field(default_factory=dict)


class Understandings:
    """The questions of a studio, one after the other; the thread starts with the first."""

    def __init__(self, engines: Engines, *, hosted: bool = False) -> None:
        self._engines = engines
        self._hosted = hosted
        self._questions: dict[str, Question] = {}
        self._lane: Lane | None = None
        self._lock = threading.Lock()

    def missing(self, settings: GenerateSettings) -> GainstageError | None:
        """Return why nothing can be asked here, with its remedy; None where it can."""
        try:
            checked(self._engines, self._allowed(settings))
        except GainstageError as error:
            return error
        return None

    def begin(
        self,
        name: str,
        owner: str,
        sounds: Mapping[str, Callable[[], Audio]],
        settings: GenerateSettings,
        about: About,
    ) -> None:
        """Ask about sounds, which are read when their turn comes; the same question that runs is let run.

        Raises EngineMissingError without ACE-Step or a planner, BusyError when too many questions wait. What
        happens later stays on the job.
        """
        settings = self._allowed(settings)
        checked(self._engines, settings)
        pending, count = list(sounds.items()), len(sounds)
        with self._lock:
            held = self._questions.get(name)
            if held is not None and held.job.live:
                return
            if self._lane is None:
                self._lane = Lane("understanding", most_waiting=MOST_WAITING, most_per_owner=MOST_PER_OWNER)

            def work(report: Report) -> None:
                try:
                    while pending:
                        number = count - len(pending)
                        share = part(report, number / count, (number + 1) / count)
                        share(0.0, "Reading the sound")
                        sound, read = pending.pop(0)
                        reply = ask(self._engines, read(), settings, about, share)
                        question.answers[sound] = answer_of(reply)
                finally:
                    # The question is held for its answers, and the files are not to be held with it.
                    pending.clear()

            question = Question(Job(name, owner, work, message="Waiting for another question"))
            self._lane.submit(question.job)
            self._questions.pop(name, None)
            self._questions[name] = question
            self._forget_oldest()

    def question(self, name: str) -> Question | None:
        """Return the last question of this name; None when there was none."""
        return self._questions.get(name)

    def cancel(self, name: str) -> None:
        """Stop a question at its next report; the answers that are there stay."""
        question = self._questions.get(name)
        if question is not None:
            question.job.cancel()

    def close(self) -> None:
        """Cancel all of them."""
        if self._lane is not None:
            self._lane.close()

    def _allowed(self, settings: GenerateSettings) -> GenerateSettings:
        """Return the settings to ask with: a visitor's name no folder of this machine."""
        return GenerateSettings() if self._hosted else settings

    def _forget_oldest(self) -> None:
        ended = [name for name, question in self._questions.items() if not question.job.live]
        for name in ended[: max(0, len(self._questions) - MOST_HELD)]:
            del self._questions[name]


def checked(engines: Engines, settings: GenerateSettings) -> tuple[str, AceStepSettings]:
    """Return the checkpoint and the options to ask with; raises EngineMissingError without them."""
    named = settings.checkpoint if settings.engine_named in ("", CARD.name) else ""
    ready = engines.availability(CARD.name, named)
    if not ready.ready:
        reason = ready.reason.rstrip(".")
        raise EngineMissingError(f"ACE-Step cannot listen: {reason}.", remedy=ready.remedy or CARD.how_to_add)
    options = CARD.options(settings.options)
    if not isinstance(options, AceStepSettings):
        raise TypeError(f"ACE-Step's settings are {type(options).__name__}")
    planner_asked(options)
    return named or ready.checkpoint, options


def ask(
    engines: Engines, song: Audio, settings: GenerateSettings, about: About, report: Report
) -> Mapping[str, Json]:
    """Return what the planner says of a song, as the engine answers it.

    Raises EngineMissingError without ACE-Step or a planner, and EngineError's other children.
    """
    checkpoint, options = checked(engines, settings)
    reply = engines.call(
        CARD.name,
        "understand",
        values={
            "checkpoint": checkpoint,
            "options": options.model_dump(mode="json"),
            "prompt": about.prompt,
            "typed_lyrics": about.lyrics,
            "in_words": about.in_words,
        },
        sounds={SOURCE: song},
        report=report,
    )
    return reply.values


def answer_of(values: Mapping[str, Json]) -> Answer:
    """Return an engine's answer as facts; what another version of the engine adds is left out."""
    match, codes = values.get("match"), values.get("codes")
    return Answer(
        understood=_UNDERSTOOD.validate_python(values.get("understood") or {}),
        match=float(match) if isinstance(match, (int, float)) else None,
        seconds=codes / CODES_HZ if isinstance(codes, int) else 0.0,
        planner=str(values.get("planner") or ""),
        untrained=values.get("untrained") is True,
    )
