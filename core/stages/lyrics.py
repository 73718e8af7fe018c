"""Lyrics: the prompt understood as a plan, and the words of the song."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from core.checks.words import NoAccidentalRepeats, SectionsHold, Singable, SyllablesFit
from core.contract import Contract
from core.song import Lyrics
from core.stages.base import MadeBy, Output, StageSettings, Work


class Rhyme(StrEnum):
    """Which lines of a verse rhyme."""

    COUPLETS = "AABB"
    ALTERNATE = "ABAB"


class LyricsSettings(StageSettings):
    """How the words are written."""

    rhyme: Rhyme = Field(
        default=Rhyme.ALTERNATE,
        title="Rhyme scheme",
        description="Which lines of a section rhyme, when the embedded writer writes.",
    )


class LyricsStage:
    """A request in; a plan and lyrics out, no sound."""

    name: ClassVar[str] = "lyrics"
    title: ClassVar[str] = "Lyrics"
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ()
    settings_type: type[LyricsSettings] = LyricsSettings
    contract: Contract = Contract(
        checks=(), whole=(SectionsHold(), SyllablesFit(), NoAccidentalRepeats(), Singable())
    )

    def run(self, work: Work[LyricsSettings]) -> Output:
        """Return the plan and the words: typed ones, written ones, or none for an instrumental."""
        from core.writing.lyricist import write_lyrics
        from core.writing.plan import make_plan
        from core.writing.typed import parse_typed

        request = work.request
        if request.upload is not None:
            return Output(
                made_by=MadeBy("upload", "Brought by you"),
                notes=("The song was brought: there is no plan, and no words.",),
            )
        work.report(0.1, "Understanding the prompt")
        typed = parse_typed(request.typed_lyrics) if request.typed_lyrics.strip() else None
        plan = make_plan(request, typed)
        work.report(0.5, "Writing the words")
        if plan.instrumental:
            lyrics = Lyrics(title=plan.title, sections=(), source="none")
            made_by = MadeBy("writer", "No words: instrumental")
        elif typed is not None:
            lyrics, made_by = typed, MadeBy("typed", "Typed by you")
        else:
            lyrics = write_lyrics(plan, couplets=work.settings.rhyme is Rhyme.COUPLETS)
            made_by = MadeBy("writer", "Embedded writer")
        return Output(made_by=made_by, plan=plan, lyrics=lyrics, notes=plan.notes)
