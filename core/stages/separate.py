"""Separate: vocals, drums, bass and other, from the song's own true stems or from a separator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar

import numpy as np

from core.audio import Audio, Samples, Stems
from core.checks import COMMON
from core.checks.context import is_audible
from core.checks.figures import SeparateFigures
from core.checks.stem_names import RightNames
from core.checks.stems import NotAllSilent, NotScaledCopies, StemSum, VocalsAudible, residual_db
from core.checks.sung import LinesSung, Unsung, VoiceThere
from core.checks.trained import Trained
from core.contract import Contract, Figures, Material, Promise
from core.engines.base import EngineOptions, Engines
from core.errors import EngineMissingError, EngineOutputError, NotFoundError
from core.measure import Measurement, measure
from core.settings import pick
from core.stages.base import Choice, MadeBy, Output, StageSettings, Work
from core.stages.choice import (
    AUTO,
    best_engine,
    checkpoint_field,
    named_engine,
    options_field,
    weights_wanted,
)
from core.values import Json

SONG = "song"
PREFIX = "song/"
TRUE_STEMS = "true_stems"
"""The engine name of stems that came along with the song."""
FOLDED_INTO = "other"
VOCALS = "vocals"
AGREE_DB = -60.0
"""Stems that leave more than this of the song are not its true ones."""
CHUNK_FRAMES = 1 << 16
WINDOWS, WINDOW_FRAMES = 64, 2048
"""How much of the song is looked at to choose: 3 s, evenly taken."""


class Residual(StrEnum):
    """What to do with what a separator's stems leave of the song."""

    FOLD = "fold into other"
    KEEP = "keep apart"


class SeparateSettings(StageSettings):
    """How the song is taken apart."""

    engine: str = pick(
        AUTO,
        "Separator",
        "auto takes the true stems when the song comes with them, else a separator.",
    )
    residual: Residual = pick(
        Residual.FOLD, "Residual", "Folding what the stems leave into other makes their sum exact."
    )
    checkpoint: str = checkpoint_field()
    options: EngineOptions = options_field()

    @property
    def engine_named(self) -> str:
        """The engine that these settings ask for by name; empty when they ask for none."""
        return "" if self.engine in (AUTO, TRUE_STEMS) else self.engine


@dataclass(frozen=True, eq=False)
class _Separated:
    """Stems and who made them; ``before_db`` is what they left of the song before any folding."""

    stems: Mapping[str, Audio]
    made_by: MadeBy
    before_db: float
    sum_exact: bool
    reported: Mapping[str, Json] = field(default_factory=dict)
    """What the separator says of itself."""

    @property
    def untrained(self) -> bool:
        """Whether its weights declare themselves random."""
        return self.reported.get("untrained") is True


class SeparateStage:
    """``song`` (and perhaps ``song/<stem>``) in, stems by name out."""

    name: ClassVar[str] = "separate"
    title: ClassVar[str] = "Separate"
    about: ClassVar[str] = "The song taken apart into stems."
    icon: ClassVar[str] = ":material/call_split:"
    version: ClassVar[int] = 2
    delivers: ClassVar[Material] = Material.STEMS
    takes: ClassVar[tuple[Material, ...]] = (Material.SONG,)
    settings_type: type[SeparateSettings] = SeparateSettings
    figures_type: ClassVar[type[Figures]] = SeparateFigures
    contract: Contract = Contract(
        checks=(*COMMON, VoiceThere(), LinesSung(), Unsung()),
        whole=(NotAllSilent(), RightNames(), StemSum(), NotScaledCopies(), VocalsAudible(), Trained()),
    )

    def choose(
        self, settings: SeparateSettings, sounds: Mapping[str, Mapping[str, Audio]], engines: Engines
    ) -> Choice:
        """Take true stems when they ride along and add up to the song; else a separator that is ready.

        Raises EngineMissingError when the named separator, or every separator, cannot run here, or when true
        stems are asked for and there are none.
        """
        given = sounds.get(Material.SONG, {})
        stems = _true_stems(given)
        if settings.engine == TRUE_STEMS:
            return _asked_for_true_stems(stems)
        options = settings.options
        weights = weights_wanted("separate", settings.engine, settings.checkpoint, options, engines)
        if settings.engine != AUTO:
            return named_engine(settings.engine, engines, weights, options)
        misfit = _misfit(given.get(SONG), stems)
        if stems and not misfit:
            return Choice(TRUE_STEMS, "the song comes with its true stems")
        return best_engine(
            "separate",
            engines,
            weights,
            options,
            "Run make models (pip install -r requirements.txt), or start from stems.",
            because=f"{misfit}; " if misfit else "",
            without="No separator can run here, and the song has no true stems that add up to it.",
        )

    def run(self, work: Work[SeparateSettings]) -> Output:
        """Return the stems.

        Raises EngineError's children; NotFoundError without a song; EngineOutputError when the separator's
        stems have not the song's length and channels.
        """
        given = work.inputs.get(Material.SONG, {})
        if SONG not in given:
            raise NotFoundError("There is no song to separate.", remedy="Run assemble first.")
        song = given[SONG]
        done = _taken(song, given) if work.engine == TRUE_STEMS else _separated(work, song)
        readings = {name: measure(audio) for name, audio in done.stems.items()}
        sung = _is_sung(work)
        return Output(
            made_by=done.made_by,
            sounds=done.stems,
            figures=SeparateFigures(
                engine=done.reported,
                residual_db=round(done.before_db, 2),
                sum_exact=done.sum_exact,
                levels_dbfs={name: reading.rms_dbfs for name, reading in readings.items()},
                sung=sung,
            ),
            notes=_notes(done.made_by),
            promise=replace(Promise.form_of(song), engine_untrained=done.untrained),
            chosen_silent=_may_rest(measure(song), readings, sung),
            uploaded=work.request.upload is not None and work.engine == TRUE_STEMS,
        )


def _true_stems(given: Mapping[str, Audio]) -> dict[str, Audio]:
    return {name.removeprefix(PREFIX): audio for name, audio in given.items() if name.startswith(PREFIX)}


def _asked_for_true_stems(stems: Mapping[str, Audio]) -> Choice:
    if stems:
        return Choice(TRUE_STEMS, "chosen by you")
    raise EngineMissingError(
        "The song comes without true stems.",
        causes=("the engine that made it delivers none", "it was uploaded as one file"),
        remedy="Set the separator to auto.",
    )


def _misfit(song: Audio | None, stems: Mapping[str, Audio]) -> str:
    """Say why the true stems are not this song's; empty when they are, or when there are none.

    Looks at short windows over the whole song, so that a fader change is not held up by it.
    """
    if song is None or not stems:
        return ""
    if any(stem.samples.shape != song.samples.shape for stem in stems.values()):
        return "the true stems have not the song's length"
    whole, *parts = sampled = [_sampled(audio) for audio in (song, *stems.values())]
    broken = ~np.isfinite(sampled).all(axis=0)
    for pieces in sampled:
        pieces[broken] = 0.0
    left_db = residual_db(whole, dict(zip(stems, parts, strict=True)))
    return "" if left_db <= AGREE_DB else f"the true stems leave {left_db:.0f} dB of the song"


def _sampled(audio: Audio) -> Samples:
    starts = np.unique(np.linspace(0, max(0, audio.frames - WINDOW_FRAMES), WINDOWS).astype(int))
    return np.concatenate([audio.samples[start : start + WINDOW_FRAMES] for start in starts])


def _taken(song: Audio, given: Mapping[str, Audio]) -> _Separated:
    stems = _true_stems(given)
    if not stems:
        raise NotFoundError("The song comes without true stems.", remedy="Set the separator to auto.")
    fitting = {n: a.samples for n, a in stems.items() if a.samples.shape == song.samples.shape}
    left_db = residual_db(song.samples, fitting)
    return _Separated(stems, MadeBy(TRUE_STEMS, "The song's own stems"), left_db, left_db <= AGREE_DB)


def _separated(work: Work[SeparateSettings], song: Audio) -> _Separated:
    card = work.engines.card(work.engine)
    values = {
        "checkpoint": work.checkpoint,
        "options": card.options(work.settings.options).model_dump(mode="json"),
        "seed": work.request.seed,
    }
    sounds = {SONG: song}
    reply = work.engines.call(work.engine, "separate", values=values, sounds=sounds, report=work.report)
    odd = [name for name, stem in reply.sounds.items() if stem.samples.shape != song.samples.shape]
    if odd or not reply.sounds:
        raise EngineOutputError(
            f"{card.title} returned "
            + (f"{', '.join(odd)} in another length or channel count than the song." if odd else "no stems."),
            causes=("the separator stopped early", "its output has another form than its adapter expects"),
            remedy="Separate again, or choose another separator.",
        )
    stems = dict(Stems(reply.sounds))
    before_db = residual_db(song.samples, {name: stem.samples for name, stem in stems.items()})
    folded = work.settings.residual is Residual.FOLD and FOLDED_INTO in stems
    if folded:
        stems[FOLDED_INTO] = _rest_of(song, [a for name, a in stems.items() if name != FOLDED_INTO])
    native = reply.values.get("native_rate")
    made_by = MadeBy(
        engine=card.name,
        title=card.title,
        version=card.version,
        device=reply.device,
        precision=reply.precision,
        native_rate=native if isinstance(native, int) else None,
        approximate=card.approximate,
    )
    reported = {name: value for name, value in reply.values.items() if name != "native_rate"}
    return _Separated(stems, made_by, before_db, folded, reported)


def _rest_of(song: Audio, stems: list[Audio]) -> Audio:
    """Return what the stems leave of the song, subtracted in double precision."""
    out = np.empty(song.samples.shape, np.float32)
    for start in range(0, song.frames, CHUNK_FRAMES):
        part = slice(start, start + CHUNK_FRAMES)
        rest = song.samples[part].astype(np.float64)
        for stem in stems:
            rest -= stem.samples[part]
        out[part] = rest
    return Audio(out, song.sample_rate)


def _is_sung(work: Work[SeparateSettings]) -> bool:
    instrumental = work.request.instrumental or (work.plan is not None and work.plan.instrumental)
    lyrics = work.lyrics
    maker = work.made_by.get("generate")
    voiced = lyrics is not None and bool(lyrics.lines) and lyrics.singable
    return voiced and not instrumental and (maker is None or maker.sings)


def _may_rest(song: Measurement, stems: Mapping[str, Measurement], sung: bool) -> frozenset[str]:
    """Return the stems that are rightly silent: those that do not play, though a sung song has a voice.

    Of a silent song all are. Of another none may rest when all do: then they are broken.
    """
    if not is_audible(song):
        return frozenset(stems)
    quiet = {name for name, reading in stems.items() if not is_audible(reading)}
    return frozenset() if len(quiet) == len(stems) else frozenset(quiet - ({VOCALS} if sung else set()))


def _notes(made_by: MadeBy) -> tuple[str, ...]:
    return (f"Stems by {made_by.title}: an approximation.",) if made_by.approximate else ()
