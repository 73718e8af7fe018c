"""Every sample is a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.checks.context import MOST_SPANS, span, subject
from core.contract import Case, Check, Finding, Leaves, Sound, Span


@dataclass(frozen=True)
class Finite(Check):
    """Not one NaN or infinite sample: a single one silences most filters and codecs behind it."""

    name: ClassVar[str] = "finite"
    gate: ClassVar[bool] = True
    passes_on: ClassVar[bool] = True
    leaves: ClassVar[Leaves] = Leaves.UNUSABLE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Count the samples that are no numbers."""
        count = sound.measurement.nonfinite_samples
        total = sound.audio.samples.size
        if count == 0:
            return self.ok(f"All {total} samples are numbers.", sound)
        nans = int(np.isnan(sound.audio.samples).sum())
        kinds = [f"{n} {kind}" for n, kind in ((nans, "NaN"), (count - nans, "infinite")) if n]
        where = "every sample" if count == total else f"{count} of {total} samples"
        return self.fail(
            f"{where.capitalize()} of {_called(sound, case)} "
            f"{'is not a valid number' if count == total else 'are not valid numbers'} "
            f"({', '.join(kinds)}; limit 0).",
            sound,
            causes=_causes(sound, case, count / total),
            remedy="Open the file in the program that made it and export it again, or silence its broken "
            "samples here (Generate's setting broken_samples)."
            if case.uploaded
            else "Make this stage again; in half precision, switch the engine to float32 first.",
            spans=_stretches(sound),
        )


def _called(sound: Sound, case: Case) -> str:
    name = subject(sound, case)
    return name if name == sound.name else name[0].lower() + name[1:]


def _causes(sound: Sound, case: Case, share: float) -> tuple[str, ...]:
    broken_before = [name for name, s in case.inputs.items() if s.measurement.nonfinite_samples]
    if broken_before:
        return (f"{broken_before[0]} held such samples when it came in",)
    if share > 0.5:
        return (
            "the engine's arithmetic overflowed: half precision, or weights that do not fit the model",
            "a division by the peak of silence",
        )
    return (
        "a division by zero or the logarithm of zero at a silent spot",
        "a filter that became unstable",
    )


def _stretches(sound: Sound) -> tuple[Span, ...]:
    """Return where the broken samples lie, joined when closer than 10 ms; at most eight stretches."""
    rate = sound.audio.sample_rate
    frames = np.flatnonzero(~np.isfinite(sound.audio.samples).all(axis=1))
    breaks = np.flatnonzero(np.diff(frames) > rate // 100)
    firsts, lasts = frames[np.r_[0, breaks + 1]], frames[np.r_[breaks, len(frames) - 1]]
    pairs = zip(firsts[:MOST_SPANS], lasts[:MOST_SPANS], strict=True)
    return tuple(span(first / rate, (last + 1) / rate) for first, last in pairs)
