"""Master: the mix brought to a loudness, under a true-peak ceiling, or as near as it goes without harm.

Chain: offset guard, tilt and glue (both off unless asked for), static gain, look-ahead limiter; the result
is measured as everything else is, and the gain corrected until the target is met. A mix that would need
more than 6 dB of limiting is left quieter than asked, and that is said, unless the person insists.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
from pydantic import Field

from core.audio import Audio
from core.checks import COMMON
from core.checks.mastering import Ceiling, LoudChoice, Squash, TargetReached
from core.contract import Contract, Promise
from core.dsp.glue import glue
from core.dsp.limiter import CURVE_HOP_S, Curve, Limited, limit, release_of
from core.dsp.shelves import tilt
from core.errors import EngineInputError, InputError, NotFoundError
from core.measure import Measurement, measure
from core.platforms import PRESET_LUFS, Platform
from core.progress import Report
from core.stages.base import MadeBy, Output, StageSettings, Work, knob

MOST_LIMITING_DB = 6.0
MOST_INSISTED_DB = 24.0
"""Past this much limiting nothing is left to insist on."""
MOST_GAIN_DB = 30.0
"""More gain than this lifts the noise of a mix that is hardly there; only who insists gets it."""
CLOSE_LU = 0.05
ROUNDS = 8
OFFSET_LEFT = 0.001
"""An offset that stays under this in the master is left alone; else the mean is taken off."""
OFFSET_TOLD = 0.01
SHORTEST_S = 0.4
HIGHEST_DBFS = 100.0
MOST_POINTS = 600


class Reach(StrEnum):
    """What to do when the target asks for more than 6 dB of limiting."""

    STOP_SHORT = "stop_short"
    INSIST = "insist"


class MasterSettings(StageSettings):
    """Loudness, ceiling, and how the sound is shaped on the way."""

    platform: Platform = Field(
        default=Platform.CUSTOM,
        title="Platform",
        description="Sets the loudness that a platform asks for; custom takes the target below.",
    )
    target_lufs: float = knob(
        -14, -30, -5, "LUFS", "Target loudness", "Integrated loudness of the master.", step=0.5
    )
    ceiling_dbtp: float = knob(-1, -6, 0, "dBTP", "Ceiling", "No true peak passes this.")
    low_shelf_db: float = knob(0, -6, 6, "dB", "Low tilt", "Raises or lowers what is under 150 Hz.", step=0.5)
    high_shelf_db: float = knob(0, -6, 6, "dB", "High tilt", "Raises or lowers what is over 6 kHz.", step=0.5)
    glue: float = knob(0, 0, 1, "", "Glue", "A gentle 2:1 compressor over the whole mix.", step=0.05)
    intensity: float = knob(
        0.5, 0, 1, "", "Intensity", "How fast the limiter lets go: 0 is open, 1 is dense.", step=0.05
    )
    reach: Reach = Field(
        default=Reach.STOP_SHORT,
        title="Out of reach",
        description="When the target needs over 6 dB of limiting: stop short of it, or insist.",
    )

    @property
    def aim_lufs(self) -> float:
        """The loudness in effect: the platform's, or the custom one."""
        return PRESET_LUFS.get(self.platform, self.target_lufs)


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

    @property
    def reached_lufs(self) -> float:
        """Integrated loudness of the master."""
        assert self.measurement.integrated_lufs is not None
        return self.measurement.integrated_lufs

    @property
    def max_reduction_db(self) -> float:
        """Largest gain reduction."""
        return float(self.reduction_db.max(initial=0.0))

    @property
    def mean_reduction_db(self) -> float:
        """Mean gain reduction while there is any."""
        active = self.reduction_db[self.reduction_db > 0]
        return float(active.mean()) if active.size else 0.0


def master_audio(audio: Audio, settings: MasterSettings, report: Report) -> MasterResult:
    """Return the master of ``audio``.

    Raises EngineInputError for samples that are no numbers, InputError for a sound that is silent, too
    quiet or shorter than 0.4 s: nothing is amplified that is not there.
    """
    report(0.0, "measuring the mix")
    raw = measure(audio)
    _refuse(audio, raw)
    report(0.1, "shaping the tone")
    gain = 10 ** (max(0.0, settings.aim_lufs - _loudness(raw)) / 20)
    centred, offset_removed = _without_offset(audio, OFFSET_LEFT / gain)
    if any(offset_removed):
        _refuse_a_constant(centred, offset_removed)
    shaped = tilt(centred, low_db=settings.low_shelf_db, high_db=settings.high_shelf_db)
    reading = measure(shaped)
    glue_db: Curve = np.zeros(0, dtype=np.float32)
    if settings.glue > 0:
        glued = glue(shaped, amount=settings.glue, loudness_lufs=_loudness(reading))
        shaped, glue_db = glued.audio, glued.curve_db
        reading = measure(shaped)
    take, gain_db, shortfall = _to_target(shaped, reading, settings, report)
    curve = take.limited.curve_db
    reduction_db = curve + glue_db if glue_db.size else curve
    return MasterResult(
        audio=take.limited.audio,
        measurement=take.measurement,
        target_lufs=settings.aim_lufs,
        gain_db=gain_db + take.limited.trim_db,
        reached=not shortfall,
        limiting_db=take.limited.max_reduction_db,
        reduction_db=reduction_db,
        offset_removed=offset_removed,
        shortfall=shortfall,
    )


@dataclass(frozen=True, eq=False)
class _Take:
    """One pass of the limiter and how its result reads."""

    limited: Limited
    measurement: Measurement


def _to_target(
    audio: Audio, reading: Measurement, settings: MasterSettings, report: Report
) -> tuple[_Take, float, str]:
    """Limit until the loudness fits; return the best take, its gain, and why it fell short."""
    target, ceiling = settings.aim_lufs, settings.ceiling_dbtp
    assert reading.true_peak_dbtp is not None
    insists = settings.reach is Reach.INSIST
    most_limiting_db = MOST_INSISTED_DB if insists else MOST_LIMITING_DB
    limiting_allows_db = ceiling + most_limiting_db - reading.true_peak_dbtp
    most_db = limiting_allows_db if insists else min(limiting_allows_db, MOST_GAIN_DB)
    release_s = release_of(settings.intensity)

    def take(gain_db: float) -> _Take:
        limited = limit(audio, gain_db=gain_db, ceiling_dbtp=ceiling, release_s=release_s)
        return _Take(limited, measure(limited.audio))

    gain_db = min(target - _loudness(reading), most_db)
    best, gain_db = _close_in(take, gain_db, most_db, target, report)
    off_lu = target - _loudness(best.measurement)
    if abs(off_lu) <= CLOSE_LU:
        return best, gain_db, ""
    if gain_db >= most_db and (insists or limiting_allows_db <= MOST_GAIN_DB):
        why = f"the rest would take more than {most_limiting_db:g} dB of limiting"
    elif gain_db >= most_db:
        why = f"the mix is so quiet that it would take more than {MOST_GAIN_DB:g} dB of gain"
    else:
        why = "more gain makes this mix no louder under its ceiling"
    reached = _loudness(best.measurement)
    return best, gain_db, f"Stopped at {reached:.1f} LUFS, {off_lu:.1f} LU short of {target:g}: {why}."


def _close_in(
    take: Callable[[float], _Take], gain_db: float, most_db: float, target: float, report: Report
) -> tuple[_Take, float]:
    """Correct the gain by what the loudness is off, along the slope seen so far."""
    slope = 1.0
    best, off_lu = None, math.inf
    at_db = gain_db
    before: tuple[float, float] | None = None
    for attempt in range(ROUNDS):
        report(0.2 + 0.75 * attempt / ROUNDS, f"limiting, pass {attempt + 1}")
        made = take(gain_db)
        loudness = _loudness(made.measurement)
        if abs(target - loudness) < abs(off_lu):
            best, off_lu, at_db = made, target - loudness, gain_db
        if abs(target - loudness) <= CLOSE_LU / 2 or (gain_db >= most_db and loudness <= target):
            break
        if before is not None and gain_db != before[0]:
            slope = min(1.2, max(0.1, (loudness - before[1]) / (gain_db - before[0])))
        before = gain_db, loudness
        gain_db = min(gain_db + (target - loudness) / slope, most_db)
    assert best is not None
    return best, at_db


def _refuse(audio: Audio, reading: Measurement) -> None:
    """Raise the error that says why this cannot be mastered, if it cannot."""
    if reading.nonfinite_samples:
        raise EngineInputError(
            f"The mix holds {reading.nonfinite_samples} samples that are no numbers (NaN or infinite).",
            causes=("a stage before this one failed and its sound was used all the same",),
            remedy="Make the mix again from stems that are whole.",
        )
    if audio.duration_s < SHORTEST_S:
        raise InputError(
            f"The mix lasts {audio.duration_s:.2f} s; loudness exists from {SHORTEST_S:g} s on.",
            remedy="Bring a longer sound.",
        )
    if reading.sample_peak_dbfs is None:
        raise InputError(
            "There is nothing to master: the mix is silent from end to end.",
            causes=("everything is muted", "only a silent stem is soloed"),
            remedy="Unmute a stem on the mix page and mix again.",
        )
    if reading.sample_peak_dbfs > HIGHEST_DBFS:
        raise EngineInputError(
            f"The mix peaks at {reading.sample_peak_dbfs:+.0f} dBFS: that is no sound any more.",
            causes=("a filter before this stage blew up",),
            remedy="Make the mix again.",
        )
    if reading.integrated_lufs is None:
        raise InputError(
            "The mix is nearly silent: nothing in it is louder than -70 LUFS, and raising it would "
            "only make noise loud.",
            causes=("a fader or an engine left next to nothing",),
            remedy="Raise the faders, or look at the stages before for the one that lost the level.",
        )


def _without_offset(audio: Audio, left: float) -> tuple[Audio, tuple[float, ...]]:
    means = audio.samples.mean(axis=0, dtype=np.float64)
    offsets = np.where(np.abs(means) > left, means, 0.0).astype(np.float32)
    removed = tuple(float(value) for value in offsets)
    return (Audio(audio.samples - offsets, audio.sample_rate) if any(removed) else audio), removed


def _refuse_a_constant(centred: Audio, removed: tuple[float, ...]) -> None:
    if measure(centred).integrated_lufs is None:
        offset = max(removed, key=abs)
        raise InputError(
            f"The mix is a constant of {offset:+.2f}: without that DC offset nothing is left to master.",
            causes=("an engine's NaN was saved as integers", "a recording input without a signal"),
            remedy="Look at the stages before for the one that lost the sound.",
        )


def _loudness(reading: Measurement) -> float:
    if reading.integrated_lufs is None:
        raise InputError(
            "Nothing of the mix is left to measure after its tone was shaped.",
            remedy="Set the shelves and the glue back to 0.",
        )
    return reading.integrated_lufs


class MasterStage:
    """Brings the mix to its loudness under the ceiling."""

    name: ClassVar[str] = "master"
    title: ClassVar[str] = "Master"
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ("mix",)
    settings_type: type[MasterSettings] = MasterSettings
    contract: Contract = Contract((*COMMON, Ceiling(), TargetReached(), Squash(), LoudChoice()))

    def run(self, work: Work[MasterSettings]) -> Output:
        """Return ``master``. Raises NotFoundError without a mix, else as :func:`master_audio`."""
        mix = work.inputs.get("mix", {}).get("mix")
        if mix is None:
            raise NotFoundError("There is no mix to master.", remedy="Run the mix stage first.")
        result = master_audio(mix, work.settings, work.report)
        work.report(1.0, "mastered")
        curve, hop_s = _thinned(result.reduction_db)
        return Output(
            made_by=MadeBy("mastering", "Mastering"),
            sounds={"master": result.audio},
            figures={
                "gain_db": result.gain_db,
                "limiting_db": result.limiting_db,
                "reached": result.reached,
                "target_lufs": result.target_lufs,
                "reached_lufs": result.reached_lufs,
                "reduction_curve_db": curve,
                "reduction_hop_s": hop_s,
                "offset_removed": list(result.offset_removed),
            },
            notes=_notes(result),
            promise=Promise(
                duration_s=mix.duration_s,
                duration_tolerance_s=0.5 / mix.sample_rate,
                sample_rate=mix.sample_rate,
                channels=mix.channels,
                integrated_lufs=result.target_lufs if result.reached else result.reached_lufs,
                ceiling_dbtp=work.settings.ceiling_dbtp,
                gain_reduction_db=result.max_reduction_db,
                mean_gain_reduction_db=result.mean_reduction_db,
            ),
            brought=work.request.upload is not None,
        )


def _thinned(curve_db: Curve) -> tuple[list[float], float]:
    """Return at most MOST_POINTS points, the largest of each group, and their distance in s."""
    group = max(1, math.ceil(curve_db.size / MOST_POINTS))
    points = np.maximum.reduceat(curve_db, np.arange(0, curve_db.size, group))
    return [round(float(value), 2) for value in points], group * CURVE_HOP_S


def _notes(result: MasterResult) -> tuple[str, ...]:
    notes = [result.shortfall] if result.shortfall else []
    worst = max(abs(value) for value in result.offset_removed)
    if worst >= OFFSET_TOLD:
        notes.append(f"A DC offset of {worst:.3f} was taken off the mix.")
    return tuple(notes)
