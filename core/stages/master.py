"""Master: the mix set to a loudness, under a true-peak ceiling, or as near as it goes without harm.

Chain: offset guard; the tone of a reference, tilt and glue (off unless asked for, and only as far as the
intensity says); static gain, look-ahead limiter. The result is measured as everything else is, and the gain
corrected until the target is met. A mix that would need more than 6 dB of limiting is left quieter than
asked, and that is said, unless the person insists.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks import COMMON
from core.checks.figures import MasterFigures
from core.checks.mastering import Ceiling, LoudChoice, Squash, TargetReached
from core.checks.reference import ReferenceTone, tone_of
from core.checks.same_take import SameTake
from core.checks.stem_effects import KeepsToNoBlocks
from core.contract import Contract, Figures, Material, Promise
from core.dsp.glue import glue
from core.dsp.limiter import Curve
from core.dsp.match_eq import matched
from core.dsp.offset import without_offset
from core.dsp.reduction import reduction_histogram, thinned
from core.dsp.shelves import tilt
from core.dsp.to_loudness import Aim, to_loudness
from core.engines.base import EngineCard, Engines
from core.errors import InputError, NotFoundError
from core.measure import Measurement, measure
from core.progress import Report, part
from core.settings import knob, pick
from core.stages.base import Choice, MadeBy, Output, StageSettings, Work
from core.stages.choice import named_engine
from core.stages.masterable import came_silent, refuse_a_constant, refuse_unmasterable
from core.stages.platforms import PRESET_LUFS, Platform
from core.stages.reference import ReferenceTrack, Take, reference_lufs
from core.stages.reference_match import ENGINE, Match, ask_for_match

MOST_LIMITING_DB = 6.0
MOST_INSISTED_DB = 24.0
"""Past this much limiting nothing is left to insist on."""
MOST_GAIN_DB = 30.0
"""More gain than this lifts the noise of a mix that is hardly there; only who insists gets it."""
OFFSET_LEFT = 0.001
"""An offset that stays under this in the master is left alone; else the mean is taken off."""
OFFSET_NOTED = 0.01
QUIETEST_LUFS, LOUDEST_LUFS = -30.0, -5.0
RELEASE_MS = (40.0, 250.0)


class Reach(StrEnum):
    """What to do when the target asks for more than 6 dB of limiting."""

    STOP_SHORT = "stop_short"
    INSIST = "insist"


class MasterSettings(StageSettings):
    """Loudness, ceiling, and how the sound is shaped on the way."""

    platform: Platform = pick(
        Platform.CUSTOM,
        "Platform",
        "Sets the loudness that a platform asks for; custom takes the target below.",
    )
    target_lufs: float = knob(
        -14,
        QUIETEST_LUFS,
        LOUDEST_LUFS,
        "LUFS",
        "Target loudness",
        "Integrated loudness of the master.",
        step=0.5,
    )
    ceiling_dbtp: float = knob(-1, -6, 0, "dBTP", "Ceiling", "No true peak passes this.")
    low_shelf_db: float = knob(
        0, -6, 6, "dB", "Low shelf", "Raises or lowers what is under 150 Hz.", step=0.5
    )
    high_shelf_db: float = knob(
        0, -6, 6, "dB", "High shelf", "Raises or lowers what is over 6 kHz.", step=0.5
    )
    glue: float = knob(
        0, 0, 1, "", "Bus compression", "A gentle 2:1 compressor over the whole mix.", step=0.05
    )
    intensity: float = knob(
        1,
        0,
        1,
        "",
        "Processing amount",
        "How far the mix is shaped: 0 is gain and ceiling alone, 1 is all of shelves, bus compression and "
        "the tone of the reference, 0.5 is half of their decibels.",
        step=0.05,
    )
    release_ms: float = knob(
        100,
        *RELEASE_MS,
        "ms",
        "Limiter release",
        "How soon the limiter lets go: short is dense and loud, long is open.",
        step=5,
    )
    reach: Reach = pick(
        Reach.STOP_SHORT,
        "If the target needs over 6 dB of limiting",
        "Back off: stay quieter than the target, and say so. Force: reach it whatever it costs.",
    )
    reference: ReferenceTrack | None = pick(None, "Reference", "A track that the master is matched to.")
    take: Take = pick(
        Take.BOTH,
        "Match",
        "What is matched to the reference: loudness (as the target), tone and width, or both. "
        "Without a reference: nothing.",
    )

    @property
    def aim_lufs(self) -> float:
        """The loudness in effect: the platform's, or the custom one."""
        return PRESET_LUFS.get(self.platform, self.target_lufs)

    @property
    def matches_tone(self) -> bool:
        """Whether the tone of a reference is wanted."""
        return self.reference is not None and self.take is not Take.LOUDNESS and self.intensity > 0

    @property
    def matches_loudness(self) -> bool:
        """Whether a reference sets the target, in place of platform and target loudness."""
        return self.reference is not None and self.take is not Take.TONE

    def uploads(self) -> Mapping[str, str]:
        """The reference, by its key in the store."""
        return {"reference": self.reference.key} if self.reference else {}


@dataclass(frozen=True, eq=False)
class Model:
    """What a master takes from its reference."""

    lufs: float
    match: Callable[[Audio, Report], Match] | None
    """How to find the equaliser for a mix; None when the tone is not wanted."""


@dataclass(frozen=True, eq=False)
class MasterResult:
    """The master, how it reads, and what was done to make it."""

    audio: Audio
    measurement: Measurement
    target_lufs: float
    gain_db: float
    """Static gain before the limiter, and what trimmed its result to the ceiling."""
    reached: bool
    limiting_db: float
    """Largest gain reduction of the limiter alone."""
    reduction_db: Curve
    """Limiter and glue together, positive: the largest in each 10 ms."""
    offset_removed: tuple[float, ...]
    """Taken off each channel, full scale 1.0."""
    shortfall: str = ""
    """Why the target was not reached, one sentence; empty when it was."""
    match: Match | None = None
    """How the tone was made that of the reference, at full intensity."""

    @property
    def reached_lufs(self) -> float:
        """Integrated loudness of the master."""
        assert self.measurement.integrated_lufs is not None
        return self.measurement.integrated_lufs

    @property
    def max_reduction_db(self) -> float:
        """Largest gain reduction."""
        return float(self.reduction_db.max(initial=0.0))


def master_audio(
    audio: Audio, settings: MasterSettings, report: Report, model: Model | None = None
) -> MasterResult:
    """Return the master of ``audio``, like its ``model`` where there is one.

    Raises EngineInputError for samples that are no numbers, InputError for a sound that is silent, too
    quiet or shorter than 0.4 s: nothing is amplified that is not there.
    """
    target_lufs = _target_lufs(settings, model)
    report(0.0, "measuring the mix")
    raw = measure(audio)
    refuse_unmasterable(audio, raw)
    report(0.1, "shaping the tone")
    gain = 10 ** (max(0.0, target_lufs - _loudness(raw)) / 20)
    centred, offset_removed = without_offset(audio, OFFSET_LEFT / gain)
    if any(offset_removed):
        refuse_a_constant(centred, offset_removed)
    match = model.match(centred, part(report, 0.1, 0.3)) if model and model.match else None
    shaped, glue_db = _shaped(centred, settings, match)
    reading = measure(shaped)
    _loudness(reading)
    landed = to_loudness(shaped, reading, _aim(settings, target_lufs), part(report, 0.3, 0.95))
    limited = landed.take.limited
    return MasterResult(
        audio=limited.audio,
        measurement=landed.take.measurement,
        target_lufs=target_lufs,
        gain_db=landed.gain_db + limited.trim_db,
        reached=not landed.shortfall,
        limiting_db=limited.max_reduction_db,
        reduction_db=limited.curve_db + glue_db if glue_db.size else limited.curve_db,
        offset_removed=offset_removed,
        shortfall=landed.shortfall,
        match=match,
    )


def reference_target_lufs(lufs: float) -> float:
    """Return the target that a reference of this loudness sets: its own, within the bounds of a target."""
    return round(min(LOUDEST_LUFS, max(QUIETEST_LUFS, lufs)), 2)


def _target_lufs(settings: MasterSettings, model: Model | None) -> float:
    """Return the reference's loudness where it is wanted, else the person's own target."""
    if model is None or not settings.matches_loudness:
        return settings.aim_lufs
    return reference_target_lufs(model.lufs)


def _shaped(audio: Audio, settings: MasterSettings, match: Match | None) -> tuple[Audio, Curve]:
    """Return the sound with match, tilt and glue, their decibels times the intensity, and glue's curve."""
    much = settings.intensity
    alike = matched(audio, match.curve, much) if match else audio
    tilted = tilt(alike, low_db=much * settings.low_shelf_db, high_db=much * settings.high_shelf_db)
    if settings.glue == 0 or much == 0:
        return tilted, np.zeros(0, dtype=np.float32)
    glued = glue(tilted, amount=settings.glue, loudness_lufs=_loudness(measure(tilted)), depth=much)
    return glued.audio, glued.curve_db


def _aim(settings: MasterSettings, target_lufs: float) -> Aim:
    insists = settings.reach is Reach.INSIST
    return Aim(
        target_lufs=target_lufs,
        ceiling_dbtp=settings.ceiling_dbtp,
        release_s=settings.release_ms / 1000,
        most_limiting_db=MOST_INSISTED_DB if insists else MOST_LIMITING_DB,
        most_gain_db=math.inf if insists else MOST_GAIN_DB,
    )


def _loudness(reading: Measurement) -> float:
    if reading.integrated_lufs is None:
        raise InputError(
            "Nothing of the mix is left to measure after its tone was shaped.",
            remedy="Set the shelves and the bus compression back to 0.",
        )
    return reading.integrated_lufs


class MasterStage:
    """Sets the mix to its loudness under the ceiling."""

    name: ClassVar[str] = "master"
    title: ClassVar[str] = "Master"
    about: ClassVar[str] = "Loudness and true peak set to the target."
    icon: ClassVar[str] = ":material/compress:"
    version: ClassVar[int] = 2
    delivers: ClassVar[Material] = Material.MASTER
    takes: ClassVar[tuple[Material, ...]] = (Material.MIX, Material.UPLOAD)
    settings_type: type[MasterSettings] = MasterSettings
    figures_type: ClassVar[type[Figures]] = MasterFigures
    contract: Contract = Contract(
        (
            *COMMON,
            SameTake(),
            Ceiling(),
            TargetReached(),
            KeepsToNoBlocks(),
            Squash(),
            LoudChoice(),
            ReferenceTone(),
        )
    )

    def choose(
        self, settings: MasterSettings, sounds: Mapping[str, Mapping[str, Audio]], engines: Engines
    ) -> Choice:
        """Return matchering when the tone of a reference is wanted; raises EngineMissingError without it."""
        return named_engine(ENGINE, engines, "", {}) if settings.matches_tone else Choice("", "")

    def run(self, work: Work[MasterSettings]) -> Output:
        """Return ``master``; of an upload that came silent the mix as it is, since nothing is there to raise.

        Raises NotFoundError without a mix or without the reference that the settings name, InputError for a
        reference that cannot be used, else as :func:`master_audio` and the engine.
        """
        mix = work.inputs.get(Material.MIX, {}).get("mix")
        if mix is None:
            raise NotFoundError("There is no mix to master.", remedy="Run the mix stage first.")
        if came_silent(mix, work.inputs.get(Material.UPLOAD, {})):
            return _nothing_to_master(mix)
        reference = _reference(work)
        result = master_audio(mix, work.settings, work.report, _model(work, reference))
        work.report(1.0, "mastered")
        return Output(
            made_by=_made_by(work.engines.card(ENGINE) if result.match else None),
            sounds={"master": result.audio},
            figures=_figures(result, work.settings, reference),
            notes=_notes(result),
            promise=replace(
                Promise.form_of(mix),
                integrated_lufs=result.target_lufs if result.reached else result.reached_lufs,
                ceiling_dbtp=work.settings.ceiling_dbtp,
                gain_reduction_db=result.max_reduction_db,
            ),
            uploaded=work.request.upload is not None,
        )


def _nothing_to_master(mix: Audio) -> Output:
    return Output(
        made_by=MadeBy("mastering", "Mastering"),
        sounds={"master": mix},
        notes=("There is nothing to master: your file came silent, and is passed on as it is.",),
        promise=Promise.form_of(mix),
        uploaded=True,
    )


def _reference(work: Work[MasterSettings]) -> Audio | None:
    if work.settings.reference is None:
        return None
    reference = work.inputs.get("reference", {}).get("reference")
    if reference is None:
        raise NotFoundError("The reference is not here.", remedy="Choose it again on the master page.")
    return reference


def _model(work: Work[MasterSettings], reference: Audio | None) -> Model | None:
    if reference is None:
        return None

    def match(mix: Audio, report: Report) -> Match:
        return ask_for_match(work.engines, mix, reference, report)

    return Model(reference_lufs(reference), match if work.settings.matches_tone else None)


def _made_by(card: EngineCard | None) -> MadeBy:
    if card is None:
        return MadeBy("mastering", "Mastering")
    return MadeBy(card.name, f"Mastering, {card.title}", card.version)


def _figures(result: MasterResult, settings: MasterSettings, reference: Audio | None) -> MasterFigures:
    curve, hop_s = thinned(result.reduction_db)
    named = settings.reference.name if settings.reference else None
    matched = result.match if reference and named else None
    return MasterFigures(
        gain_db=result.gain_db,
        limiting_db=result.limiting_db,
        reached=result.reached,
        target_lufs=result.target_lufs,
        reached_lufs=result.reached_lufs,
        reduction_curve_db=tuple(curve),
        reduction_hop_s=hop_s,
        reduction_histogram=reduction_histogram(result.reduction_db, result.audio.duration_s),
        offset_removed=result.offset_removed,
        target_set_by=named if settings.matches_loudness else None,
        match=matched.curve if matched else None,
        reference_name=named if matched else None,
        reference_tone_db=tuple(tone_of(reference)) if matched and reference else None,
    )


def _notes(result: MasterResult) -> tuple[str, ...]:
    notes = [result.shortfall] if result.shortfall else []
    worst = max(abs(value) for value in result.offset_removed)
    if worst >= OFFSET_NOTED:
        notes.append(f"A DC offset of {worst:.3f} was taken off the mix.")
    return (*notes, *(result.match.notes if result.match else ()))
