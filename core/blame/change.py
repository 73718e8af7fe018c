"""What one step did to the sound: every figure in and out, and what kind of step it was.

Level, true peak, crest, PLR, spectrum tilt, length and form are the meter's. The null residual is what is
left of the result once the source, at the delay and gain that fit best, is taken away from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, computed_field

from core.audio import Audio, Samples
from core.blame.take import Take
from core.blame.tilt import tilts
from core.checks.length import COMMON_RATES
from core.compare.align import Aligned, align, fit
from core.compare.explain import Explanation, Kind, explain

BLOCK_S = 0.05
PLAYS_DBFS = -50.0
"""A block of 50 ms over this plays."""
GONE_DB = 60.0
"""A block so much quieter than its source, at the gain of the whole, has gone silent."""
UNRELATED = 0.2
"""Under this likeness nothing of the one is found in the other: unlike sounds of the tests reach 0.18, and
what keeps a tenth of the sound's energy, or of its length, has 0.3."""
SWAPPED_DB = 10.0
RATIO_TOLERANCE = 0.01
TWICE = 0.05
AGAIN = 0.95
FOUND_AGAIN = 0.5
"""The correlation that a sound must reach at another rate to be the same one, labelled wrongly."""

Envelope = npt.NDArray[np.float64]


class InOut(BaseModel):
    """A figure before a step and after it; None where it does not exist."""

    model_config = ConfigDict(frozen=True)

    before: float | None
    after: float | None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def change(self) -> float | None:
        """After minus before."""
        return None if self.before is None or self.after is None else self.after - self.before


class Change(BaseModel):
    """What one step did to one sound."""

    model_config = ConfigDict(frozen=True)

    integrated_lufs: InOut
    true_peak_dbtp: InOut
    crest_db: InOut
    plr_db: InOut
    loudness_range_lu: InOut
    tilt_db_per_octave: InOut
    """Slope of the power spectrum from 60 Hz to 12 kHz, over the bands that both hold; white noise is 0."""
    duration_s: InOut
    sample_rate: InOut
    channels: InOut
    kind: Kind
    left_db: float | None = None
    """What the kind of step does not explain of the result, against the result."""
    filtered: bool = False
    """An equaliser comes on top of that kind."""
    top_db: float | None = None
    """For a curve: by how much it turns the tops down against the middle, positive."""
    gain_db: float | None = None
    """The gain that fits best."""
    null_residual_db: float | None = None
    """What that gain leaves of the result, against the result: -200 is nothing; None without sound."""
    correlation: float | None = None
    likeness: float | None = None
    """Correlation over the whole length of both, each channel for itself; 0 to 1."""
    offset: float = 0.0
    """The constant that was added, of full scale: the largest of a channel."""
    delay_s: float | None = None
    """How much later the result is; None when nothing of the source is found in it."""
    polarity_inverted: bool = False
    channels_swapped: bool = False
    made_at_hz: int | None = None
    """The rate at which the result is the source again, when its label says another."""
    speed: float = 1.0
    """How many times as fast the result plays, for samples labelled with another rate than they have."""
    lost_s: float = 0.0
    """Seconds of playing source that lie outside the result."""
    added_s: float = 0.0
    """Seconds of playing result that lie outside the source."""
    repeated: bool = False
    """The result goes on with the source once more."""
    gone_s: float = 0.0
    """Seconds within both in which the source plays and the result is silent."""
    gone_from_s: float | None = None
    """Where the first of them is, in the result's time."""


@dataclass(frozen=True, eq=False)
class Compared:
    """A change, and the two sounds laid over each other, when they could be."""

    change: Change
    aligned: Aligned | None = None


def compare(before: Take, after: Take) -> Compared:
    """Return what happened from one step to the next; never raises, whatever the samples.

    Sounds may differ in length, rate and channels, and may hold NaN or nothing: figures that do not exist
    are None then.
    """
    aligned = align(before.sound.audio, after.sound.audio)
    made_at = None
    if aligned is None or abs(aligned.correlation) < FOUND_AGAIN:
        again = _at_another_rate(before.sound.audio, after.sound.audio)
        if again is not None:
            made_at, aligned = again
    figures = _figures(before, after)
    if aligned is None:
        return Compared(figures)
    label = after.sound.audio.sample_rate
    found = aligned.likeness >= UNRELATED
    explained = _explained(before.sound.audio, after.sound.audio, aligned, found)
    gone = list(_gone(aligned)) if found else []
    swapped = _swapped(aligned)
    found_out = dict(
        kind=explained.kind,
        left_db=explained.left_db,
        filtered=explained.filtered,
        top_db=explained.top_db if explained.kind is Kind.CURVE else None,
        gain_db=_db(abs(aligned.gain)),
        null_residual_db=aligned.null_residual_db,
        correlation=aligned.correlation,
        likeness=aligned.likeness,
        offset=_offset(aligned) if found else 0.0,
        delay_s=aligned.delay_s if found else None,
        polarity_inverted=found and aligned.gain < 0,
        channels_swapped=swapped,
        made_at_hz=made_at,
        speed=label / made_at if made_at else 1.0,
        lost_s=_playing_s(before.sound.audio, aligned.only_before) if found else 0.0,
        added_s=_playing_s(after.sound.audio, aligned.only_after) if found else 0.0,
        repeated=found and _repeats(after.sound.audio, before.sound.measurement.duration_s),
        gone_s=round(BLOCK_S * len(gone), 3),
        gone_from_s=gone[0] + aligned.only_after[0] if gone else None,
    )
    return Compared(figures.model_copy(update=found_out), aligned)


def _figures(before: Take, after: Take) -> Change:
    """Return what the meter tells of both; the rest is as for silence."""
    a, b = before.sound.measurement, after.sound.measurement
    top_hz = 0.45 * min(a.sample_rate, b.sample_rate)
    tilt_in, tilt_out = tilts(before.spectrum, after.spectrum, top_hz)
    return Change(
        integrated_lufs=InOut(before=a.integrated_lufs, after=b.integrated_lufs),
        true_peak_dbtp=InOut(before=a.true_peak_dbtp, after=b.true_peak_dbtp),
        crest_db=InOut(before=a.crest_db, after=b.crest_db),
        plr_db=InOut(before=a.plr_db, after=b.plr_db),
        loudness_range_lu=InOut(before=a.loudness_range_lu, after=b.loudness_range_lu),
        tilt_db_per_octave=InOut(before=tilt_in, after=tilt_out),
        duration_s=InOut(before=a.duration_s, after=b.duration_s),
        sample_rate=InOut(before=a.sample_rate, after=b.sample_rate),
        channels=InOut(before=a.channels, after=b.channels),
        kind=Kind.SILENT,
    )


def _explained(before: Audio, after: Audio, aligned: Aligned, found: bool) -> Explanation:
    if not found:
        return Explanation(Kind.UNRELATED, aligned.null_residual_db)
    if before.sample_rate == after.sample_rate and np.array_equal(before.samples, after.samples):
        return Explanation(Kind.IDENTICAL, aligned.null_residual_db)
    return explain(aligned)


def _at_another_rate(before: Audio, after: Audio) -> tuple[int, Aligned] | None:
    """Return the rate at which ``after`` is ``before`` again, for a length that speaks for it; else None."""
    ratio = after.duration_s / before.duration_s if before.frames else 0.0
    for rate in {*COMMON_RATES, before.sample_rate}:
        wanted = rate / after.sample_rate
        if abs(wanted - 1) <= RATIO_TOLERANCE or abs(ratio / wanted - 1) > RATIO_TOLERANCE:
            continue
        aligned = align(before, Audio(after.samples, rate))
        if aligned is not None and abs(aligned.correlation) >= FOUND_AGAIN:
            return rate, aligned
    return None


def _repeats(audio: Audio, source_s: float) -> bool:
    """Return whether a sound is about twice as long as its source, and its second half is its first."""
    if abs(audio.duration_s / max(source_s, 1e-9) - 2) > TWICE:
        return False
    half = audio.frames // 2
    aligned = align(
        Audio(audio.samples[:half], audio.sample_rate), Audio(audio.samples[half:], audio.sample_rate)
    )
    return aligned is not None and aligned.correlation > AGAIN


def _offset(aligned: Aligned) -> float:
    """Return the constant that a channel of the result has beyond the source's, the largest of them."""
    frames = len(aligned.after)
    source, result = (
        np.einsum("tc->c", side, dtype=np.float64) / frames for side in (aligned.before, aligned.after)
    )
    added = result - aligned.gain * source
    return float(added[np.argmax(np.abs(added))])


def _swapped(aligned: Aligned) -> bool:
    """Return whether left and right changed places: the other way round fits far better."""
    if aligned.before.shape[1] != 2:
        return False
    _, residual_db = fit(aligned.before[:, ::-1], aligned.after)
    return residual_db < min(-SWAPPED_DB, aligned.null_residual_db - SWAPPED_DB)


def _gone(aligned: Aligned) -> Iterator[float]:
    """Yield where, within the common stretch, a block that plays in the source is silent in the result."""
    size = max(1, round(BLOCK_S * aligned.sample_rate))
    source, result = block_powers(aligned.before, size), block_powers(aligned.after, size)
    plays = source > 10 ** (PLAYS_DBFS / 10)
    silent = result < source * max(aligned.gain**2, 1e-12) * 10 ** (-GONE_DB / 10)
    for block in np.flatnonzero(plays & silent):
        yield float(block) * size / aligned.sample_rate


def _playing_s(audio: Audio, outside: tuple[float, float]) -> float:
    """Return for how long a sound plays in its first and last so many seconds."""
    size = max(1, round(BLOCK_S * audio.sample_rate))
    head = audio.samples[: round(outside[0] * audio.sample_rate)]
    tail = audio.samples[max(0, audio.frames - round(outside[1] * audio.sample_rate)) :]
    blocks = [block_powers(part, size) for part in (head, tail) if len(part) >= size]
    return round(BLOCK_S * sum(int((power > 10 ** (PLAYS_DBFS / 10)).sum()) for power in blocks), 3)


def block_powers(samples: Samples, size: int) -> Envelope:
    """Return the mean square of every whole block, over all channels; what is no number counts as zero."""
    count = len(samples) // size
    pieces = samples[: count * size].reshape(count, -1)
    power = np.einsum("bt,bt->b", pieces, pieces, dtype=np.float64) / max(1, pieces.shape[1])
    return np.asarray(np.nan_to_num(power, nan=0.0, posinf=0.0), dtype=np.float64)


def _db(gain: float) -> float | None:
    return 20 * math.log10(gain) if gain > 0 else None


def readings(change: Change) -> Iterator[tuple[str, str, InOut]]:
    """Yield the figures that a table of steps shows: title, unit and the figure in and out."""
    yield "Loudness", "LUFS", change.integrated_lufs
    yield "True peak", "dBTP", change.true_peak_dbtp
    yield "Crest", "dB", change.crest_db
    yield "PLR", "dB", change.plr_db
    yield "Tilt", "dB/oct", change.tilt_db_per_octave
