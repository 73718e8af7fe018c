"""A processed sound is still the sound that came in: at its time, the right way round, and not another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.checks.context import by_choice, came_in, clock, declared, fine, is_heard
from core.checks.likeness import ANOTHER_COHERENCE, SEGMENT, TOO_SHORT, coherence, correlation
from core.contract import Case, Check, Finding, Severity, Sound

Doubles = npt.NDArray[np.float64]

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
LATE_S = 0.003
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

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Correlate the loudest seconds with the input's; None without an input of the same form."""
        before = came_in(sound, case)
        if before is None or by_choice(sound, case) or not is_heard(before.measurement):
            return None
        x, y = before.audio.samples, sound.audio.samples
        if x.shape != y.shape or not is_heard(sound.measurement):
            return None
        rate = sound.audio.sample_rate
        pairs = [(_piece(x, at, rate), _piece(y, at, rate)) for at in _loud_places(x, rate)]
        pairs = [(a, b) for a, b in pairs if np.abs(b).max(initial=0.0) > SILENT] or pairs
        straight = float(np.mean([correlation(a, b) for a, b in pairs]))
        best, lag_s = _best_lag(pairs, rate)
        crossed = float(np.mean([correlation(a, b[:, ::-1]) for a, b in pairs])) if x.shape[1] == 2 else 0.0
        shared = coherence(*(np.concatenate([pair[k].sum(axis=1) for pair in pairs]) for k in (0, 1)))
        evidence = (
            f"{sound.name} correlates with what came in by {straight:.2f} as it is, by {best:.2f} at "
            f"{1000 * lag_s:+.1f} ms; a filter makes {shared:.0%} of it from what came in (another sound is "
            f"under {UNLIKE:g} and {ANOTHER_COHERENCE:.0%})."
        )
        if 1 - crossed < CROSSED * (1 - straight) and straight < ONE_SIDE:
            return self._fail(sound, evidence, "left and right changed places")
        if abs(lag_s) > LATE_S and best > max(ITSELF, straight + SURE):
            side = "late" if lag_s > 0 else "early"
            return self._fail(sound, evidence, f"it is {1000 * abs(lag_s):.0f} ms {side}")
        blurred = shared == TOO_SHORT or float(declared(sound.name, case).get("reverb_wet", 0)) > MUCH_REVERB
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
        return fine(self.name, sound, evidence)

    def _fail(self, sound: Sound, evidence: str, cause: str) -> Finding:
        return Finding(
            check=self.name,
            severity=Severity.FAIL,
            artifact=sound.name,
            evidence=evidence,
            causes=(cause, "an effect that delays, or that leaves next to nothing of the sound itself"),
            remedy=f"Make this stage again, or bypass the chain of {sound.name}.",
        )


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
        shared = coherence(_without_offset(a.sum(axis=1)), _without_offset(b.sum(axis=1)))
        if np.abs(b).max(initial=0.0) > SILENT and correlation(a, b) < UNLIKE:
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


def _best_lag(pairs: list[tuple[Doubles, Doubles]], rate: int) -> tuple[float, float]:
    """Return the highest correlation of the windows' sums over channels within reach, and the delay in s."""
    reach = round(REACH_S * rate)
    total: Doubles = np.zeros(2 * reach + 1)
    for a, b in pairs:
        size = 1 << int(np.ceil(np.log2(len(a) + reach)))
        cross = np.zeros(size)
        for c in range(a.shape[1]):
            cross += np.fft.irfft(np.conj(np.fft.rfft(a[:, c], size)) * np.fft.rfft(b[:, c], size), size)
        cross /= np.sqrt(max(1e-30, float((a * a).sum() * (b * b).sum())))
        total += np.concatenate([cross[-reach:], cross[: reach + 1]]) / len(pairs)
    at = int(np.argmax(np.abs(total)))
    return float(abs(total[at])), (at - reach) / rate
