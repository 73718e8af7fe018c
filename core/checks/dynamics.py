"""What a chain did to each stem, in -> out: its level, its crest, and whether it is still there.

Absolute limits missed the over-compression that these checks exist for; the change from what went in
to what came out shows it. A sound is compared with the input of the same name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.checks.context import clock, span
from core.checks.figures import StemFigures, chain_of
from core.contract import Case, Check, Finding, Severity, Sound, WholeCheck
from core.measure import Measurement

Doubles = npt.NDArray[np.float64]

STEP_WINDOW_S, STEP_LEAST_WINDOWS = 1.0, 2
STEP_PLAYS_DB = 40.0
"""A second so far under the loudest one does not play."""
STEP_SHARED = 0.5
"""Correlation from which on what goes out in a second is what came in; the built-in chains leave 0.88."""
STEP_DB = 8.0
"""A lasting change of gain: the built-in chains move a half second's gain by 7.5 dB, and come back."""
AUDIBLE_DBFS = -60.0
"""A stem under this level does not count as one that was there."""
BEYOND_DB = 1.0
"""Crest lost beyond what the compressor took by this was lost to something else."""
DRIVEN_CREST_DB = 1.5
"""A stem that comes out louder and with so much less crest was driven into something."""


@dataclass(frozen=True)
class StemVanished(Check):
    """A stem that went in loud comes out at least ``fall_db`` quieter, or silent."""

    name: ClassVar[str] = "stem_vanished"
    unasked: ClassVar[str] = "when nothing audible went in"
    fall_db: float = 30.0

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the level of one stem with that of its input."""
        before = _before(sound, case)
        if before is None or not _audible(before):
            return None
        level_in, level_out = level_db(before), level_db(sound.measurement)
        assert level_in is not None
        if level_out is not None and level_out > level_in - self.fall_db:
            return self.ok(
                f"{sound.name} came in at {level_in:.1f} and goes out at {level_out:.1f} dB.", sound
            )
        left = "nothing" if level_out is None else f"{level_out:.1f} dB"
        return self.fail(
            f"{sound.name} came in at {level_in:.1f} dB and {left} is left "
            f"(limit {self.fall_db:.0f} dB down).",
            sound,
            causes=("the chain muted the stem", "an equaliser band removed all that the stem holds"),
            remedy=f"Bypass the stage to listen to {sound.name} as it came, then reset its chain.",
        )


@dataclass(frozen=True)
class StemsKept(WholeCheck):
    """Every stem that went in comes out, under its name."""

    name: ClassVar[str] = "stems_kept"
    unasked: ClassVar[str] = "when nothing went in"

    def examine_all(self, case: Case) -> Finding | None:
        """Compare the names that went in with those that came out."""
        if not case.inputs:
            return None
        lost = [name for name in case.inputs if name not in case.outputs]
        if not lost:
            return self.ok(f"All {len(case.inputs)} stems came out.")
        return self.fail(
            f"{', '.join(lost)} went in and did not come out.",
            lost[0],
            causes=("the engine returned fewer stems than it was given",),
            remedy="Run the stage again; if a stem is lost again, bypass the stage and report it.",
        )


@dataclass(frozen=True)
class LevelChange(Check):
    """The loudness of a stem may change by what its chain declares as makeup, and little more.

    More than ``warn_db`` in all is a warning, since the person may have asked for it; more than
    ``fail_db`` beyond the declared makeup is a fail.
    """

    name: ClassVar[str] = "level_change"
    unasked: ClassVar[str] = "without a loudness before and after"
    warn_db: float = 3.0
    fail_db: float = 6.0

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare loudness in and out."""
        before = _before(sound, case)
        if before is None or not _audible(before):
            return None
        level_in, level_out = level_db(before), level_db(sound.measurement)
        if level_in is None or level_out is None:
            return None
        step = lasting_step(case.inputs[sound.name].audio, sound.audio)
        if step is not None:
            return self._stepped(sound, *step)
        change_db = level_out - level_in
        chain = chain_of(sound.name, case)
        declared_db = chain.makeup_db if chain else 0.0
        undeclared_db = change_db - declared_db
        severity = Severity.OK
        if abs(undeclared_db) > self.fail_db:
            severity = Severity.FAIL
        elif max(abs(change_db), abs(undeclared_db)) > self.warn_db:
            severity = Severity.WARN
        evidence = (
            f"{sound.name} changed by {change_db:+.1f} dB ({declared_db:+.1f} declared; "
            f"warns at {self.warn_db:g}, fails at {self.fail_db:g} beyond what was declared)."
        )
        chosen = abs(undeclared_db) <= self.warn_db
        return self.rated(
            severity,
            evidence,
            sound,
            causes=(f"makeup gain of {declared_db:+.1f} dB",)
            if chosen
            else _level_causes(before, sound.measurement, change_db),
            remedy=f"Lower the makeup gain of {sound.name}."
            if chosen
            else f"Lower the strength, or make the equaliser of {sound.name} milder.",
        )

    def _stepped(self, sound: Sound, start_s: float, step_db: float) -> Finding:
        return self.fail(
            f"From {clock(start_s)} on {sound.name} goes out at {step_db:+.1f} dB against before, "
            f"measured against what came in (fails at {STEP_DB:g} dB).",
            sound,
            causes=(
                f"its level jumps by {step_db:+.0f} dB at {clock(start_s)} and stays there",
                "the chain was restarted, or a gain was applied to one part only",
            ),
            remedy=f"Make the stage again, or bypass the chain of {sound.name}.",
            spans=(span(start_s, sound.audio.duration_s),),
        )


@dataclass(frozen=True)
class CrestLoss(Check):
    """Peaks may come closer to the mean by ``warn_db``, and by ``fail_db`` at the very most."""

    name: ClassVar[str] = "crest_loss"
    unasked: ClassVar[str] = "without a crest factor before and after"
    warn_db: float = 3.0
    fail_db: float = 6.0

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the crest factor in and out."""
        before = _before(sound, case)
        if before is None or not _audible(before):
            return None
        crest_in, crest_out = before.crest_db, sound.measurement.crest_db
        if crest_in is None or crest_out is None:
            return None
        loss_db = crest_in - crest_out
        severity = Severity.OK
        if loss_db > self.warn_db:
            severity = Severity.FAIL if loss_db > self.fail_db else Severity.WARN
        limit_db = self.fail_db if severity is Severity.FAIL else self.warn_db
        moved = "fell" if loss_db > 0 else "rose"
        evidence = (
            f"{sound.name}: crest {moved} {abs(loss_db):.1f} dB, "
            f"from {crest_in:.1f} to {crest_out:.1f} dB (limit {limit_db:g})."
        )
        return self.rated(
            severity,
            evidence,
            sound,
            causes=_compression_causes(chain_of(sound.name, case), loss_db),
            remedy=f"Lower the strength, or raise the threshold or lower the ratio of {sound.name}.",
        )


def lasting_step(before: Audio, after: Audio) -> tuple[float, float] | None:
    """Return where the gain from ``before`` to ``after`` changes for good, in s, and by how many dB.

    The gain of each second that plays against the medians before and behind it; None when it holds, or when
    the sounds differ in form. A second in which something else was added has no gain.
    """
    if before.samples.shape != after.samples.shape:
        return None
    size = round(STEP_WINDOW_S * before.sample_rate)
    count = before.frames // size
    if count < 2 * STEP_LEAST_WINDOWS:
        return None
    x, y = (a.samples[: count * size].reshape(count, -1) for a in (before, after))
    xx, yy, xy = (
        np.einsum("ij,ij->i", a, b).astype(np.float64) / x.shape[1] for a, b in ((x, x), (y, y), (x, y))
    )
    levels = [10 * np.log10(power + 1e-12) for power in (xx, yy)]
    shared = np.abs(xy) / np.sqrt(xx * yy + 1e-30)
    # Silence that came in or went out is no level: other checks ask about it.
    audible = [level > level.max() - STEP_PLAYS_DB for level in levels]
    plays = np.flatnonzero(np.all([*audible, shared > STEP_SHARED], axis=0))
    gain_db = (levels[1] - levels[0])[plays]
    places = range(STEP_LEAST_WINDOWS, len(gain_db) - STEP_LEAST_WINDOWS + 1)
    steps = {k: _gap_db(gain_db[:k], gain_db[k:]) for k in places}
    at = max(steps, key=lambda k: (round(abs(steps[k]), 1), -_scatter(gain_db, k)), default=None)
    if at is None or abs(steps[at]) < STEP_DB:
        return None
    return float(plays[at]) * STEP_WINDOW_S, steps[at]


def _scatter(gain_db: Doubles, at: int) -> float:
    """Return how far the gains before and behind a place lie from their medians in all."""
    return float(sum(np.abs(part - np.median(part)).sum() for part in (gain_db[:at], gain_db[at:])))


def _gap_db(first: Doubles, second: Doubles) -> float:
    """Return how far two groups of gains lie apart: 0 when they overlap, but for a tenth of each."""
    (low_a, high_a), (low_b, high_b) = (np.percentile(group, [10, 90]) for group in (first, second))
    apart = low_b > high_a or high_b < low_a
    return float(np.median(second) - np.median(first)) if apart else 0.0


def _level_causes(before: Measurement, after: Measurement, change_db: float) -> tuple[str, ...]:
    """Tell a stem that was driven into something from one that was turned up, or taken away from."""
    taken = "an equaliser band or the compressor took more than the level match may give back"
    if change_db < 0:
        return (taken,)
    crest_db = (before.crest_db or 0.0) - (after.crest_db or 0.0)
    if crest_db > DRIVEN_CREST_DB:
        return (f"it was driven into a saturator or a clipper: its crest fell by {crest_db:.1f} dB", taken)
    return ("a gain was put on it that nothing declares", taken)


def level_db(reading: Measurement) -> float | None:
    """Return the gated loudness, or the RMS of a sound too short or too quiet to have one."""
    return reading.integrated_lufs if reading.integrated_lufs is not None else reading.rms_dbfs


def _before(sound: Sound, case: Case) -> Measurement | None:
    before = case.inputs.get(sound.name)
    return before.measurement if before is not None else None


def _audible(reading: Measurement) -> bool:
    level = level_db(reading)
    return level is not None and level > AUDIBLE_DBFS


def _compression_causes(done: StemFigures | None, loss_db: float) -> tuple[str, ...]:
    clipped = "the stem was clipped, saturated or limited on its way"
    if done is None or done.ratio <= 1.0:
        return (clipped,)
    compressor = (
        f"compressor ratio {done.ratio:g}:1 at threshold {done.threshold_dbfs:.0f} dBFS, "
        f"which took up to {done.compression_max_db:.1f} dB"
    )
    beyond = loss_db > done.compression_max_db + BEYOND_DB
    return (clipped, compressor) if beyond else (compressor, clipped)
