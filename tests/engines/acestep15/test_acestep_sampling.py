"""DCW by its definition, and what is read off every step."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch

from core.engines.acestep15.sampling import corrected, readings, sampling

LOW, HIGH = 0.05, 0.02
"""ACE-Step 1.5's own."""


class Scheduler:
    def step(self, velocity, timestep, sample, return_dict=True):
        return (sample - 0.25 * velocity,)


def haar(latents):
    return (latents[:, 0::2] + latents[:, 1::2]) / 2**0.5, (latents[:, 0::2] - latents[:, 1::2]) / 2**0.5


def test_each_band_moves_away_from_the_estimate_by_its_share():
    latents, denoised = torch.randn(2, 8, 3), torch.randn(2, 8, 3)
    made = corrected(latents, denoised, 0.75)
    for band, share in zip(range(2), (LOW * 0.75, HIGH * 0.25), strict=True):
        before, target, after = (haar(each)[band] for each in (latents, denoised, made))
        assert torch.allclose(after, before + share * (before - target), atol=1e-6)


def test_an_odd_length_keeps_its_last_frame_in_the_low_band():
    latents, denoised = torch.randn(1, 5, 2), torch.randn(1, 5, 2)
    made = corrected(latents, denoised, 1.0)
    last = latents[:, 4] + LOW * (latents[:, 4] - denoised[:, 4])
    assert made.shape == latents.shape and torch.allclose(made[:, 4], last)


def test_the_last_step_is_left_as_it_is():
    clean = torch.randn(1, 6, 2)
    assert torch.equal(corrected(clean, clean, 0.1), clean)


@pytest.mark.parametrize("dcw", [True, False])
def test_steps_are_watched_and_the_scheduler_is_itself_again(dcw):
    pipe = SimpleNamespace(scheduler=Scheduler())
    sample, velocity = torch.randn(1, 6, 2), torch.randn(1, 6, 2)
    with sampling(pipe, dcw=dcw) as seen:
        made = pipe.scheduler.step(velocity, torch.tensor(0.5), sample, return_dict=False)[0]
    plain = sample - 0.25 * velocity
    expected = corrected(plain, sample - 0.5 * velocity, 0.5) if dcw else plain
    assert torch.equal(made, expected)
    assert pipe.scheduler.step.__func__ is Scheduler.step
    (reading,) = readings(seen)
    assert reading.noise == 0.5
    assert reading.rms == pytest.approx(float((sample - 0.5 * velocity).square().mean().sqrt()), abs=1e-4)


def test_noise_reads_half_high_and_a_slow_wave_nearly_none():
    pipe = SimpleNamespace(scheduler=Scheduler())
    slow = torch.sin(torch.linspace(0, 6.28, 400)).reshape(1, 400, 1)
    with sampling(pipe, dcw=False) as seen:
        for sample in (torch.randn(1, 4000, 8), slow, torch.full((1, 4, 2), float("nan"))):
            pipe.scheduler.step(torch.zeros_like(sample), torch.tensor(0.5), sample)
    noise, wave, broken = readings(seen)
    assert noise.high_share == pytest.approx(0.5, abs=0.05) and wave.high_share < 0.01
    assert broken.not_numbers == 8 and broken.rms == 0.0
