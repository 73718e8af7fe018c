"""What base models alone can, on tracks of a song; a timbre reference; and steps to listen to."""

from __future__ import annotations

import wave
from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from pydantic import ValidationError

from core.audio import Audio
from core.engines.acestep15.card import CARD
from core.engines.acestep15.settings import AceStepSettings, Task, Track
from core.engines.acestep15.tracks import added, within
from core.errors import EngineInputError
from core.progress import silent
from core.sentences import sentences
from tests.engines.acestep15.songs import asked, melody

RATE = 44_100
SONG = melody(2.0, RATE)
NOISE = (0.2 * np.random.default_rng(1).standard_normal((RATE, 2))).astype(np.float32)


@pytest.fixture
def change(hosts, base):
    """Ask for a task of a base model on the uploaded song."""

    def changing(task, checkpoint=base, source=SONG, prompt="loud metal", timbre=None, **more):
        sounds = {"source": Audio(source, RATE)} | (
            {"timbre": Audio(timbre, RATE)} if timbre is not None else {}
        )
        values = asked(checkpoint, uploaded=True, task=task, prompt=prompt, steps=2, **more)
        return hosts.call("ace-step", "compose", values=values, sounds=sounds, report=silent)

    return changing


def clip(reply, name="clip_1"):
    return reply.sounds[name].samples


def test_a_track_is_as_long_as_its_song_depends_on_which_it_is_and_has_its_own_level(change):
    drums = change("extract", track="drums", prompt="")
    assert clip(drums).shape == SONG.shape and drums.sounds["clip_1"].sample_rate == RATE
    assert not np.array_equal(clip(drums), clip(change("extract", track="bass", prompt="")))
    peak_db = 20 * np.log10(np.max(np.abs(clip(drums))))
    assert peak_db == pytest.approx(drums.values["raw_peak_dbfs"], abs=1.5), "not brought to -1 dBFS"


def test_an_added_track_comes_beside_the_song_and_their_sum_is_the_clip(change):
    reply = change("lego", track="guitar")
    assert set(reply.sounds) == {"clip_1", "clip_1/guitar", "clip_1/other"}
    assert np.allclose(clip(reply), clip(reply, "clip_1/guitar") + clip(reply, "clip_1/other"), atol=1e-6)
    gain = np.max(np.abs(clip(reply, "clip_1/other"))) / np.max(np.abs(SONG))
    assert np.allclose(clip(reply, "clip_1/other"), gain * SONG, atol=1e-6) and gain <= 1.0
    assert any("would have clipped" in note for note in reply.values["notes"]) is bool(gain < 1.0)


def test_a_track_is_added_to_a_part_of_the_song_alone(change):
    whole = change("lego", track="guitar")
    reply = change("lego", track="guitar", repaint_from_s=0.5, repaint_to_s=1.5)
    track, song = clip(reply, "clip_1/guitar"), clip(reply, "clip_1/other")
    start, stop = RATE // 2, 3 * RATE // 2
    assert not track[:start].any() and not track[stop:].any() and track[start:stop].any()
    assert np.array_equal(clip(reply)[:start], song[:start])
    assert np.array_equal(clip(reply)[stop:], song[stop:])
    assert "Nothing was added outside of 0.5 to 1.5 s." in reply.values["notes"]
    inside = clip(whole, "clip_1/guitar")[start:stop]
    assert not np.allclose(inside / inside.std(), track[start:stop] / track.std(), atol=1e-3), (
        "the model was not given the part"
    )


def test_there_is_no_part_beyond_the_song_to_add_to(change):
    with pytest.raises(EngineInputError, match="nothing from 9 to 2 s to add a track to"):
        change("lego", repaint_from_s=9)


def test_a_track_within_a_part_fades_at_its_edges_and_is_whole_without_one():
    ones = np.ones((RATE, 2), np.float32)
    assert within(ones, 0, RATE, RATE) == (ones, "")
    part, note = within(ones, 0, RATE // 2, RATE)
    assert part[0, 0] == 1.0 and part[RATE // 2 - 1, 0] == 0.0 and not part[RATE // 2 :].any()
    assert note == "Nothing was added outside of 0.0 to 0.5 s."


def test_a_song_is_completed_with_the_tracks_that_were_named(change):
    one = change("complete", complete_with=["drums"])
    assert clip(one).shape == SONG.shape
    assert not np.array_equal(clip(one), clip(change("complete", complete_with=["drums", "strings"])))


@pytest.mark.parametrize("task", ["extract", "lego", "complete"])
def test_a_turbo_model_refuses_them_before_it_is_loaded_with_a_remedy(change, turbo, task):
    with pytest.raises(EngineInputError) as caught:
        change(task, checkpoint=turbo)
    assert "A turbo model cannot" in caught.value.message and "base model" in caught.value.remedy


def test_a_song_is_not_completed_with_nothing(change):
    with pytest.raises(EngineInputError) as caught:
        change("complete", complete_with=[])
    assert "with no track" in caught.value.message


def test_the_sum_of_song_and_track_is_lowered_where_it_would_clip():
    sounds, note = added(0.8 * np.ones((4, 2), np.float32), 0.6 * np.ones((4, 2), np.float32), "drums")
    assert np.max(sounds[""]) == pytest.approx(10 ** (-1 / 20), abs=1e-6) and "by 3.9 dB" in note
    quiet, none = added(0.1 * SONG, 0.1 * SONG, "drums")
    assert none == "" and np.array_equal(quiet["other"], 0.1 * SONG)


def test_what_is_done_with_the_song_is_said_in_words():
    said = [
        CARD.changes(AceStepSettings(task=task)) for task in ("song", "cover", "extract", "lego", "complete")
    ]
    assert said == ["", "cover", "extract a track of", "add a track to", "complete"]


def test_the_names_of_tasks_and_tracks_are_the_models_own():
    from diffusers.pipelines.ace_step.pipeline_ace_step import TASK_TYPES

    assert {Task.EXTRACT, Task.LEGO, Task.COMPLETE} <= set(TASK_TYPES) and len(Track) == 12


# Timbre


def test_a_timbre_reference_is_in_the_sound_of_a_song_and_of_a_change(change, hosts, turbo):
    assert not np.array_equal(clip(change("extract")), clip(change("extract", timbre=NOISE)))
    keys = set()
    for sounds in ({}, {"timbre": Audio(NOISE[:, :1].copy(), RATE)}):
        values = asked(turbo, steps=2)
        reply = hosts.call("ace-step", "compose", values=values, sounds=sounds, report=silent)
        keys.add(reply.sounds["clip_1"].key)
    assert len(keys) == 2


@pytest.mark.parametrize(
    ("timbre", "said"),
    [
        (np.zeros((RATE, 2), np.float32), "is silent"),
        (NOISE[:1000], "too short"),
        (np.full((RATE, 2), np.nan, np.float32), "not valid numbers"),
        (np.zeros((RATE, 5), np.float32), "not mono or stereo"),
    ],
)
def test_a_timbre_reference_that_is_none_is_refused(change, timbre, said):
    with pytest.raises(EngineInputError) as caught:
        change("extract", timbre=timbre)
    assert said in caught.value.message and caught.value.remedy


# Steps to listen to


def test_steps_are_decoded_for_two_seconds_and_leave_the_sound_as_it_is(hosts, turbo):
    def made(**more):
        values = asked(turbo, steps=4, **more)
        return hosts.call("ace-step", "compose", values=values, sounds={}, report=silent)

    plain, listened = made(), made(listen_steps="1,4, 9")
    assert listened.sounds["clip_1"].key == plain.sounds["clip_1"].key and "steps_wav" not in plain.values
    wavs = {number: b64decode(wav) for number, wav in listened.values["steps_wav"].items()}
    assert set(wavs) == {"1", "4"} and wavs["1"] != wavs["4"]
    with wave.open(BytesIO(wavs["4"])) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, 48_000, 2 * 48_000)
    assert any("no step 9 to listen to: 4 steps are made" in note for note in listened.values["notes"])


@pytest.mark.parametrize("text", ["0", "1;2", "-1", "one", "1,2,3,4,5,6,7,8,9"])
def test_steps_that_are_none_are_refused_in_a_sentence(text):
    with pytest.raises(ValidationError) as caught:
        AceStepSettings(listen_steps=text)
    (said,) = sentences(caught.value, AceStepSettings)
    assert said == "Steps to listen to: name at most 8 steps by their numbers, such as 1, 4, 8."
    assert AceStepSettings(listen_steps=" 1,  8").listened == {1, 8}
