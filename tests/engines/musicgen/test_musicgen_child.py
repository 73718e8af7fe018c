"""MusicGen's real code with random weights, through the child process."""

from __future__ import annotations

import os
import signal
import sys

import numpy as np
import pytest

from core.engines.shared.musicgen_settings import MusicGenSettings
from core.errors import Cancelled, EngineDiedError, EngineInputError, EngineMemoryError
from core.progress import silent
from core.song import SongRequest
from core.stages.base import Work
from core.stages.generate import GenerateSettings, GenerateStage
from tests.engines.musicgen.conftest import WORDS, asked, song
from tests.engines.musicgen.tiny import CODES, write_tiny
from tests.stages import material

ONE_BAR_S = 2.8
"""A bar of 2 s and an ending of 0.8."""


@pytest.fixture(scope="module")
def first(hosts, mono):
    """One bar by the mono model with seed 1."""
    return hosts.call("musicgen", "compose", values=asked(mono), sounds={}, report=silent)


def differ(one, other):
    return one.sounds["clip_1"].key != other.sounds["clip_1"].key


def test_a_mono_model_plays_the_asked_length_at_32_khz_on_both_channels(first):
    clip = first.sounds["clip_1"]
    assert clip.sample_rate == first.values["native_rate"] == 32_000
    assert clip.frames == round(ONE_BAR_S * 32_000)
    assert first.values["duration_s"] == pytest.approx(ONE_BAR_S)
    assert np.array_equal(clip.samples[:, 0], clip.samples[:, 1])
    assert clip.samples.std() > 1e-3
    ending = np.abs(clip.samples[-round(0.8 * 32_000) :, 0])
    assert ending[-320:].max() < 0.01 * ending[:3200].max(), "it fades out"
    assert first.values["native_channels"] == 1
    assert any("mono" in note for note in first.values["notes"])
    assert (first.device, first.precision) == ("cpu", "float32")
    assert first.values["untrained"] is True


def test_a_stereo_model_plays_two_channels(compose, stereo):
    clip = compose(stereo).sounds["clip_1"]
    assert clip.samples.shape == (round(ONE_BAR_S * 32_000), 2)
    assert not np.array_equal(clip.samples[:, 0], clip.samples[:, 1])
    assert abs(clip.samples.mean()) < 1e-3


def test_a_seed_is_a_song_and_another_seed_another(compose, mono, first):
    assert not differ(first, compose(mono))
    assert differ(first, compose(mono, seed=2))


def test_the_prompt_and_the_plan_are_heard(compose, mono, first):
    assert differ(first, compose(mono, song(prompt="harsh techno drums")))
    assert differ(first, compose(mono, tell_plan=False))
    assert first.values["text"].startswith("warm lo-fi piano. genre: lo-fi")


def test_guidance_temperature_and_choices_are_heard(compose, mono, first):
    for option in ({"guidance": 9.0}, {"temperature": 0.5}, {"top_k": 3}):
        assert differ(first, compose(mono, **option)), option
    likeliest = [compose(mono, seed=seed, top_k=1) for seed in (1, 2)]
    assert not differ(*likeliest), "the likeliest code leaves nothing to the seed"


def test_words_are_told_to_be_missing(compose, mono, first):
    assert (
        "MusicGen sings no words: the lyrics are not in the sound."
        in compose(mono, lyrics=WORDS).values["notes"]
    )
    assert not any("sings" in note for note in first.values["notes"])


def test_any_prompt_is_read_or_what_was_lost_of_it_is_told(compose, mono):
    long = compose(mono, song(prompt="la " * 660)).values["notes"]
    assert any("longer than MusicGen reads" in note for note in long)
    chinese = compose(mono, song(prompt="温暖的钢琴")).values["notes"]
    assert any("cannot read" in note for note in chinese)


@pytest.fixture(scope="module")
def long_song(hosts, stereo):
    """31.5 s in two clips: past the window, with a context of 6 s."""
    seen = []
    values = asked(stereo, song(bars=15), clips=2, overlap_s=1.5, context_s=6.0)
    reply = hosts.call(
        "musicgen",
        "compose",
        values=values,
        sounds={},
        report=lambda *told: seen.append(told),
    )
    return reply, seen


def test_past_30_s_a_second_window_goes_on_from_the_first(long_song):
    reply, _ = long_song
    (seam,) = reply.values["seams"]
    assert seam["at_s"] == pytest.approx(27.0, abs=0.02), "in the middle of the 6 s that both windows hold"
    assert seam["difference_db"] < -40, "both windows decode the same codes there"


def test_a_clip_begins_with_the_end_of_the_one_before(long_song):
    reply, _ = long_song
    one, two = reply.sounds["clip_1"], reply.sounds["clip_2"]
    (overlap_s,) = reply.values["overlap_s"]
    overlap = round(overlap_s * 32_000)
    assert overlap == round(1.5 * 32_000)
    assert np.array_equal(one.samples[-overlap:], two.samples[:overlap])
    assert one.frames + two.frames - overlap == round(reply.values["duration_s"] * 32_000)


def test_progress_rises_with_every_step_of_every_window(long_song):
    _, seen = long_song
    fractions = [fraction for fraction, message in seen if "played" in message]
    assert len(fractions) >= 31.5 * 50
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    assert seen[-1][1].startswith("31.")


def test_without_continuation_every_clip_is_a_fresh_start(compose, mono, first):
    reply = compose(mono, song(bars=2), clips=2, overlap_s=0.5, continuation=False)
    one, two = reply.sounds["clip_1"], reply.sounds["clip_2"]
    overlap = round(0.5 * 32_000)
    assert one.frames == round(2.5 * 32_000)
    assert not np.allclose(one.samples[-overlap:], two.samples[:overlap], atol=1e-3)
    assert not np.allclose(one.samples[: two.frames], two.samples[: one.frames], atol=1e-3)
    assert reply.values["overlap_identical"] is False


def test_a_cancel_takes_effect_at_the_next_step_and_leaves_the_model_as_it_was(hosts, compose, mono, first):
    steps = []

    def report(fraction, message):
        steps.append(fraction)
        if fraction > 0.3:
            raise Cancelled

    pid = hosts.loaded()["musicgen"]
    with pytest.raises(Cancelled):
        compose(mono, song(bars=4), report=report)
    assert steps[-1] < 0.4
    assert hosts.loaded() == {"musicgen": pid}, "the child and its model live on"
    assert not differ(first, compose(mono))


def test_more_choices_than_codes_are_refused(compose, mono):
    with pytest.raises(EngineInputError, match=f"{CODES} entries"):
        compose(mono, top_k=CODES + 1)


def test_a_checkpoint_that_changed_is_loaded_again(compose, copied, mono, first):
    folder = copied(mono)
    assert not differ(first, compose(folder))
    write_tiny(folder, seed=9)
    assert differ(first, compose(folder))


def test_the_stage_delivers_it_at_the_runs_rate_and_says_who_made_it(hosts, mono, tmp_path):
    own = {"musicgen": MusicGenSettings(top_k=20)}
    settings = GenerateSettings(engine="musicgen", checkpoint=str(mono), options=own)
    choice = GenerateStage().choose_for(SongRequest(prompt="pop"), settings, hosts)
    assert choice.checkpoint == str(mono.resolve()) and choice.weights_id
    plain = material.work(settings, {}, hosts, song())
    work = Work(**{**vars(plain), "engine": choice.engine, "checkpoint": choice.checkpoint, "lyrics": WORDS})
    made = GenerateStage().run(work)
    assert made.sounds["clip_1"].sample_rate == 44_100
    assert made.sounds["clip_1"].duration_s == pytest.approx(ONE_BAR_S, abs=1e-3)
    assert (made.made_by.engine, made.made_by.native_rate, made.made_by.sings) == ("musicgen", 32_000, False)
    assert "text" in made.figures.engine and made.figures.engine["text"].startswith("warm lo-fi piano")


def test_a_killed_child_is_told_and_the_next_one_plays_the_same(hosts, compose, mono, first):
    def report(fraction, message):
        if fraction > 0.2:
            os.kill(hosts.loaded()["musicgen"], signal.SIGKILL)

    with pytest.raises(EngineDiedError, match="MusicGen ended in the middle"):
        compose(mono, song(bars=4), report=report)
    assert not differ(first, compose(mono))


@pytest.mark.skipif(sys.platform != "linux", reason="a process's memory can be limited on Linux")
def test_memory_that_runs_out_in_the_middle_is_told_and_what_was_held_is_free(hosts, compose, mono):
    compose(mono)
    hosts.call("musicgen", "starve", values={}, sounds={}, report=silent)
    with pytest.raises(EngineMemoryError):
        compose(mono, song(bars=14))
    assert hosts.loaded() == {}
