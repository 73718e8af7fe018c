"""Each stem goes by its own name: known where the song's true stems lie beside the separated ones."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.checks.altered_stem import TRUE_STEM
from core.checks.context import is_audible
from core.contract import Case, Finding, Sound, WholeCheck

ALIKE = 0.5
"""Correlation with the other name's true stem, from which on it may be that stem."""
CLEARLY = 0.25
"""By how much more than with its own. Separators of music: the own true stem is ahead by 0.3 or more."""
WINDOWS, WINDOW_FRAMES = 64, 2048

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RightNames(WholeCheck):
    """No two stems have each other's names."""

    name: ClassVar[str] = "stem_names"
    unasked: ClassVar[str] = "unless two audible stems have a true one each"

    def examine_all(self, case: Case) -> Finding | None:
        """Compare every stem with every true stem."""
        names = [
            name
            for name, sound in case.outputs.items()
            if is_audible(sound.measurement)
            and TRUE_STEM + name in case.inputs
            and is_audible(case.inputs[TRUE_STEM + name].measurement)
            and case.inputs[TRUE_STEM + name].audio.samples.shape == sound.audio.samples.shape
        ]
        if len(names) < 2:
            return None
        made = {name: _sampled(case.outputs[name]) for name in names}
        true = {name: _sampled(case.inputs[TRUE_STEM + name]) for name in names}
        alike = {(a, b): float(made[a] @ true[b]) for a in names for b in names}
        swapped = [
            (a, b)
            for a, b in combinations(names, 2)
            if all(alike[x, y] >= max(ALIKE, alike[x, x] + CLEARLY) for x, y in ((a, b), (b, a)))
        ]
        if not swapped:
            least = min(names, key=lambda name: alike[name, name])
            evidence = f"Each stem is most like its own true one ({least} least: {alike[least, least]:.2f})."
            return self.ok(evidence)
        a, b = swapped[0]
        return self.fail(
            f"The stem named {a} correlates by {alike[a, b]:.2f} with the true {b} and by "
            f"{alike[a, a]:.2f} with the true {a}; {b} likewise the other way round (limit {CLEARLY:g}).",
            a,
            causes=(
                f"the names of {a} and {b} were swapped",
                "the separator lists its stems in another order than it was read in",
            ),
            remedy="Separate again; compare the separator's own order of stems with the names.",
        )


def _sampled(sound: Sound) -> Doubles:
    """Return windows evenly taken over the sound, of energy 1."""
    samples = sound.audio.samples
    starts = np.unique(np.linspace(0, max(0, len(samples) - WINDOW_FRAMES), WINDOWS).astype(int))
    out = np.concatenate([samples[start : start + WINDOW_FRAMES] for start in starts]).astype(np.float64)
    flat = np.nan_to_num(out, posinf=0.0, neginf=0.0).ravel()
    return np.asarray(flat / max(float(np.sqrt(flat @ flat)), 1e-20))
