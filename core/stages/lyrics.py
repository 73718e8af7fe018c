"""Lyrics: the request is understood as a plan, and the plan gets its words.

Words that were typed are stored as they are; else the embedded writer writes them, or a language model that
was named. A model that cannot run is an error, and what it writes is judged: the embedded writer never takes
its place. No sound is made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from core.checks.figures import LyricsFigures
from core.checks.trained import Trained
from core.checks.words import LineRepeats, LinesFit, Sections, Singable
from core.checks.written import OnPlan, RealWords
from core.contract import Contract, Figures, Material, Promise
from core.engines.base import EngineOptions, Engines
from core.errors import EngineOutputError, SettingsError
from core.machine.home import storage_error
from core.progress import Report, part
from core.settings import machine_line, pick
from core.song import Lyrics, Midi, Plan, SongRequest
from core.stages.base import Choice, MadeBy, Output, StageSettings, Work
from core.stages.choice import AUTO, named_engine, options_field
from core.writing import modelled
from core.writing.brief import brief_of
from core.writing.given_plan import FILE, plan_text, played
from core.writing.lyricist import Scheme, Style, write_lyrics
from core.writing.model_settings import ModelSettings
from core.writing.plan import make_plan
from core.writing.pronunciation import rhymes
from core.writing.syllables import words_of
from core.writing.typed import parse_typed

TYPED, EMBEDDED, UPLOAD, MIDI = "typed", "writer", "upload", "midi"
"""Who else the words may come from, as engine names."""
LARGEST_SEED = 2**62
MODEL = "language-model"
"""The engine that writes where a model is asked for and none is named."""
WRITERS = {
    AUTO: "Auto: typed words, else a model that was named, else the built-in writer",
    "embedded": "Built-in writer, even when words were typed",
    "model": "Language model, even when words were typed",
}
"""Who writes, beside the engines by their names."""


class Rhyme(StrEnum):
    """Which lines of a verse rhyme."""

    AUTO = "auto"
    ABAB = "ABAB"
    AABB = "AABB"
    ABCB = "ABCB"


class Hook(StrEnum):
    """Whether one line comes back within the chorus."""

    ON = "on"
    OFF = "off"


class LyricsSettings(StageSettings):
    """How the words are written."""

    writer: str = pick(
        AUTO,
        "Writer",
        "auto sings typed words as they are. When there are none, the language model whose checkpoint is "
        "named writes them, else the built-in writer.",
    )
    rhyme: Rhyme = pick(
        Rhyme.AUTO,
        "Rhyme scheme",
        "Which lines of a verse rhyme; auto lets the seed choose. Typed lyrics keep their own.",
    )
    hook: Hook = pick(Hook.ON, "Hook", "Whether one line comes back within the chorus.")
    plan: Plan | None = pick(
        None, "Plan", "The plan to play in place of the one that the prompt is understood as."
    )
    words: Lyrics | None = pick(
        None, "Words", "The words to sing in place of those that were typed or written: edited line by line."
    )
    checkpoint: str = machine_line(
        "Language model",
        "A folder with an instruct model, or its address in the hub's cache (owner/name); empty for the "
        "usual places.",
    )
    remote_code: bool = pick(
        False,
        "Allow remote code (trust_remote_code)",
        "SongComposer comes with code that runs on this machine with all of its rights. Switch this on when "
        "you have read it and agree.",
        operator_only=True,
    )
    model: ModelSettings = pick(ModelSettings(), "Language model", "Settings of the language model.")
    options: EngineOptions = options_field()

    @property
    def engine_named(self) -> str:
        """The engine that these settings ask for by name; empty when they ask for none."""
        return "" if self.writer in WRITERS else self.writer

    @property
    def scheme(self) -> Scheme | None:
        """The rhyme scheme that was asked for; None leaves it to the seed."""
        return None if self.rhyme is Rhyme.AUTO else Scheme(self.rhyme.value)


class LyricsStage:
    """The request in; the plan and the words out."""

    name: ClassVar[str] = "lyrics"
    title: ClassVar[str] = "Lyrics"
    about: ClassVar[str] = "What the song is to be, and its words."
    icon: ClassVar[str] = ":material/lyrics:"
    version: ClassVar[int] = 2
    delivers: ClassVar[Material] = Material.WORDS
    takes: ClassVar[tuple[Material, ...]] = ()
    settings_type: type[LyricsSettings] = LyricsSettings
    figures_type: ClassVar[type[Figures]] = LyricsFigures
    contract: Contract = Contract(
        checks=(),
        whole=(Sections(), Singable(), LinesFit(), LineRepeats(), OnPlan(), RealWords(), Trained()),
    )

    def choose_for(self, request: SongRequest, settings: LyricsSettings, engines: Engines) -> Choice:
        """Pick who writes: whoever was named, else typed words, the named model, the embedded writer.

        Raises EngineMissingError when a model is to write and cannot run here, SettingsError when its own
        code would run and nobody agreed to that.
        """
        if request.upload is not None:
            return Choice(UPLOAD, "the song was uploaded as audio")
        if request.midi is not None:
            return Choice(MIDI, "the song was uploaded as a MIDI file")
        if settings.words is not None and not request.instrumental:
            return Choice(TYPED, "the words were edited")
        typed = typed_words(request, settings)
        if typed is not None:
            return Choice(TYPED, "the words were typed")
        if settings.writer == "embedded":
            return Choice(EMBEDDED, "chosen by you")
        if (settings.plan or make_plan(request, None)).instrumental:
            return Choice(EMBEDDED, "the song is instrumental: no lyrics are needed")
        if settings.writer == AUTO and not settings.checkpoint:
            return Choice(EMBEDDED, "no words were typed and no language model was named")
        return _model_named(settings, engines)

    def run(self, work: Work[LyricsSettings]) -> Output:
        """Plan and write; an upload gets no plan, and only words of its own.

        Raises EngineError's children when a language model is to write and fails.
        """
        request, settings = work.request, work.settings
        if request.upload is not None:
            return Output(
                made_by=MadeBy(engine=UPLOAD, title="Uploaded by you"),
                notes=("The song was uploaded as audio: there is nothing to plan or to write.",),
                uploaded=True,
            )
        if request.midi is not None:
            return _from_midi(request, request.midi)
        work.report(0.0, "Understanding the prompt")
        typed = typed_words(request, settings)
        plan = make_plan(request, typed) if settings.plan is None else played(settings.plan, request)
        work.report(0.05, "Writing the words")
        if work.engine not in ("", TYPED, EMBEDDED) and not plan.instrumental:
            return _by_model(work, plan)
        lyrics = _words(plan, typed, settings)
        made_by = (
            MadeBy(engine=TYPED, title="Typed")
            if lyrics.source == TYPED
            else MadeBy(engine=EMBEDDED, title="Built-in writer", version="1")
        )
        return Output(
            made_by=made_by,
            plan=plan,
            lyrics=lyrics,
            files=_plan_file(work.scratch, plan),
            figures=_figures(lyrics),
            notes=(*plan.notes, *_notes(plan, request, typed, lyrics)),
        )


def _from_midi(request: SongRequest, midi: Midi) -> Output:
    """Return the words of a MIDI file, where they stand on notes; its form is its own, and needs no plan."""
    from core.midi.lyrics import lyrics_of
    from core.midi.reading import read_midi

    song = read_midi(midi.content, midi.name)
    lyrics = None if request.instrumental else lyrics_of(song)
    return Output(
        made_by=MadeBy(engine=MIDI, title="Uploaded by you"),
        lyrics=lyrics,
        figures=_figures(lyrics) if lyrics else None,
        notes=("The song was uploaded as a MIDI file: there is nothing to plan or to write.", *song.notes),
        uploaded=True,
    )


def _model_named(settings: LyricsSettings, engines: Engines) -> Choice:
    """Choose the engine that is to write, if its own code may run here."""
    card = engines.card(MODEL if settings.writer in WRITERS else settings.writer)
    if card.runs_own_code and not settings.remote_code:
        raise SettingsError(
            f"{card.title} runs code that comes with its weights, and that is not allowed yet.",
            remedy="Read that code, then switch on lyrics.remote_code, or choose another writer.",
        )
    return named_engine(card.name, engines, settings.checkpoint, settings.options)


def _plan_file(scratch: Path, plan: Plan) -> dict[str, Path]:
    path = scratch / FILE
    try:
        path.write_text(plan_text(plan), encoding="utf-8")
    except OSError as error:
        raise storage_error(error, "The song's plan cannot be written.") from error
    return {FILE: path}


@dataclass
class _Model:
    """The way to the language model, and what it reports about itself."""

    work: Work[LyricsSettings]
    name: str = ""
    device: str = "cpu"
    precision: str = "float32"
    untrained: bool = False
    notes: list[str] = field(default_factory=list)

    def ask(self, question: str, most_tokens: int, seed: int, report: Report) -> modelled.Reply:
        """Ask the engine one question; raises EngineError's children and what ``report`` raises."""
        own = self.work.settings.model
        card = self.work.engines.card(self.work.engine)
        reply = self.work.engines.call(
            self.work.engine,
            "answer",
            values={
                "question": question,
                "tokens": most_tokens,
                "seed": seed % LARGEST_SEED,
                "temperature": own.temperature,
                "top_p": own.top_p,
                "checkpoint": self.work.checkpoint,
                "remote_code": self.work.settings.remote_code,
                "options": card.options(self.work.settings.options).model_dump(mode="json"),
            },
            sounds={},
            report=report,
        )
        reported: Mapping[str, Any] = reply.values
        text = reported.get("text")
        if not isinstance(text, str):
            raise EngineOutputError(
                "The language model returned no text.",
                causes=("the engine's output has another form than its adapter expects",),
                remedy="Choose another writer, and report this with the engine's version.",
            )
        self.name, self.device, self.precision = str(reported.get("model", "")), reply.device, reply.precision
        self.untrained = reported.get("untrained") is True
        self.notes += [str(note) for note in reported.get("notes", ()) if note not in self.notes]
        return modelled.Reply(text, reported.get("finished") is not False)


def _by_model(work: Work[LyricsSettings], plan: Plan) -> Output:
    settings, own = work.settings, work.settings.model
    brief = brief_of(
        plan, settings.scheme, settings.hook is Hook.ON, own.language, slack=own.slack, tries=own.tries
    )
    model = _Model(work)
    written = modelled.write(brief, model.ask, work.request.seed, part(work.report, 0.05, 1.0))
    card = work.engines.card(work.engine)
    lyrics = Lyrics(
        title=written.title,
        sections=written.sections,
        language=written.language,
        source=model.name or card.title,
        singable=written.singable,
    )
    figures = replace(
        _figures(lyrics),
        language_asked=brief.language,
        rhyme_asked=brief.scheme.value,
        questions=written.questions,
        lines_off_plan=written.off_plan,
        slack=brief.slack,
    )
    return Output(
        made_by=MadeBy(
            engine=card.name,
            title=f"{card.title} ({model.name})" if model.name else card.title,
            version=card.version,
            device=model.device,
            precision=model.precision,
        ),
        plan=plan,
        lyrics=lyrics,
        files=_plan_file(work.scratch, plan),
        figures=figures,
        notes=(*plan.notes, *model.notes, *written.notes, *_notes(plan, work.request, None, lyrics)),
        promise=Promise(engine_untrained=model.untrained),
    )


def words_ahead(request: SongRequest, settings: LyricsSettings) -> Lyrics | None:
    """Return the words that a song would have, before it is made; None where a language model writes them."""
    typed = typed_words(request, settings)
    plan = make_plan(request, typed) if settings.plan is None else played(settings.plan, request)
    models = settings.writer not in (AUTO, "embedded") or (settings.writer == AUTO and settings.checkpoint)
    if models and typed is None and settings.words is None and not plan.instrumental:
        return None
    return _words(plan, typed, settings)


def typed_words(request: SongRequest, settings: LyricsSettings) -> Lyrics | None:
    """Return the typed words; None when there are none to sing."""
    if request.instrumental or settings.writer != AUTO or not request.typed_lyrics.strip():
        return None
    lyrics = parse_typed(request.typed_lyrics)
    return lyrics if lyrics.sections else None


def _words(plan: Plan, typed: Lyrics | None, settings: LyricsSettings) -> Lyrics:
    if plan.instrumental:
        return Lyrics(title=plan.title, sections=(), source=EMBEDDED)
    if settings.words is not None:
        return settings.words.model_copy(update={"title": plan.title, "source": TYPED})
    if typed is not None:
        return typed.model_copy(update={"title": typed.title or plan.title})
    return write_lyrics(plan, Style(scheme=settings.scheme, hook=settings.hook is Hook.ON))


def _notes(plan: Plan, request: SongRequest, typed: Lyrics | None, lyrics: Lyrics) -> list[str]:
    notes = []
    if plan.not_understood:
        listed = ", ".join(plan.not_understood[:8]) + (" ..." if len(plan.not_understood) > 8 else "")
        used = lyrics.source != TYPED and lyrics.sections
        notes.append(f"{'Used for lyrics only' if used else 'Not used'}: {listed}.")
    if request.typed_lyrics.strip() and typed is None:
        why = (
            "the song is instrumental"
            if plan.instrumental
            else "the writer was chosen instead"
            if lyrics.source != TYPED and parse_typed(request.typed_lyrics).sections
            else "there are no words in them"
        )
        notes.append(f"The typed lyrics are not sung: {why}.")
    return notes


def _figures(lyrics: Lyrics) -> LyricsFigures:
    lines = [line for line in lyrics.lines if line.syllables]
    ends = [words_of(line.text)[-1] for line in lines]
    rhyming = sum(
        any(rhymes(end, other) for other in ends[max(0, at - 3) : at + 4]) for at, end in enumerate(ends)
    )
    return LyricsFigures(
        lines=len(lines),
        words=sum(len(words_of(line.text)) for line in lines),
        syllables=sum(len(line.syllables) for line in lines),
        lines_that_rhyme=rhyming,
        language=lyrics.language,
    )
