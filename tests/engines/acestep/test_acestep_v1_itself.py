"""The real acestep with random weights of the real architecture; skipped where it is not installed."""

import shutil

import pytest

from core.errors import EngineError, EngineMissingError
from tests.engines.acestep.conftest import compose
from tests.engines.acestep15.songs import section, song
from tests.engines.acestep15.songs import words as lyrics


@pytest.fixture
def harmed(tiny, tmp_path):
    return shutil.copytree(tiny, tmp_path / "harmed")


def test_a_song_comes_back_the_same_for_a_seed_and_other_for_another(real_hosts, tiny):
    told = []

    def made(**more):
        return compose(real_hosts, tiny, steps=4, report=lambda f, m: told.append(m), **more)

    first = made()
    clip = first.sounds["clip_1"]
    assert (clip.samples.shape, clip.sample_rate) == ((230_400, 2), 48_000)
    assert first.values["untrained"] is True and first.precision == "float32"
    assert "Step 4 of 4" in told
    assert made().sounds["clip_1"].key == clip.key
    others = [
        made(seed=2),
        made(plan=song(section(bars=2), prompt="rock drums")),
        made(lyrics=lyrics(("verse", "Rain on the roof"))),
    ]
    assert len({clip.key, *(other.sounds["clip_1"].key for other in others)}) == 4


@pytest.mark.parametrize("scheduler", ["heun", "pingpong"])
def test_every_scheduler_plays(real_hosts, tiny, scheduler):
    assert compose(real_hosts, tiny, steps=3, scheduler=scheduler).sounds["clip_1"].frames == 230_400


def test_truncated_weights_are_told(real_hosts, harmed):
    weights = harmed / "ace_step_transformer" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    with pytest.raises(EngineError) as caught:
        compose(real_hosts, harmed, steps=2)
    assert caught.value.diagnosis == "truncated_weights"


def test_a_configuration_that_is_cut_off_is_told(real_hosts, harmed):
    (harmed / "music_dcae_f8c8" / "config.json").write_text('{"in_chan')
    with pytest.raises(EngineError, match="cannot be used") as caught:
        compose(real_hosts, harmed, steps=2)
    assert "Download the model again" in caught.value.remedy


def test_a_missing_tokenizer_is_named(real_hosts, harmed):
    (harmed / "umt5-base" / "tokenizer.json").unlink()
    with pytest.raises(EngineMissingError, match="umt5-base/tokenizer"):
        compose(real_hosts, harmed, steps=2)
