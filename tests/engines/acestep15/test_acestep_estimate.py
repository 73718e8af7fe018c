"""The memory estimate against the tensors that are really alive, at the published widths, on the meta device.

Two layers stand for all: one layer's tensors are freed before the next. What a kernel of a graphics card
takes beside them is not seen here (``benchmarks/gpu.py`` measures it on one).
"""

from __future__ import annotations

import pytest
import torch

from core.engines.acestep15.estimate import Song, longest_s, need
from core.engines.acestep15.sizes import published_size
from tests.engines.acestep15.live_tensors import LiveTensors

WIDTHS = {
    "acestep-v15-base-diffusers": {},
    "acestep-v15-xl-base-diffusers": {
        "hidden_size": 2560,
        "intermediate_size": 9728,
        "num_attention_heads": 32,
        "encoder_hidden_size": 2048,
    },
}
LAYERS = {"acestep-v15-base-diffusers": 24, "acestep-v15-xl-base-diffusers": 32}
FLOAT = torch.bfloat16


def transformer(name, layers):
    from diffusers import AceStepTransformer1DModel

    with torch.device("meta"):
        return AceStepTransformer1DModel(num_hidden_layers=layers, **WIDTHS[name]).to(FLOAT).eval()


def empty(*shape):
    return torch.empty(*shape, device="meta", dtype=FLOAT)


@pytest.mark.parametrize("name", WIDTHS)
def test_the_published_sizes_are_those_of_the_networks(name):
    one, two = (sum(w.numel() for w in transformer(name, count).parameters()) for count in (1, 2))
    assert published_size(name).parameters["transformer"] == one + (LAYERS[name] - 1) * (two - one)


@pytest.mark.parametrize("name", WIDTHS)
@pytest.mark.parametrize(("seconds", "guidance"), [(240, 1.0), (240, 7.0), (600, 1.0)])
def test_a_step_takes_what_the_estimate_says(name, seconds, guidance):
    network = transformer(name, 2)
    count, frames = (2 if guidance > 1 else 1), 25 * seconds
    live = LiveTensors(network.parameters())
    given = {
        "hidden_states": empty(count, frames, 64),
        "timestep": empty(count),
        "timestep_r": empty(count),
        "encoder_hidden_states": empty(count, 400, 2048),
        "context_latents": empty(count, frames, 128),
    }
    with torch.no_grad(), live:
        network(**given, return_dict=False)
    told = need(published_size(name), Song(seconds, guidance), "bfloat16").denoising
    assert told == pytest.approx(live.peak, rel=0.1)


def test_the_decoder_takes_what_the_estimate_says():
    from diffusers import AutoencoderOobleck

    ratios, widths = [2, 4, 4, 6, 10], [1, 2, 4, 8, 16]
    with torch.device("meta"):
        vae = AutoencoderOobleck(128, ratios, widths, 128, 64, 2, 48_000).to(FLOAT).eval()
    vae.enable_tiling()
    size = published_size("acestep-v15-turbo-diffusers")
    assert sum(weight.numel() for weight in vae.parameters()) == size.parameters["vae"]
    live = LiveTensors(vae.parameters())
    with torch.no_grad(), live:
        vae.decode(empty(1, 64, 375))
    assert need(size, Song(15), "bfloat16").decoding == pytest.approx(live.peak, rel=0.1)


def test_the_longest_song_is_the_last_that_fits():
    size = published_size("acestep-v15-turbo-diffusers")
    free = 8 * 10**9
    longest = longest_s(size, 1.0, "bfloat16", free, offload=True)
    assert need(size, Song(longest, 1.0), "bfloat16").in_turns <= free
    assert need(size, Song(longest + 5, 1.0), "bfloat16").in_turns > free
    assert longest_s(size, 1.0, "bfloat16", 10**9, offload=True) == 0
