"""A processed sound is still the sound that came in: at its time, the right way round, and not another."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.checks.context import by_choice, came_in, clock, is_audible
from core.checks.figures import chain_of
from core.compare.lengths import quick_length
from core.compare.likeness import ANOTHER_COHERENCE, SEGMENT, TOO_SHORT, coherence, correlation
from core.contract import Case, Check, Finding, Sound

Doubles = npt.NDArray[np.float64]
Spectrum = npt.NDArray[np.complex128]

WINDOW_S = 4.0
WINDOWS = 3
REACH_S = 0.25
"""Delays up to this are looked for."""
BLURRED_ANOTHER = 0.12
"""Correlation under this is another sound also behind much reverb, or when it is too short to tell."""
MUCH_REVERB = 0.25
"""A declared wet share over this."""
UNLIKE = 0.5
"""Correlation over this is the same sound, whatever lies between; the built-in chains leave 0.88."""
ITSELF = 0.3
"""Correlation over this, at some delay, is the same sound."""
LONG_S = 0.003
LATE_S = 0.0002
"""The built-in chains have no delay at all."""
CLEAR = 0.2
"""The least height of a peak of the whitened cross-correlation that tells a delay or a polarity."""
AS_IT_IS = 0.5
"""A peak within LATE_S of no delay that is so high against the highest is the one taken."""
NARROW_HZ = 500.0
"""A few partials take less of the spectrum: a filter's phase looks like a delay of them. A pad takes 860."""
PRESENT = 1e-7
"""Of the strongest bin's power: weaker ones are rounding noise."""
SILENT = 1e-5
"""Where nothing goes out, there is nothing to compare: a gap is another fault."""
ONE_SIDE, CROSSED = 0.998, 0.3
"""Sides less alike than the first can be distinguished; left is right when that leaves so much less of it."""
SURE = 0.15
"""By so much another explanation must fit better than none."""


@dataclass(frozen=True)
class SameTake(Check):
    """What goes out correlates with what came in, at no delay, left with left."""

    name: ClassVar[str] = "same_take"
    unasked: ClassVar[str] = "without an input of the same form"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Correlate the loudest seconds with the input's."""
        before = came_in(sound, case)
        if before is None or by_choice(sound, case) or not is_audible(before.measurement):
            return None
        x, y = before.audio.samples, sound.audio.samples
        if x.shape != y.shape or not is_audible(sound.measurement):
            return None
        rate = sound.audio.sample_rate
        pairs = [(_piece(x, at, rate), _piece(y, at, rate)) for at in _loud_places(x, rate)]
        pairs = [(a, b) for a, b in pairs if np.abs(b).max(initial=0.0) > SILENT] or pairs
        straight = float(np.mean([correlation(a, b) for a, b in pairs]))
        crosses = _crosses(pairs, rate)
        best, lag_s = _best_lag(pairs, crosses, rate)
        crossed = float(np.mean([correlation(a, b[:, ::-1]) for a, b in pairs])) if x.shape[1] == 2 else 0.0
        shared = _shared(*(np.concatenate([pair[k] for pair in pairs]) for k in (0, 1)))
        evidence = (
            f"{sound.name} correlates with what came in by {straight:.2f} as it is, by {best:.2f} at "
            f"{1000 * lag_s:+.1f} ms; a filter makes {shared:.0%} of it from what came in (another sound is "
            f"under {UNLIKE:g} and {ANOTHER_COHERENCE:.0%})."
        )
        if 1 - crossed < CROSSED * (1 - straight) and straight < ONE_SIDE:
            return self._fail(sound, evidence, "left and right changed places")
        moved = _moved(crosses, rate) if shared >= ANOTHER_COHERENCE else ""
        if moved:
            return self._fail(sound, evidence, moved)
        if abs(lag_s) > LONG_S and best > max(ITSELF, straight + SURE):
            return self._fail(sound, evidence, f"it is {_late(lag_s)}")
        chain = chain_of(sound.name, case)
        blurred = shared == TOO_SHORT or (chain is not None and chain.reverb_wet > MUCH_REVERB)
        if straight < (BLURRED_ANOTHER if blurred else UNLIKE) and (blurred or shared < ANOTHER_COHERENCE):
            return self._fail(sound, evidence, "another sound stands in its place: a stale or a wrong file")
        foreign = None if blurred else _foreign_place(x, y, rate)
        if foreign is not None:
            at_s, left = foreign
            return self._fail(
                sound,
                f"From {clock(at_s)} to {clock(at_s + WINDOW_S)} a filter makes {left:.0%} of {sound.name} "
                f"from what came in (another sound is under {ANOTHER_COHERENCE:.0%}).",
                "another sound was written over a part of it",
            )
        return self.ok(evidence, sound)

    def _fail(self, sound: Sound, evidence: str, cause: str) -> Finding:
        return self.fail(
            evidence,
            sound,
            causes=(cause, "an effect that delays, or that leaves next to nothing of the sound itself"),
            remedy=f"Make this stage again, or bypass the chain of {sound.name}.",
        )


def _shared(x: Doubles, y: Doubles) -> float:
    """Return the coherence of the sums of the channels, or that of each channel where it is the greater.

    Where a channel is inverted, the sums are of the middle and of the side: two sounds.
    """
    own = float(np.mean([coherence(x[:, c], y[:, c]) for c in range(x.shape[1])]))
    return max(own, coherence(x.sum(axis=1), y.sum(axis=1)))


def _loud_places(samples: npt.NDArray[np.float32], rate: int) -> list[int]:
    """Return where the loudest windows begin, in frames; at least one."""
    size = round(WINDOW_S * rate)
    count = max(1, len(samples) // size)
    power = [float(np.square(samples[k * size : (k + 1) * size]).sum()) for k in range(count)]
    return [int(k) * size for k in np.argsort(power)[::-1][:WINDOWS]]


def _foreign_place(
    x: npt.NDArray[np.float32], y: npt.NDArray[np.float32], rate: int
) -> tuple[float, float] | None:
    """Return where the least coherent of the loudest windows begins, in s, and how coherent it is.

    None where every window is the same sound: by its correlation, or through a filter.
    """
    found = []
    for at in _loud_places(x, rate):
        a, b = _piece(x, at, rate), _piece(y, at, rate)
        if np.abs(b).max(initial=0.0) > SILENT and correlation(a, b) < UNLIKE:
            shared = coherence(_without_offset(a.sum(axis=1)), _without_offset(b.sum(axis=1)))
            found.append((shared, at / rate))
    shared, at_s = min(found, default=(1.0, 0.0))
    return (at_s, shared) if shared < ANOTHER_COHERENCE else None


def _without_offset(x: Doubles) -> Doubles:
    """Return whole segments of a sound without their means: an offset that drifts is no other sound."""
    segments = x[: len(x) // SEGMENT * SEGMENT].reshape(-1, SEGMENT)
    left: Doubles = (segments - segments.mean(axis=1, keepdims=True)).ravel()
    return left


def _piece(samples: npt.NDArray[np.float32], first: int, rate: int) -> Doubles:
    return samples[first : first + round(WINDOW_S * rate)].astype(np.float64)


def _crosses(pairs: list[tuple[Doubles, Doubles]], rate: int) -> Spectrum:
    """Return the cross spectrum of each channel of each window, (windows, channels, bins)."""
    size = quick_length(max(len(a) for a, _ in pairs) + round(REACH_S * rate))
    return np.stack([np.conj(np.fft.rfft(a.T, size)) * np.fft.rfft(b.T, size) for a, b in pairs])


def _at_lags(cross: Spectrum, rate: int) -> Doubles:
    """Return the correlation at every delay within reach, the earliest first."""
    reach = round(REACH_S * rate)
    course = np.fft.irfft(cross)
    return np.concatenate([course[-reach:], course[: reach + 1]])


def _best_lag(pairs: list[tuple[Doubles, Doubles]], crosses: Spectrum, rate: int) -> tuple[float, float]:
    """Return the highest correlation of the windows' sums over channels within reach, and the delay in s."""
    norms = [math.sqrt(max(1e-30, float((a * a).sum() * (b * b).sum()))) for a, b in pairs]
    total = _at_lags((crosses.sum(axis=1) / np.array(norms)[:, None]).mean(axis=0), rate)
    at = int(np.argmax(np.abs(total)))
    return float(abs(total[at])), (at - round(REACH_S * rate)) / rate


def _moved(crosses: Spectrum, rate: int) -> str:
    """Say which channel is late or inverted; "" for none, or when that is unknown."""
    count = crosses.shape[1]
    peaks = [_whitened_peak(cross, rate) for cross in crosses.sum(axis=0)]
    measured = {c: peak for c, peak in enumerate(peaks) if peak is not None}
    if not measured:
        return ""
    names = ("left", "right") if count == 2 else tuple(f"channel {c + 1}" for c in range(count))
    late = {c: lag for c, (lag, _) in measured.items() if abs(lag) > LATE_S * rate}
    if late:
        lag_s = max(late.values(), key=abs) / rate
        if len(late) == len(measured) and count > 1 and np.ptp(list(late.values())) > LATE_S * rate:
            return f"its channels are out of time by up to {_late(lag_s)}"
        who = "it" if len(late) == len(measured) else f"the {names[next(iter(late))]} channel"
        return f"{who} is {_late(lag_s)}"
    turned = [names[c] for c, (_, height) in measured.items() if height < 0]
    if len(turned) == len(measured):
        return "it is upside down: its polarity is inverted"
    return f"the {turned[0]} channel is inverted" if turned else ""


def _late(lag_s: float) -> str:
    milliseconds = 1000 * abs(lag_s)
    return f"{milliseconds:.{1 if milliseconds < 9.95 else 0}f} ms {'late' if lag_s > 0 else 'early'}"


def _whitened_peak(cross: Spectrum, rate: int) -> tuple[int, float] | None:
    """Return the delay in frames and the signed height of the highest peak; None when none is clear.

    Cross-correlation with the magnitudes taken out (GCC-PHAT, Knapp and Carter 1976): equalisers and
    compressors change magnitudes, a bass line's own wave does not blur the peak.
    """
    reach, size = round(REACH_S * rate), 2 * (len(cross) - 1)
    magnitude = np.abs(cross)
    held = magnitude > PRESENT * magnitude.max(initial=0.0)
    if magnitude.max() <= 0 or held.sum() * rate / size < NARROW_HZ:
        return None
    white = np.where(held, cross / np.maximum(magnitude, 1e-300), 0.0)
    around = _at_lags(white, rate) * len(held) / held.sum()
    near = max(1, round(LATE_S * rate))
    height = np.abs(around)
    at = int(np.argmax(height))
    middle = reach - near + int(np.argmax(height[reach - near : reach + near + 1]))
    at = middle if height[middle] >= AS_IT_IS * height[at] else at
    return (at - reach, float(around[at])) if height[at] >= CLEAR else None
