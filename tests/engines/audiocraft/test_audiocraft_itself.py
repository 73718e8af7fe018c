"""The real audiocraft in the interpreter that ``make audiocraft`` makes, with random weights."""

from __future__ import annotations

import pickle
import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from core.audio import Audio
from core.errors import Cancelled, EngineError, EngineInputError, EngineMissingError
from tests.engines.audiocraft.conftest import compose
from tests.engines.musicgen.conftest import WORDS, song

pytestmark = pytest.mark.slow

CHANGE = """
import sys, torch
file, how = sys.argv[1:]
kept = torch.load(file, weights_only=True)
name = next(n for n, t in kept["best_state"].items() if t.ndim > 1)
if how == "nan":
    kept["best_state"][name][0] = float("nan")
else:
    del kept["best_state"][name]
torch.save(kept, file)
"""


@pytest.fixture(scope="module")
def first(hosts, tiny):
    return compose(hosts, tiny / "mono")


@pytest.fixture
def copied(tmp_path):
    return lambda folder: shutil.copytree(folder, tmp_path / "broken")


def tune(hz, seconds=3.0, rate=44_100):
    time = np.arange(round(seconds * rate)) / rate
    return Audio((0.3 * np.sin(2 * np.pi * hz * time)).astype(np.float32)[:, None], rate)


def differ(one, other):
    return one.sounds["clip_1"].key != other.sounds["clip_1"].key


def test_it_plays_the_asked_length_at_32_khz(first):
    clip = first.sounds["clip_1"]
    assert (clip.sample_rate, clip.frames, clip.channels) == (32_000, round(2.8 * 32_000), 2)
    assert np.array_equal(clip.samples[:, 0], clip.samples[:, 1])
    assert clip.samples.std() > 1e-4
    assert first.values["untrained"] is True
    assert (first.device, first.precision) == ("cpu", "float32")


def test_stereo_is_stereo(hosts, tiny):
    clip = compose(hosts, tiny / "stereo").sounds["clip_1"]
    assert not np.array_equal(clip.samples[:, 0], clip.samples[:, 1])


def test_seed_prompt_and_settings_are_heard_and_nothing_else(hosts, tiny, first):
    assert not differ(first, compose(hosts, tiny / "mono"))
    for other in ({"seed": 2}, {"plan": song(prompt="harsh techno")}, {"guidance": 9.0}, {"top_k": 2}):
        assert differ(first, compose(hosts, tiny / "mono", **other)), other


def test_past_30_s_it_goes_on_and_the_clips_are_cuts_of_one_performance(hosts, tiny):
    seen = []
    reply = compose(
        hosts,
        tiny / "mono",
        song(bars=16),
        clips=2,
        overlap_s=1.0,
        lyrics=WORDS,
        report=lambda fraction, message: seen.append(fraction),
    )
    one, two = reply.sounds["clip_1"], reply.sounds["clip_2"]
    assert np.array_equal(one.samples[-32_000:], two.samples[:32_000])
    assert one.frames + two.frames - 32_000 == round(33.6 * 32_000)
    assert seen == sorted(seen)
    assert seen[-1] > 0.99
    assert any("sings no words" in note for note in reply.values["notes"])


def test_a_cancel_leaves_the_model_as_it_was(hosts, tiny, first):
    pid = hosts.loaded()["audiocraft"]

    def report(fraction, message):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        compose(hosts, tiny / "mono", song(bars=8), report=report)
    assert hosts.loaded() == {"audiocraft": pid}
    assert not differ(first, compose(hosts, tiny / "mono"))


def test_a_melody_is_heard_as_sound_and_as_file(hosts, tiny, tmp_path):
    model = tiny / "melody"
    plain = compose(hosts, model)
    low, high = tune(220.0), tune(330.0)
    one = compose(hosts, model, sounds={"melody": low})
    assert differ(plain, one)
    assert differ(one, compose(hosts, model, sounds={"melody": high}))
    soundfile.write(tmp_path / "low.wav", low.samples, low.sample_rate, subtype="FLOAT")
    assert not differ(one, compose(hosts, model, melody=str(tmp_path / "low.wav")))
    assert one.values["melody"] is True
    assert any("melody was read from the whole sound" in note for note in one.values["notes"])
    assert not any("melody" in note for note in plain.values["notes"])


def test_a_model_without_melody_refuses_one(hosts, tiny):
    with pytest.raises(EngineInputError, match="takes no melody"):
        compose(hosts, tiny / "mono", sounds={"melody": tune(220.0)})


def test_more_choices_than_codes_are_refused(hosts, tiny):
    with pytest.raises(EngineInputError, match="64 entries"):
        compose(hosts, tiny / "mono", top_k=65)


def test_a_text_encoder_that_is_not_here_is_named_and_not_fetched(hosts, tiny, copied):
    folder = copied(tiny / "mono")
    shutil.rmtree(folder / "t5-small")
    with pytest.raises(EngineMissingError, match="t5-small"):
        compose(hosts, folder)


@pytest.mark.parametrize("file", ["state_dict.bin", "compression_state_dict.bin"])
@pytest.mark.parametrize("how", ["cut off", "code", "nan", "a tensor less"])
def test_a_broken_weights_file_is_told(hosts, tiny, copied, interpreter, file, how):
    path = copied(tiny / "mono") / file
    if how == "cut off":
        path.write_bytes(path.read_bytes()[:20_000])
    elif how == "code":
        path.write_bytes(pickle.dumps({"best_state": {}, "xp.cfg": "", "run": print}))
    else:
        subprocess.run([interpreter, "-c", CHANGE, str(path), how], check=True, capture_output=True)
    with pytest.raises(EngineError, match="MusicGen in broken cannot be used") as raised:
        compose(hosts, path.parent)
    assert raised.value.causes and raised.value.remedy
