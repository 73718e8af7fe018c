"""diffusers: the latents' level at each denoising step, and the step at which they stopped being numbers.

    levels = LatentLevels()
    audio = pipe(prompt, callback_on_step_end=levels).audios[0]
    probe.step("generate", audio, 48_000, latents=levels.figures())

For pipelines that call back through ``callback_on_step_end`` with ``latents``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from core.values import Json


@dataclass(frozen=True)
class LatentLevel:
    """The latents after one step."""

    step: int
    rms: float
    """Over the finite values; NaN when there is none."""
    nonfinite: int


class LatentLevels:
    """A callback for a pipeline; collects a :class:`LatentLevel` a step and changes nothing."""

    def __init__(self) -> None:
        self.steps: list[LatentLevel] = []

    def __call__(
        self, pipe: Any, step: int, timestep: Any, callback_kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """Read the latents of one step."""
        latents = callback_kwargs.get("latents")
        if latents is not None:
            values = latents.detach().float()
            finite = values[values.isfinite()]
            rms = float(finite.square().mean().sqrt()) if finite.numel() else math.nan
            self.steps.append(LatentLevel(step, rms, values.numel() - finite.numel()))
        return callback_kwargs

    @property
    def broken_at(self) -> int | None:
        """The first step, from 0, after which a value was not finite; None when none was."""
        return next((one.step for one in self.steps if one.nonfinite), None)

    @property
    def sentence(self) -> str:
        """What the latents tell, in a sentence."""
        if not self.steps:
            return "No step called back with latents."
        if self.broken_at is not None:
            return f"The latents are not finite from step {self.broken_at + 1} of {len(self.steps)} on."
        first, last = self.steps[0].rms, self.steps[-1].rms
        return f"The latents' RMS goes from {first:.3g} to {last:.3g} in {len(self.steps)} steps."

    def figures(self) -> dict[str, Json]:
        """Return what a probe records: the sentence, and the RMS of each step (null for none)."""
        levels: list[Json] = [None if math.isnan(one.rms) else round(one.rms, 6) for one in self.steps]
        return {"sentence": self.sentence, "rms": levels}
