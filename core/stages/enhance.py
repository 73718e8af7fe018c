"""Enhance: each stem through equaliser, de-esser, compressor and reverb, and back to its own loudness."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import ClassVar

from core.audio import Audio
from core.checks import COMMON
from core.checks.dynamics import CrestLoss, LevelChange, StemsKept, StemVanished, level_db
from core.checks.figures import EnhanceFigures, StemFigures
from core.checks.same_take import SameTake
from core.checks.stem_effects import KeepsToNoBlocks, KeepsTreble, NothingAdded
from core.contract import Contract, Figures, Material, Promise
from core.dsp.effect_chain import ChainSettings, EqBand, EqShape
from core.engines.base import Engines, Reply
from core.errors import EngineInputError, EngineMissingError, EngineOutputError, NotFoundError
from core.measure import Measurement, gained, measure
from core.progress import part
from core.settings import pick
from core.stages.answered import holding
from core.stages.base import Choice, MadeBy, Output, StageSettings, Work
from core.stages.stem_family import StemFamily, stem_family

ENGINE = "effects"
BYPASS = "bypass"
"""The engine name of stems that pass as they came."""
MATCH_LIMIT_DB = 12.0
"""The most gain that bringing a stem back to its loudness may take: beyond it the level change shows."""
NOTHING_THERE_DBFS = -70.0
MIN_FRAMES = 64


class Strength(StrEnum):
    """How far the built-in chains go; a chain of one's own is taken as it is."""

    LIGHT = "light"
    MEDIUM = "medium"
    STRONG = "strong"

    @property
    def amount(self) -> float:
        """Factor on gains, on what the ratio is over 1, on the compressor's range and on the reverb."""
        return {Strength.LIGHT: 0.5, Strength.MEDIUM: 1.0, Strength.STRONG: 1.5}[self]

    @property
    def threshold_shift_db(self) -> float:
        """What is added to the compressor's threshold."""
        return {Strength.LIGHT: 3.0, Strength.MEDIUM: 0.0, Strength.STRONG: -3.0}[self]


# What plucks or strikes has peaks so far over its mean that ratio and threshold alone took 6 dB and more from
# them; the range keeps the crest factor of such a stem within what the stage's own check allows.
_VOCALS = ChainSettings(
    bands=(
        EqBand(shape=EqShape.HIGH_PASS, frequency_hz=80),
        EqBand(shape=EqShape.PEAK, frequency_hz=3_000, gain_db=2.5, q=0.8),
    ),
    de_ess_db=4,
    threshold_db=3,
    ratio=3,
    attack_ms=8,
    release_ms=120,
    reverb_room=0.35,
    reverb_wet=0.08,
)
_BASS = ChainSettings(
    bands=(EqBand(shape=EqShape.LOW_SHELF, frequency_hz=100, gain_db=2),),
    threshold_db=8,
    ratio=4,
    range_db=3,
    attack_ms=15,
    release_ms=160,
)
_DRUMS = ChainSettings(
    bands=(EqBand(shape=EqShape.HIGH_SHELF, frequency_hz=5_000, gain_db=2),),
    threshold_db=8,
    ratio=6,
    range_db=4,
    attack_ms=15,
    release_ms=90,
)
_OTHER = ChainSettings(
    threshold_db=8,
    ratio=3,
    range_db=3,
    attack_ms=15,
    release_ms=160,
    reverb_room=0.4,
    reverb_wet=0.05,
)
BUILT_IN: Mapping[StemFamily, ChainSettings] = {
    StemFamily.VOCALS: _VOCALS,
    StemFamily.BASS: _BASS,
    StemFamily.DRUMS: _DRUMS,
    StemFamily.OTHER: _OTHER,
    StemFamily.UNKNOWN: _OTHER,
}


class EnhanceSettings(StageSettings):
    """Strength of the built-in chains, and chains of one's own by stem name."""

    strength: Strength = pick(Strength.MEDIUM, "Strength", "How far the built-in chains go.")
    bypass: bool = pick(False, "Bypass", "Pass every stem on as it came.")
    chains: dict[str, ChainSettings] = pick(
        {}, "Chains", "A chain of your own for a stem; taken as it is, whatever the strength."
    )

    def chain(self, stem: str) -> ChainSettings:
        """Return the chain that ``stem`` goes through."""
        own = self.chains.get(stem)
        return own if own is not None else scaled(BUILT_IN[stem_family(stem)], self.strength)


def scaled(chain: ChainSettings, strength: Strength) -> ChainSettings:
    """Return a built-in (medium) chain at another strength."""
    amount = strength.amount
    return chain.model_copy(
        update={
            "bands": tuple(
                band.model_copy(update={"gain_db": band.gain_db * amount}) for band in chain.bands
            ),
            "de_ess_db": chain.de_ess_db * amount,
            "threshold_db": chain.threshold_db + strength.threshold_shift_db,
            "ratio": 1.0 + (chain.ratio - 1.0) * amount,
            "range_db": min(60.0, chain.range_db * amount),
            "reverb_wet": chain.reverb_wet * amount,
        }
    )


class EnhanceStage:
    """Sends every stem through its chain and brings it back to the loudness it came with."""

    name: ClassVar[str] = "enhance"
    title: ClassVar[str] = "Enhance"
    about: ClassVar[str] = "Each stem through its own chain."
    icon: ClassVar[str] = ":material/tune:"
    version: ClassVar[int] = 1
    delivers: ClassVar[Material] = Material.STEMS
    takes: ClassVar[tuple[Material, ...]] = (Material.STEMS,)
    settings_type: type[EnhanceSettings] = EnhanceSettings
    figures_type: ClassVar[type[Figures]] = EnhanceFigures
    contract: Contract = Contract(
        checks=(
            *COMMON,
            StemVanished(),
            SameTake(),
            LevelChange(warn_db=3, fail_db=6),
            CrestLoss(warn_db=3, fail_db=6),
            KeepsTreble(),
            NothingAdded(),
            KeepsToNoBlocks(),
        ),
        whole=(StemsKept(),),
    )

    def choose(
        self, settings: EnhanceSettings, sounds: Mapping[str, Mapping[str, Audio]], engines: Engines
    ) -> Choice:
        """Return the effect chain, or the bypass; raises EngineMissingError when the chain cannot run."""
        if settings.bypass:
            return Choice(BYPASS, "the stage is bypassed")
        state = engines.availability(ENGINE)
        if not state.ready:
            raise EngineMissingError(
                f"The effect chain cannot run here: {state.reason}", remedy=state.remedy or "Bypass enhance."
            )
        return Choice(ENGINE, "the one effect chain there is")

    def run(self, work: Work[EnhanceSettings]) -> Output:
        """Return the stems under their own names; a stem that holds nothing passes untouched.

        Raises EngineInputError for a stem with NaN or of a few samples, and the engine's own errors.
        """
        stems = _stems(work)
        if work.settings.bypass:
            return _bypassed(stems)
        readings = {name: measure(audio) for name, audio in stems.items()}
        empty = frozenset(name for name, reading in readings.items() if _holds_nothing(reading))
        playing = {name: audio for name, audio in stems.items() if name not in empty}
        for name, audio in playing.items():
            _refuse_unusable(name, audio, readings[name])
        chains = {name: work.settings.chain(name) for name in playing}
        reply = _call(work, playing, chains) if playing else Reply()
        sounds: dict[str, Audio] = {}
        done: dict[str, StemFigures] = {}
        for name, audio in stems.items():
            if name in empty:
                sounds[name] = audio
                continue
            sounds[name], match_db = _back_to_level(
                reply.sounds[name], readings[name], chains[name].makeup_db
            )
            done[name] = _figures(name, chains[name], match_db, reply)
        card = work.engines.card(ENGINE)
        return Output(
            made_by=MadeBy(ENGINE, card.title, card.version, reply.device, reply.precision),
            sounds=sounds,
            figures=EnhanceFigures(strength=work.settings.strength.value, stems=done),
            notes=_notes(work.settings, stems, empty),
            promise=Promise.form_of(next(iter(stems.values()))),
            chosen_silent=empty,
        )


def _stems(work: Work[EnhanceSettings]) -> Mapping[str, Audio]:
    stems = work.inputs.get(Material.STEMS, {})
    if not stems:
        raise NotFoundError("There are no stems to enhance.", remedy="Run the separate stage first.")
    return stems


def _bypassed(stems: Mapping[str, Audio]) -> Output:
    quiet = frozenset(name for name, audio in stems.items() if _holds_nothing(measure(audio)))
    return Output(
        made_by=MadeBy(BYPASS, "Bypassed"),
        sounds=dict(stems),
        figures=EnhanceFigures(stems={}),
        notes=("Enhance is bypassed: the stems are as they came.",),
        promise=Promise.form_of(next(iter(stems.values()))),
        chosen_silent=quiet,
    )


def _holds_nothing(reading: Measurement) -> bool:
    """Whether a stem came silent, so that there is nothing to enhance and nothing to be blamed for."""
    level = level_db(reading)
    return reading.nonfinite_samples == 0 and (level is None or level < NOTHING_THERE_DBFS)


def _refuse_unusable(name: str, audio: Audio, reading: Measurement) -> None:
    if reading.nonfinite_samples:
        raise EngineInputError(
            f"{name} holds {reading.nonfinite_samples} samples that are not valid numbers; the chain "
            "would spread them over the whole stem.",
            causes=("the stage before delivered a broken sound and the run went on past it",),
            remedy="Run the stage that made it again, or bypass enhance.",
        )
    if audio.frames < MIN_FRAMES:
        raise EngineInputError(
            f"{name} is {audio.frames} samples long, too short for an effect chain.",
            remedy="Upload a longer sound, or bypass enhance.",
        )


def _call(
    work: Work[EnhanceSettings], stems: Mapping[str, Audio], chains: Mapping[str, ChainSettings]
) -> Reply:
    reply = work.engines.call(
        ENGINE,
        "process",
        values={"chains": {name: chain.model_dump(mode="json") for name, chain in chains.items()}},
        sounds=stems,
        report=part(work.report, 0.0, 0.9),
    )
    return holding(reply, stems, work.engines.card(ENGINE), "stems")


def _back_to_level(audio: Audio, before: Measurement, makeup_db: float) -> tuple[Audio, float]:
    """Return ``audio`` at the loudness it had ``before`` plus the makeup, and the gain in dB it took."""
    after = measure(audio)
    loudness = (before.integrated_lufs, after.integrated_lufs)
    level_in, level_out = loudness if None not in loudness else (before.rms_dbfs, after.rms_dbfs)
    match_db = 0.0
    if level_in is not None and level_out is not None:
        match_db = min(MATCH_LIMIT_DB, max(-MATCH_LIMIT_DB, level_in - level_out))
    gain = 10 ** ((match_db + makeup_db) / 20)
    return gained(audio, gain), match_db


def _figures(name: str, chain: ChainSettings, match_db: float, reply: Reply) -> StemFigures:
    try:
        return StemFigures(
            ratio=chain.ratio,
            threshold_db=chain.threshold_db,
            match_gain_db=round(match_db, 3),
            makeup_db=chain.makeup_db,
            reverb_wet=chain.reverb_wet,
            **reply.values["stems"][name],
        )
    except (KeyError, TypeError) as error:
        raise EngineOutputError(
            f"The effects did not report what they did to {name}.",
            causes=("the engine and the studio are of different versions",),
            remedy="Install the studio again, or bypass enhance.",
            detail=str(error),
        ) from error


def _notes(settings: EnhanceSettings, stems: Mapping[str, Audio], empty: frozenset[str]) -> tuple[str, ...]:
    notes = [f"{name} came silent and was left as it is." for name in stems if name in empty]
    notes += [
        f"There is no stem called {name}: its chain was not used."
        for name in settings.chains
        if name not in stems
    ]
    return tuple(notes)
