"""ACE-Step's real code with random weights, through the child process."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from core.errors import Cancelled, EngineInputError
from core.progress import silent
from core.song import SongRequest
from core.stages.generate import GenerateSettings, GenerateStage
from tests.engines.acestep15.songs import BAR_S, RING_S, TIDE, asked, section, song, words
from tests.stages import material

CEILING = 10 ** (-1 / 20)


@pytest.fixture(scope="module")
def first(hosts, turbo):
    """One sung bar by the turbo model with seed 1."""
    return hosts.call("ace-step", "compose", values=asked(turbo), sounds={}, report=silent)


def differ(one, other):
    return one.sounds["clip_1"].key != other.sounds["clip_1"].key


# What comes back


def test_a_clip_has_the_asked_length_at_48_khz_in_stereo_and_peaks_at_minus_one(first):
    clip = first.sounds["clip_1"]
    assert clip.sample_rate == first.values["native_rate"] == 48_000
    assert clip.samples.shape == (round((BAR_S + RING_S) * 48_000), 2)
    assert first.values["duration_s"] == pytest.approx(clip.duration_s)
    assert np.max(np.abs(clip.samples)) == pytest.approx(CEILING, abs=1e-3)
    assert not np.array_equal(clip.samples[:, 0], clip.samples[:, 1])


def test_device_and_precision_are_read_back_from_the_model(first, compose, turbo):
    assert (first.device, first.precision) == ("cpu", "float32")
    half = compose(turbo, precision="bfloat16")
    assert (half.device, half.precision) == ("cpu", "bfloat16")
    assert differ(first, half)


def test_the_level_before_the_pipeline_normalised_it_is_told(first):
    assert -40 < first.values["raw_peak_dbfs"] < -5
    assert first.values["raw_rms_dbfs"] < first.values["raw_peak_dbfs"]


def test_random_weights_declare_themselves(first):
    assert first.values["untrained"] is True


def test_a_length_under_ten_seconds_is_told_to_be_unusual(first):
    assert any("10 s and more" in note for note in first.values["notes"])


# What is heard in it


def test_a_seed_is_a_song_and_another_seed_another(compose, turbo, first):
    assert not differ(first, compose(turbo))
    assert differ(first, compose(turbo, seed=2))


@pytest.mark.parametrize(
    "change",
    [
        {"plan": song(prompt="harsh techno drums")},
        {"plan": song(tempo_bpm=120.4, key="C major")},
        {"plan": song(instruments=("tuba",))},
        {"lyrics": words(("verse", "The mountain stands"))},
        {"lyrics": words(("verse", "The tide comes in"), language="de")},
        {"lyrics": words(("chorus", "The tide comes in"))},
        {"steps": 5},
        {"shift": 1.0},
    ],
    ids=["prompt", "key", "instruments", "words", "language", "section", "steps", "shift"],
)
def test_what_the_model_is_told_is_heard(compose, turbo, first, change):
    assert differ(first, compose(turbo, **change))


def test_guidance_is_heard_from_a_base_model_and_left_out_of_a_turbo_one(compose, base, turbo, first):
    assert differ(compose(base, steps=3), compose(base, steps=3, guidance=1.0))
    guided = compose(turbo, guidance=5.0)
    assert not differ(first, guided)
    assert any("no guidance" in note for note in guided.values["notes"])


def test_the_preset_is_read_from_the_model(first, compose, base):
    assert [first.values[name] for name in ("turbo", "steps", "guidance", "shift")] == [True, 8, 1.0, 3.0]
    told = compose(base).values
    assert [told[name] for name in ("turbo", "steps", "guidance", "shift")] == [False, 50, 7.0, 1.0]


# On the way


def test_every_step_is_reported_and_the_decoding(compose, turbo):
    heard = []
    compose(turbo, steps=6, report=lambda fraction, message: heard.append((fraction, message)))
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    said = list(dict.fromkeys(message for _, message in heard))
    assert [m for m in said if m.startswith("Step")] == [f"Step {n} of 6" for n in range(1, 7)]
    assert said[-1] == "Decoding"


def cancel_at(step):
    def report(fraction, message):
        if message.startswith(step):
            raise Cancelled

    return report


@pytest.mark.parametrize("step", ["Step 2", "Decoding"])
def test_a_cancel_leaves_the_process_and_the_model_as_they_were(compose, hosts, turbo, first, step):
    compose(turbo)
    pid = hosts.loaded()["ace-step"]
    long = song(section(bars=30))
    with pytest.raises(Cancelled):
        compose(turbo, long, steps=200 if step != "Decoding" else 1, report=cancel_at(step))
    assert hosts.loaded()["ace-step"] == pid
    again = []
    reply = compose(turbo, report=lambda fraction, message: again.append(message))
    assert not differ(first, reply)


# Clips


def form():
    return song(section("intro", sung=False), section("verse", 2), section("chorus", 2), section("outro"))


FORM_WORDS = words(("verse", "The tide comes in"), ("chorus", "Oh, the sea"))


def test_clips_are_cuts_of_one_performance_that_agree_where_they_overlap(compose, turbo):
    reply = compose(turbo, form(), FORM_WORDS, clips=3, overlap_s=0.5)
    clips = [reply.sounds[f"clip_{n}"].samples for n in (1, 2, 3)]
    assert reply.values["overlap_s"] == [0.5, 0.5] and reply.values["overlap_identical"] is True
    for one, other in pairwise(clips):
        assert np.array_equal(one[-24_000:], other[:24_000])
    frames = sum(len(clip) for clip in clips) - 2 * 24_000
    assert frames == round((6 * BAR_S + RING_S) * 48_000)
    assert reply.values["passes"] == 1


def test_clips_that_start_afresh_are_performances_with_words_of_their_own(compose, turbo):
    reply = compose(turbo, form(), FORM_WORDS, clips=2, overlap_s=0.5, continuation=False)
    assert reply.values["passes"] == 2 and reply.values["overlap_identical"] is False
    one, other = (reply.sounds[f"clip_{n}"].samples for n in (1, 2))
    assert not np.array_equal(one[-24_000:], other[:24_000])
    assert len(one) + len(other) == round((6 * BAR_S + RING_S + 0.5) * 48_000)


def test_words_beyond_the_models_window_are_sung_in_parts_that_go_on_from_each_other(compose, turbo):
    # The tiny tokenizer reads letter by letter: 1,500 letters are 1,500 of the 2,048 tokens.
    lyrics = words(("verse", "la " * 500), ("chorus", "na " * 500))
    plan = song(section("verse"), section("chorus"))
    reply = compose(turbo, plan, lyrics, context_s=1.0)
    assert reply.values["passes"] == 2
    assert reply.values["seams"][0]["at_s"] == pytest.approx(BAR_S)
    assert any("2 parts" in note for note in reply.values["notes"])
    assert reply.sounds["clip_1"].frames == round((2 * BAR_S + RING_S) * 48_000)
    other = words(("verse", "la " * 500), ("chorus", "so " * 500))
    told = compose(turbo, plan, other, context_s=1.0)
    early = slice(0, round(1.9 * 48_000))
    assert np.allclose(told.sounds["clip_1"].samples[early], reply.sounds["clip_1"].samples[early], atol=0.3)
    assert differ(told, reply), "the second part's words are heard"


def test_one_section_beyond_the_window_is_refused_in_one_sentence(compose, turbo):
    with pytest.raises(EngineInputError) as caught:
        compose(turbo, lyrics=words(("verse", "la " * 900)))
    assert "[Verse]" in caught.value.message and "2,048" in caught.value.message
    assert "heading" in caught.value.remedy


def test_a_prompt_of_any_length_and_script_is_read_or_said_to_be_cut(compose, turbo):
    for prompt in ("warm piano " * 180, "海" * 1_500, "🎹🎵" * 40):
        notes = compose(turbo, song(prompt=prompt)).values["notes"]
        assert any("longer than ACE-Step reads" in note for note in notes)


# The whole stage


def test_the_stage_takes_it_from_the_studios_side(hosts, turbo, tmp_path):
    plan = song(section(bars=2))
    settings = GenerateSettings(engine="ace-step", checkpoint=str(turbo))
    stage = GenerateStage()
    choice = stage.choose_for(SongRequest(prompt="pop"), settings, hosts)
    assert choice.weights_id and "untrained" not in choice.engine
    given = material.work(settings, {"upload": {}}, hosts, plan)
    work = replace(given, engine=choice.engine, checkpoint=choice.checkpoint, lyrics=TIDE, scratch=tmp_path)
    output = stage.run(work)
    assert output.sounds["clip_1"].sample_rate == 44_100
    assert output.made_by.native_rate == 48_000
    assert not output.made_by.sings, "random weights sing no words"
    assert output.promise.engine_untrained
    assert output.promise.peak_before_normalising_dbfs == output.figures.engine["raw_peak_dbfs"]
    findings = material.judged(stage, work, output)
    told = {f.check: f.severity for f in findings}
    assert told["trained"] == "warn" and told["level_before_normalising"] == "ok"


def test_clips_agree_where_they_overlap_at_the_songs_rate_as_well(hosts, turbo, tmp_path):
    # Sections of 1.817 s: their edges are at no whole frame of 44.1 kHz.
    plan = song(section(), section("chorus"), section("outro"), tempo_bpm=132.07)
    settings = GenerateSettings(engine="ace-step", checkpoint=str(turbo), clips=3, overlap_s=0.5)
    given = material.work(settings, {"upload": {}}, hosts, plan)
    given = replace(given, engine="ace-step", checkpoint=str(turbo), lyrics=TIDE, scratch=tmp_path)
    output = GenerateStage().run(given)
    clips = [output.sounds[f"clip_{n}"].samples for n in (1, 2, 3)]
    for one, other, overlap_s in zip(clips, clips[1:], output.figures.engine["overlap_s"], strict=False):
        frames = round(overlap_s * 44_100)
        inside = slice(1_000, frames - 1_000)
        assert np.allclose(one[len(one) - frames :][inside], other[:frames][inside], atol=2e-3)
