"""Separate: vocals, drums, bass and other, from the song's own true stems or from a separator."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

import numpy as np
from pydantic import Field

from core.audio import Audio, Stems
from core.checks import COMMON
from core.checks.stems import NotScaledCopies, StemsHeard, StemSum, residual_db
from core.contract import Contract, Promise
from core.engines.base import Engines
from core.errors import EngineMissingError, NotFoundError
from core.stages.base import Choice, MadeBy, Output, StageSettings, Work

TRUE_STEMS = "true_stems"
PREFIX = "song/"
AGREE_DB = -60.0
"""True stems that leave more than this of the song are not its stems."""
SILENT_PEAK = 10 ** (-90 / 20)


class Residual(StrEnum):
    """What to do with what a separator's stems leave of the song."""

    FOLD = "fold into other"
    KEEP = "keep apart"


class SeparateSettings(StageSettings):
    """How the song is taken apart."""

    engine: str = Field(
        default="auto",
        title="Separator",
        description="auto takes the true stems when the song comes with them, else a separator.",
    )
    residual: Residual = Field(
        default=Residual.FOLD,
        title="Residual",
        description="Folding what the stems leave into other makes their sum exact.",
    )


class SeparateStage:
    """``song`` (and perhaps ``song/<stem>``) in, stems by name out."""

    name: ClassVar[str] = "separate"
    title: ClassVar[str] = "Separate"
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ("assemble",)
    settings_type: type[SeparateSettings] = SeparateSettings
    contract: Contract = Contract(checks=COMMON, whole=(StemSum(), NotScaledCopies(), StemsHeard()))

    def choose(
        self, settings: SeparateSettings, sounds: Mapping[str, Mapping[str, Audio]], engines: Engines
    ) -> Choice:
        """Take true stems when they ride along and none other is named; else a separator that is ready.

        Raises EngineMissingError when the named separator, or every separator, cannot run here.
        """
        given = sounds.get("assemble", {})
        true = any(name.startswith(PREFIX) for name in given)
        if settings.engine == TRUE_STEMS and not true:
            raise EngineMissingError(
                "The song comes without true stems.", remedy="Set the separator to auto."
            )
        if true and settings.engine in ("auto", TRUE_STEMS):
            return Choice(TRUE_STEMS, "the song comes with its true stems")
        if settings.engine != "auto":
            state = engines.availability(settings.engine)
            if not state.ready:
                raise EngineMissingError(
                    f"{engines.card(settings.engine).title} cannot run here: {state.reason}",
                    remedy=state.remedy,
                )
            return Choice(settings.engine, "chosen by you")
        cards = engines.cards("separate")
        for card in cards:
            if engines.availability(card.name).ready:
                return Choice(card.name, f"{card.title} is the best separator that can run here")
        raise EngineMissingError(
            "No separator is installed, and this song has no true stems.",
            causes=tuple(f"{card.title}: {engines.availability(card.name).reason}" for card in cards),
            remedy="Run make models (pip install -r requirements.txt), or start from stems.",
        )

    def run(self, work: Work[SeparateSettings]) -> Output:
        """Return the stems; raises EngineError's children, and NotFoundError without a song."""
        given = work.inputs.get("assemble", {})
        if "song" not in given:
            raise NotFoundError("There is no song to separate.", remedy="Run assemble first.")
        if work.engine == TRUE_STEMS:
            stems = {n.removeprefix(PREFIX): a for n, a in given.items() if n.startswith(PREFIX)}
            made_by = MadeBy(TRUE_STEMS, "True stems of the song")
        else:
            stems, made_by = self._separated(work, given["song"])
        before_db = residual_db(given["song"].samples, {n: a.samples for n, a in stems.items()})
        if work.settings.residual is Residual.FOLD and work.engine != TRUE_STEMS and "other" in stems:
            stems = stems | {"other": _with_residual(given["song"], stems)}
        return self._output(work, given["song"], stems, made_by, before_db)

    def _separated(self, work: Work[SeparateSettings], song: Audio) -> tuple[dict[str, Audio], MadeBy]:
        card = work.engines.card(work.engine)
        reply = work.engines.call(
            work.engine, "separate", values={}, sounds={"song": song}, report=work.report
        )
        native = reply.values.get("native_rate")
        made_by = MadeBy(
            engine=card.name,
            title=card.title,
            version=card.version,
            device=reply.device,
            precision=reply.precision,
            native_rate=int(native) if isinstance(native, int) else None,
            approximate=card.approximate,
        )
        return dict(Stems(reply.sounds)), made_by

    def _output(
        self,
        work: Work[SeparateSettings],
        song: Audio,
        stems: dict[str, Audio],
        made_by: MadeBy,
        before_db: float,
    ) -> Output:
        uploaded = work.request.upload is not None
        sung = work.lyrics is not None and bool(work.lyrics.lines) and work.lyrics.singable
        quiet = {name for name, audio in stems.items() if _is_silent(audio)}
        # Stems a person brings may rest; a separator finds nothing where a part does not play.
        may_rest = quiet if uploaded or made_by.engine != TRUE_STEMS else quiet & {"vocals", "drums", "bass"}
        chosen = {name for name in may_rest if not (name == "vocals" and sung)}
        if len(chosen) == len(stems):
            chosen = set()
        return Output(
            made_by=made_by,
            sounds=stems,
            figures={"residual_db": round(before_db, 2)},
            promise=Promise(
                duration_s=song.duration_s,
                duration_tolerance_s=0.5 / song.sample_rate,
                sample_rate=song.sample_rate,
                channels=song.channels,
            ),
            chosen_silent=frozenset(chosen),
            brought=uploaded and made_by.engine == TRUE_STEMS,
        )


def _with_residual(song: Audio, stems: Mapping[str, Audio]) -> Audio:
    rest = song.samples.astype(np.float64)
    for name, audio in stems.items():
        if name != "other":
            rest -= audio.samples
    return Audio(rest.astype(np.float32), song.sample_rate)


def _is_silent(audio: Audio) -> bool:
    peak = max(float(audio.samples.max(initial=0.0)), -float(audio.samples.min(initial=0.0)))
    return peak < SILENT_PEAK
