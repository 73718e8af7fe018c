"""Music, and not noise where music was promised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.audio import Audio
from core.checks.context import by_choice, came_in, is_part, subject
from core.contract import Case, Check, Finding, Leaves, Origin, Severity, Sound

FLATNESS = 0.8
"""White noise reads 0.97 in the meter's flatness; the noisiest of 33 published tracks reads 0.24."""
STEADY_DB = 1.5
"""Spread (10th to 90th percentile) of the level of 50 ms: noise holds it within 1 dB, music moves."""
SHORTEST_S = 0.5
BLOCK_S = 0.05


@dataclass(frozen=True)
class NotNoise(Check):
    """The sound is not steady noise: what random weights make, or a near silence lifted to full scale."""

    name: ClassVar[str] = "not_noise"
    unasked: ClassVar[str] = "for a short sound or silence"
    passes_on: ClassVar[bool] = True
    leaves: ClassVar[Leaves] = Leaves.UNUSABLE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the spectrum's flatness and the level's steadiness."""
        flatness = sound.measurement.spectral_flatness
        if flatness is None or sound.audio.duration_s < SHORTEST_S or by_choice(sound, case):
            return None
        if flatness < FLATNESS:
            return self.ok(f"Spectral flatness {flatness:.2f} (noise is over {FLATNESS:g}).", sound)
        spread_db = level_spread_db(sound.audio)
        evidence = (
            f"Spectral flatness {flatness:.2f} (noise is over {FLATNESS:g}), and its level moves by "
            f"{spread_db:.1f} dB (noise under {STEADY_DB:g})."
        )
        if spread_db > STEADY_DB:
            return self.ok(evidence, sound)
        untrained = case.promise.engine_untrained
        before = came_in(sound, case)
        inherited = before is not None and (before.measurement.spectral_flatness or 1.0) >= FLATNESS
        excused = untrained or inherited or (is_part(sound, case) and before is None)
        expected = "Noise, as promised: the engine's weights are random" if untrained else ""
        causes, remedy = _advice(untrained=untrained, inherited=inherited, uploaded=case.is_source)
        return self.rated(
            Severity.WARN if excused else Severity.FAIL,
            f"{expected or f'{subject(sound, case)} is steady noise'}: s{evidence[1:]}",
            sound,
            causes=causes,
            remedy=remedy,
            origin=Origin.INPUT if inherited else Origin.STAGE,
        )


def _advice(*, untrained: bool, inherited: bool, uploaded: bool) -> tuple[tuple[str, ...], str]:
    """Return the likely causes and the remedy."""
    if untrained:
        return ("random weights, chosen on purpose",), "Load trained weights."
    if inherited:
        return ("what came in was noise already",), "Look at the stage before."
    made = ("near silence was normalised to full scale", "the engine's weights did not load or do not fit it")
    if uploaded:
        return made, "Listen to the file, and export it again from the program that made it."
    return made, "Look at the level before it was normalised; make it again with whole weights."


def level_spread_db(audio: Audio) -> float:
    """Return the spread of the level of 50 ms blocks, 10th to 90th percentile, in dB."""
    size = max(1, round(BLOCK_S * audio.sample_rate))
    count = audio.frames // size
    blocks = audio.samples[: count * size].reshape(count, -1)
    power = np.einsum("bs,bs->b", blocks, blocks).astype(np.float64) / max(1, blocks.shape[1])
    low, high = np.percentile(10 * np.log10(power + 1e-20), [10, 90])
    return float(high - low)
