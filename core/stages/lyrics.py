"""Lyrics: the request is understood as a plan, and the plan gets its words.

Words that were typed are kept as they are; else the embedded writer writes them. No sound is made here.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from core.checks.words import LineRepeats, LinesFit, Sections, Singable
from core.contract import Contract
from core.home import storage_error
from core.song import Lyrics, Plan, SongRequest
from core.stages.base import MadeBy, Output, StageSettings, Work
from core.values import Json
from core.writing.given_plan import FILE, plan_text, played
from core.writing.lyricist import Scheme, Style, write_lyrics
from core.writing.plan import make_plan
from core.writing.pronunciation import rhymes
from core.writing.syllables import words_of
from core.writing.typed import parse_typed


class Writer(StrEnum):
    """Who writes the words."""

    AUTO = "auto"
    """Typed words when there are any, else the embedded writer."""
    EMBEDDED = "embedded"
    """The embedded writer, even when words were typed."""


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

    writer: Writer = Field(
        default=Writer.AUTO,
        title="Writer",
        description="auto sings typed words as they are and writes its own when there are none.",
    )
    rhyme: Rhyme = Field(
        default=Rhyme.AUTO,
        title="Rhyme scheme",
        description="Which lines of a verse rhyme; auto lets the seed choose. Typed words keep their own.",
    )
    hook: Hook = Field(
        default=Hook.ON, title="Hook", description="Whether one line comes back within the chorus."
    )
    plan: Plan | None = Field(
        default=None,
        title="Plan",
        description="The plan to play in place of the one that the prompt is understood as.",
    )


class LyricsStage:
    """The request in; the plan and the words out."""

    name: ClassVar[str] = "lyrics"
    title: ClassVar[str] = "Lyrics"
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ()
    settings_type: type[LyricsSettings] = LyricsSettings
    contract: Contract = Contract(checks=(), whole=(Sections(), Singable(), LinesFit(), LineRepeats()))

    def run(self, work: Work[LyricsSettings]) -> Output:
        """Plan and write; an upload brings its own song and gets neither plan nor words."""
        request, settings = work.request, work.settings
        if request.upload is not None:
            return Output(
                made_by=MadeBy(engine="upload", title="Brought by you"),
                notes=("The song was brought as sound: there is nothing to plan or to write.",),
                brought=True,
            )
        work.report(0.0, "Understanding the prompt")
        typed = _typed(request, settings)
        plan = make_plan(request, typed) if settings.plan is None else played(settings.plan, request)
        work.report(0.4, "Writing the words")
        lyrics = _words(plan, typed, settings)
        made_by = (
            MadeBy(engine="typed", title="Typed")
            if lyrics.source == "typed"
            else MadeBy(engine="writer", title="Embedded writer", version="1")
        )
        return Output(
            made_by=made_by,
            plan=plan,
            lyrics=lyrics,
            files=_plan_file(work.scratch, plan),
            figures=_figures(lyrics),
            notes=(*plan.notes, *_notes(plan, request, typed, lyrics)),
        )


def _plan_file(scratch: Path, plan: Plan) -> dict[str, Path]:
    path = scratch / FILE
    try:
        path.write_text(plan_text(plan), encoding="utf-8")
    except OSError as error:
        raise storage_error(error, "The song's plan cannot be written.") from error
    return {FILE: path}


def _typed(request: SongRequest, settings: LyricsSettings) -> Lyrics | None:
    """Return the typed words; None when there are none to sing."""
    if request.instrumental or settings.writer is Writer.EMBEDDED or not request.typed_lyrics.strip():
        return None
    lyrics = parse_typed(request.typed_lyrics)
    return lyrics if lyrics.sections else None


def _words(plan: Plan, typed: Lyrics | None, settings: LyricsSettings) -> Lyrics:
    if plan.instrumental:
        return Lyrics(title=plan.title, sections=(), source="writer")
    if typed is not None:
        return typed.model_copy(update={"title": typed.title or plan.title})
    scheme = None if settings.rhyme is Rhyme.AUTO else Scheme(settings.rhyme.value)
    return write_lyrics(plan, Style(scheme=scheme, hook=settings.hook is Hook.ON))


def _notes(plan: Plan, request: SongRequest, typed: Lyrics | None, lyrics: Lyrics) -> list[str]:
    notes = []
    if plan.not_understood:
        listed = ", ".join(plan.not_understood[:8]) + (" ..." if len(plan.not_understood) > 8 else "")
        use = (
            "they only colour the words"
            if lyrics.source == "writer" and lyrics.sections
            else "they were not used"
        )
        notes.append(f"Not understood as music: {listed}; {use}.")
    if request.typed_lyrics.strip() and typed is None:
        why = (
            "the song is instrumental"
            if plan.instrumental
            else "the writer was chosen instead"
            if lyrics.source == "writer" and parse_typed(request.typed_lyrics).sections
            else "there are no words in them"
        )
        notes.append(f"The typed lyrics are not sung: {why}.")
    return notes


def _figures(lyrics: Lyrics) -> dict[str, Json]:
    lines = [line for line in lyrics.lines if line.syllables]
    ends = [words_of(line.text)[-1] for line in lines]
    rhyming = sum(
        any(rhymes(end, other) for other in ends[max(0, at - 3) : at + 4]) for at, end in enumerate(ends)
    )
    return {
        "lines": len(lines),
        "words": sum(len(words_of(line.text)) for line in lines),
        "syllables": sum(len(line.syllables) for line in lines),
        "lines_that_rhyme": rhyming,
        "language": lyrics.language,
    }
