"""Uploaded songs: covered, repainted and extended."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.audio import Audio
from core.engines.acestep15.settings import AceStepSettings
from core.errors import EngineInputError
from core.song import SongRequest, Upload
from core.stages.generate import UPLOAD, GenerateSettings, GenerateStage
from tests.engines.acestep15.broken import change_json
from tests.engines.acestep15.songs import melody
from tests.stages import material

RATE = 44_100
SONG = melody(3.0, RATE)


@pytest.fixture
def change(compose, turbo):
    """Change the uploaded song."""

    def changing(task, source=SONG, rate=RATE, checkpoint=turbo, prompt="loud metal", **more):
        return compose(
            checkpoint, uploaded=True, source=(source, rate), task=task, prompt=prompt, steps=4, **more
        )

    return changing


def clip(reply):
    return reply.sounds["clip_1"]


# Repaint


def test_a_repaint_changes_its_part_and_not_one_sample_outside_of_it(change):
    sound = clip(change("repaint", repaint_from_s=1.0, repaint_to_s=2.0))
    assert (sound.sample_rate, sound.samples.shape) == (RATE, SONG.shape)
    assert np.array_equal(sound.samples[:RATE], SONG[:RATE])
    assert np.array_equal(sound.samples[2 * RATE :], SONG[2 * RATE :])
    assert not np.allclose(sound.samples[RATE : 2 * RATE], SONG[RATE : 2 * RATE], atol=0.01)


def test_the_edges_of_a_repaint_are_faded_and_its_level_is_the_songs(change):
    reply = change("repaint", repaint_from_s=1.2, repaint_to_s=2.2)
    samples = clip(reply).samples
    for edge in (1.2, 2.2):
        around = samples[round(edge * RATE) - 3 : round(edge * RATE) + 3]
        assert np.max(np.abs(np.diff(around, axis=0))) < 0.02
    assert [seam["at_s"] for seam in reply.values["seams"]] == [1.2, 2.2]
    assert -12.0 <= reply.values["seams"][0]["gain_db"] <= 12.0
    assert np.max(np.abs(samples)) <= 10 ** (-1 / 20) + 1e-4


def test_a_repaint_without_an_end_goes_to_the_end(change):
    samples = clip(change("repaint", repaint_from_s=2.0)).samples
    assert np.array_equal(samples[: 2 * RATE], SONG[: 2 * RATE])
    assert not np.allclose(samples[-RATE // 2 :], SONG[-RATE // 2 :], atol=0.01)


def test_prompt_words_and_seed_are_heard_in_a_repaint(change):
    plain = clip(change("repaint", repaint_from_s=1.0)).key
    assert clip(change("repaint", repaint_from_s=1.0)).key == plain
    assert clip(change("repaint", repaint_from_s=1.0, prompt="a flute")).key != plain
    assert clip(change("repaint", repaint_from_s=1.0, typed_lyrics="[Verse]\nla la")).key != plain
    assert clip(change("repaint", repaint_from_s=1.0, instrumental=True)).key != plain
    assert clip(change("repaint", repaint_from_s=1.0, seed=2)).key != plain


# Extend


def test_an_extension_keeps_what_was_there_and_goes_on(change):
    reply = change("extend", extend_s=2.0, context_s=1.0)
    samples = clip(reply).samples
    assert clip(reply).duration_s == pytest.approx(5.0, abs=1e-3)
    assert reply.values["duration_s"] == pytest.approx(5.0, abs=1e-3)
    kept = len(SONG) - round(0.03 * RATE)
    assert np.array_equal(samples[:kept], SONG[:kept])
    assert np.sqrt(np.mean(samples[len(SONG) :] ** 2)) > 0.001
    assert reply.values["seams"][0]["at_s"] == 3.0


# Cover


def test_a_cover_is_as_long_as_its_song_and_depends_on_it(change):
    one = change("cover")
    assert clip(one).sample_rate == 48_000
    assert clip(one).duration_s == pytest.approx(3.0, abs=1e-4)
    assert clip(change("cover")).key == clip(one).key
    assert clip(change("cover", source=SONG[::-1].copy())).key != clip(one).key
    assert clip(change("cover", cover_strength=0.3)).key != clip(one).key


def test_a_checkpoint_without_an_audio_tokenizer_makes_no_covers_and_says_so(change, copied, turbo):
    folder = copied(turbo)
    change_json(
        folder / "model_index.json", audio_tokenizer=[None, None], audio_token_detokenizer=[None, None]
    )
    assert clip(change("repaint", checkpoint=folder, repaint_from_s=1.0)).duration_s == 3.0
    with pytest.raises(EngineInputError) as caught:
        change("cover", checkpoint=folder)
    assert "audio tokenizer" in caught.value.message


# What cannot be changed


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"repaint_from_s": 3.5}, "nothing from 3.5"),
        ({"repaint_from_s": 2.0, "repaint_to_s": 1.0}, "nothing from 2 to 1"),
        ({"source": SONG[:1000]}, "outside 1 to 600 s"),
        ({"prompt": " "}, "needs a prompt"),
        ({"source": np.zeros((RATE * 2, 5), np.float32)}, "not mono or stereo"),
        ({"source": np.full((RATE * 2, 2), np.nan, np.float32)}, "not valid numbers"),
    ],
)
def test_what_cannot_be_repainted_is_refused(change, more, said):
    with pytest.raises(EngineInputError) as caught:
        change("repaint", **{"repaint_from_s": 1.0, **more})
    assert said in caught.value.message and caught.value.remedy


def test_a_task_without_a_song_is_refused(compose, turbo):
    with pytest.raises(EngineInputError) as caught:
        compose(turbo, task="cover")
    assert "an uploaded song" in caught.value.message


def test_a_mono_song_is_extended_in_stereo(change):
    samples = clip(change("extend", source=SONG[:, :1].copy(), extend_s=1.0, context_s=1.0)).samples
    assert samples.shape == (4 * RATE, 2)
    assert np.array_equal(samples[:RATE, 0], SONG[:RATE, 0])


# The stage


def stage_run(hosts, turbo, tmp_path, sounds, task):
    own = {"ace-step": AceStepSettings(task=task, repaint_from_s=1.0, steps=2)}
    settings = GenerateSettings(checkpoint=str(turbo), options=own)
    names = {name: name for name in sounds}
    request = SongRequest(prompt="loud metal", upload=Upload(sounds=names, names=names))
    stage = GenerateStage()
    choice = stage.choose_for(request, settings, hosts)
    given = material.work(settings, {UPLOAD: sounds}, hosts, None, request)
    given = replace(given, engine=choice.engine, checkpoint=choice.checkpoint, scratch=tmp_path)
    return choice, stage.run(given)


def test_the_stage_gives_a_song_that_was_brought_to_ace_step_when_its_task_says_so(hosts, turbo, tmp_path):
    song = Audio(SONG, RATE)
    choice, output = stage_run(hosts, turbo, tmp_path, {"song": song}, "repaint")
    assert (choice.engine, choice.reason) == ("ace-step", "to repaint the uploaded song")
    assert not output.uploaded, "what a stage made is the stage's to answer for"
    assert np.array_equal(output.sounds["clip_1"].samples[:RATE], SONG[:RATE])
    choice, output = stage_run(hosts, turbo, tmp_path, {"song": song}, "song")
    assert choice.engine == UPLOAD and output.uploaded


def test_stems_that_were_brought_are_changed_as_their_sum(hosts, turbo, tmp_path):
    stems = {"voice": Audio(SONG, RATE), "band": Audio(np.float32(0.5) * SONG[::-1].copy(), RATE)}
    _, output = stage_run(hosts, turbo, tmp_path, stems, "repaint")
    whole = SONG + np.float32(0.5) * SONG[::-1]
    assert set(output.sounds) == {"clip_1"}
    assert np.allclose(output.sounds["clip_1"].samples[:RATE], whole[:RATE], atol=1e-6)
