"""What happens at each step of the sampler: DCW, and a reading of the sound as the model then expects it.

DCW (differential correction in the wavelet domain) moves the latents away from the denoised estimate, by .05
of the noise level in the low band and .02 of the rest in the high band of one Haar step along time; ACE-Step
1.5 does so for turbo models since 2026. On sft models it makes noise (its issues 1206, 1273, 1288, 1299).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from core.progress import Report

Samples = npt.NDArray[np.float32]

LOW, HIGH = 0.05, 0.02
LISTENED_S = 2.0
"""Of a step that is listened to."""


@dataclass(frozen=True)
class StepReading:
    """The denoised estimate of one step: noise level, RMS, and share of its energy in the high band."""

    noise: float
    rms: float
    not_numbers: int
    high_share: float


@dataclass(eq=False)
class Seen:
    """What the steps of a pass left, in their order, on the device."""

    steps: list[tuple[float, Any]] = field(default_factory=list)
    """Noise level, and what :func:`readings` reads."""
    excerpts: dict[int, Any] = field(default_factory=dict)
    """Latents (batch, frames, channels) of :data:`LISTENED_S` of the denoised estimate, by step from 1."""


@contextmanager
def sampling(pipe: Any, *, dcw: bool, listened: Collection[int] = ()) -> Iterator[Seen]:
    """Watch every step of ``pipe.scheduler``, and correct it with DCW when asked to.

    Yields what is filled as the steps go; ``listened``: the steps of which an excerpt is held. Nothing waits
    for the graphics card.
    """
    scheduler = pipe.scheduler
    step = scheduler.step
    seen = Seen()

    def watched(velocity: Any, timestep: Any, sample: Any, *more: Any, **named: Any) -> Any:
        made = step(velocity, timestep, sample, *more, **named)
        noise = float(timestep)
        denoised = sample - noise * velocity
        seen.steps.append((noise, _figures(denoised)))
        if len(seen.steps) in listened:
            seen.excerpts[len(seen.steps)] = _excerpt(denoised, pipe.latents_per_second)
        following = corrected(made[0], denoised, noise) if dcw else made[0]
        return (following, *made[1:])

    scheduler.step = watched
    try:
        yield seen
    finally:
        del scheduler.step


def corrected(latents: Any, denoised: Any, noise: float) -> Any:
    """Return the latents (batch, frames, channels) of the next step with DCW's correction, in their format.

    ``noise``: from 1 (all noise) to 0. An odd last frame has no partner: it counts as low band alone.
    """
    import torch

    apart = latents - denoised
    even = apart.shape[1] // 2 * 2
    first, second = apart[:, 0:even:2], apart[:, 1:even:2]
    mean, difference = (first + second) / 2, (first - second) / 2
    low, high = LOW * noise, HIGH * (1.0 - noise)
    pairs = torch.stack([low * mean + high * difference, low * mean - high * difference], dim=2)
    change = pairs.reshape(apart.shape[0], even, apart.shape[2])
    if even < apart.shape[1]:
        change = torch.cat([change, low * apart[:, even:]], dim=1)
    return (latents + change).to(latents.dtype)


def decoded(pipe: Any, seen: Seen, report: Report) -> dict[int, Samples]:
    """Return the excerpts as sound, (frames, channels), by their steps; values that are no numbers as zero.

    Raises, between two of them, whatever ``report`` raises.
    """
    import torch

    sounds = {}
    for step, latents in seen.excerpts.items():
        report(1.0, f"Decoding two seconds of step {step}")
        with torch.inference_mode():
            made = pipe.vae.decode(torch.nan_to_num(latents).transpose(1, 2).to(pipe.vae.dtype)).sample
        sounds[step] = torch.nan_to_num(made[0].float()).clamp(-1.0, 1.0).cpu().numpy().T
    pipe.maybe_free_model_hooks()
    return sounds


def _excerpt(denoised: Any, latents_hz: float) -> Any:
    """Return two seconds of latents, from a third of the way on."""
    frames = min(denoised.shape[1], round(LISTENED_S * latents_hz))
    start = min(denoised.shape[1] // 3, denoised.shape[1] - frames)
    return denoised[:, start : start + frames].clone()


def readings(seen: Seen) -> list[StepReading]:
    """Return the readings of all steps as numbers."""
    out = []
    for noise, figures in seen.steps:
        mean_square, bad, high = (float(value) for value in figures.tolist())
        share = high / mean_square if mean_square > 0 else 0.0
        out.append(StepReading(round(noise, 4), round(mean_square**0.5, 5), int(bad), round(share, 4)))
    return out


def _figures(denoised: Any) -> Any:
    """Return mean square, count of what is no number, and mean square of the high band, on the device."""
    import torch

    numbers = torch.isfinite(denoised)
    clean = torch.where(numbers, denoised, torch.zeros_like(denoised)).float()
    even = clean.shape[1] // 2 * 2
    high = (clean[:, 0:even:2] - clean[:, 1:even:2]) / 2 if even else clean[:, :0]
    share = high.square().mean() if even else clean.new_zeros(())
    return torch.stack([clean.square().mean(), (~numbers).sum().float(), share])
