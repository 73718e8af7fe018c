"""The pipeline's calls for covers and repaints, on the real pipeline with random weights, in this process."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.engines.acestep15.caption import Description
from core.engines.acestep15.estimate import Song
from core.engines.acestep15.loading import load
from core.engines.acestep15.presets import Steps
from core.engines.acestep15.settings import Precision, RepaintMode
from core.engines.acestep15.walk import Ask, walk
from core.progress import silent
from tests.engines.acestep15.songs import melody

RATE = 48_000
STEPS = Steps(count=4, guidance=1.0, shift=3.0)
SOURCE = melody(2.0, RATE)
COVER = Ask(Description("loud metal"), "", 2.0, STEPS, 1, task="cover", source=SOURCE)
REPAINT = replace(COVER, task="repaint", start_s=0.8, stop_s=1.2)


@pytest.fixture(scope="module")
def pipe(turbo):
    return load(turbo, Precision.FLOAT32, Song(2.0)).pipe


@pytest.fixture
def calls(pipe, monkeypatch):
    """What each call of the transformer was given: noise level, and the latents of the source."""
    seen = []
    forward = pipe.transformer.forward

    def watched(hidden_states, timestep, context_latents, **named):
        seen.append((round(float(timestep[0]), 4), context_latents[..., : hidden_states.shape[-1]].clone()))
        return forward(
            hidden_states=hidden_states, timestep=timestep, context_latents=context_latents, **named
        )

    monkeypatch.setattr(pipe.transformer, "forward", watched)
    return seen


def made(pipe, ask, report=silent):
    torch.manual_seed(ask.seed)
    return walk(pipe, ask, report)[0].numpy().T


def latents_of(pipe, ask, monkeypatch):
    """The latents that a pass ends with, as the decoder gets them."""
    held = []
    decode = pipe.vae.decode
    monkeypatch.setattr(
        pipe.vae, "decode", lambda latents, *m, **n: (held.append(latents), decode(latents))[1]
    )
    made(pipe, ask)
    return held[0].transpose(1, 2)


# Covers


@pytest.mark.parametrize(
    ("strength", "covered"), [(1.0, 4), (0.75, 3), (0.5, 2), (0.3, 1), (0.2, 0), (0.0, 0)]
)
def test_a_cover_lets_its_source_go_after_its_share_of_the_steps(pipe, calls, strength, covered):
    made(pipe, replace(COVER, cover_strength=strength))
    levels = pipe._get_timestep_schedule(4, 3.0, None, torch.float32).tolist()
    assert [level for level, _ in calls] == [round(level, 4) for level in levels], (
        "no step twice, none left out"
    )
    silence = pipe.condition_encoder.silence_latent[:, :50]
    follows = [not torch.allclose(context, silence, atol=1e-4) for _, context in calls]
    assert follows == [True] * covered + [False] * (4 - covered)


def test_each_strength_is_another_sound_and_none_is_a_song_from_words(pipe):
    whole, half, none = (made(pipe, replace(COVER, cover_strength=s)) for s in (1.0, 0.5, 0.0))
    assert whole.shape == half.shape == none.shape == (2 * RATE, 2)
    assert not np.allclose(whole, half, atol=0.01) and not np.allclose(half, none, atol=0.01)
    words = made(pipe, replace(COVER, task="text2music", source=None))
    assert np.array_equal(none, words)


def test_the_steps_of_both_parts_are_reported_as_one_walk(pipe):
    heard = []
    made(pipe, replace(COVER, cover_strength=0.5), lambda at, said: heard.append((at, said)))
    assert [said for _, said in heard] == [f"Step {n} of 4" for n in (1, 2, 3, 4)]
    assert [at for at, _ in heard] == sorted(at for at, _ in heard)


@pytest.mark.parametrize("frames", [71, 73, 74])
def test_a_cover_of_any_length_has_as_many_frames_in_both_parts(pipe, frames):
    ask = replace(COVER, source=np.resize(SOURCE, (frames * 1920, 2)), duration_s=frames * 1920 / RATE)
    assert made(pipe, replace(ask, cover_strength=0.5)).shape[0] == frames * 1920


# Repaints


def test_a_conservative_repaint_ends_with_the_source_outside_of_its_window(pipe, calls, monkeypatch):
    ended = {mode: latents_of(pipe, replace(REPAINT, repaint_mode=mode), monkeypatch) for mode in RepaintMode}
    source = calls[0][1]
    outside, inside = torch.ones(50, dtype=bool), torch.zeros(50, dtype=bool)
    outside[20:30], inside[20:30] = False, True

    def off(mode):
        return float((ended[mode] - source)[:, outside].abs().max())

    assert off(RepaintMode.CONSERVATIVE) == 0.0
    assert off(RepaintMode.BALANCED) > 0.01 and off(RepaintMode.AGGRESSIVE) > 0.01
    assert off(RepaintMode.BALANCED) != off(RepaintMode.AGGRESSIVE)
    one, other = (ended[mode][:, inside] for mode in (RepaintMode.CONSERVATIVE, RepaintMode.AGGRESSIVE))
    assert not torch.allclose(one, other, atol=1e-3), "what lies around it is heard inside"


def test_after_a_repaint_the_pipeline_is_itself_again(pipe):
    before = made(pipe, replace(REPAINT, repaint_mode=RepaintMode.AGGRESSIVE))
    made(pipe, replace(REPAINT, repaint_mode=RepaintMode.CONSERVATIVE))
    assert "prepare_latents" not in vars(pipe) and "prepare_src_latents" not in vars(pipe)
    assert np.array_equal(made(pipe, replace(REPAINT, repaint_mode=RepaintMode.AGGRESSIVE)), before)


def test_takes_of_one_call_are_their_seeds_songs_to_within_rounding_and_not_to_the_last_bit(pipe):
    """Why each take has a call of its own: a sound that gave way is made again to the last bit."""

    def played(*seeds):
        count = len(seeds)
        return pipe(
            prompt=["warm piano"] * count,
            lyrics=["la la"] * count,
            audio_duration=2.0,
            num_inference_steps=8,
            guidance_scale=1.0,
            shift=3.0,
            generator=[torch.Generator().manual_seed(seed) for seed in seeds],
        ).audios.numpy()

    together, alone = played(1, 2, 3), [played(seed)[0] for seed in (1, 2, 3)]
    assert all(np.allclose(one, other, atol=1e-4) for one, other in zip(together, alone, strict=True))
    assert np.array_equal(alone[1], played(2)[0])
    assert not all(np.array_equal(one, other) for one, other in zip(together, alone, strict=True))
