"""Generate: the choice of the engine, what an engine delivers, and uploaded sounds."""

from __future__ import annotations

import base64
from dataclasses import replace

import numpy as np
import pytest

from core.audio import Audio
from core.contract import Severity
from core.engines.acestep15.settings import AceStepSettings
from core.engines.base import Availability, EngineCard, Reply
from core.engines.composer.settings import BandSettings
from core.engines.registry import CARDS
from core.errors import EngineDiedError, EngineMissingError, InputError, NotFoundError, SettingsError
from core.runs.pipeline import key_settings
from core.song import Midi, SongRequest, Upload
from core.stages.generate import UPLOAD, GenerateSettings, GenerateStage
from core.stages.reference import ReferenceTrack
from core.stages.uploaded import BrokenSamples, EncoderDelay, Mixture
from tests.checks.test_uploaded_stems import audio, late, separated
from tests.midi.files import file_of, tune
from tests.stages import material

STAGE = GenerateStage()


def card(name, **more):
    return EngineCard(
        name=name,
        title=name.title(),
        stage="generate",
        worker="w",
        version="7",
        summary="s",
        licence="MIT",
        how_to_add=f"Add {name}.",
        **{field: getattr(REAL[name], field) for field in OF_SETTINGS if name in REAL},
        **more,
    )


REAL = {card.name: card for card in CARDS}
OF_SETTINGS = ("settings", "files_id", "weights_named", "changes", "plays_midi", "takes_timbre")


class Shelf:
    """Engines that are ready or not, and what the chosen one replies."""

    def __init__(self, states, reply=None):
        self.states = states
        self.reply = reply
        self.asked = []

    def cards(self, stage):
        return tuple(card(name) for name in self.states) if stage == "generate" else ()

    def card(self, name):
        if name not in self.states:
            raise NotFoundError(f"There is no engine {name}.", remedy="Choose one of the list.")
        return card(name)

    def availability(self, name, checkpoint=""):
        self.asked.append((name, checkpoint))
        return self.states[name]

    def call(self, engine, method, *, values, sounds, report, first_listen=None):
        self.called, self.sounds = (engine, method, values), sounds
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


READY = Availability(True, "it is here.", checkpoint="/w", weights_id="abc")
SLOW = Availability(True, "there is no GPU.", auto=False)
GONE = Availability(False, "its weights are missing.", "Download them.")


def choose(states, sounds=None, **settings):
    shelf = Shelf(states)
    uploaded = sounds and Upload(sounds=dict.fromkeys(sounds, "key"), names=dict.fromkeys(sounds, "a.wav"))
    request = SongRequest(prompt="pop", upload=uploaded)
    return STAGE.choose_for(request, GenerateSettings(**settings), shelf), shelf


# The choice


def test_auto_takes_the_first_that_is_ready_and_says_why_not_those_before_it():
    choice, _ = choose({"big": GONE, "slow": SLOW, "band": READY})
    assert choice.engine == "band"
    assert (choice.checkpoint, choice.weights_id) == ("/w", "abc")
    assert choice.reason.index("its weights are missing") < choice.reason.index("there is no GPU")


def test_an_engine_for_a_gpu_is_taken_when_it_is_asked_for():
    choice, _ = choose({"slow": SLOW, "band": READY}, engine="slow")
    assert (choice.engine, choice.reason) == ("slow", "chosen by you")


def test_a_named_engine_that_cannot_run_is_an_error_and_never_another_engine():
    with pytest.raises(EngineMissingError) as caught:
        choose({"big": GONE, "band": READY}, engine="big")
    assert "Big cannot run here: its weights are missing." in caught.value.message
    assert caught.value.remedy == "Download them."


def test_an_engine_that_nobody_knows_is_an_error():
    with pytest.raises(NotFoundError):
        choose({"band": READY}, engine="magic")


def test_where_no_engine_can_run_all_reasons_are_told():
    with pytest.raises(EngineMissingError) as caught:
        choose({"big": GONE, "slow": SLOW})
    assert len(caught.value.causes) == 2 and caught.value.remedy


def test_the_checkpoint_is_asked_for():
    _, shelf = choose({"band": READY}, checkpoint="/mine")
    assert shelf.asked == [("band", "/mine")]


def test_a_sound_that_was_brought_needs_no_engine():
    choice, shelf = choose({"big": GONE}, {UPLOAD: {"song": material.tone(440)}}, engine="big")
    assert choice.engine == UPLOAD and not shelf.asked


# What an engine delivers


def run(reply, tmp_path, request=None, plan=True, by="band", **settings):
    shelf = Shelf({by: READY}, reply)
    given = replace(
        material.work(
            GenerateSettings(**settings), {UPLOAD: {}}, shelf, material.plan() if plan else None, request
        ),
        engine=by,
        checkpoint="/w",
        scratch=tmp_path,
    )
    return STAGE.run(given), shelf, given


def test_every_sound_is_brought_to_the_songs_rate_and_its_own_rate_is_told(tmp_path):
    clip = material.plucks(1, rate=32_000)
    output, _, _ = run(Reply(sounds={"clip_1": clip}, device="cuda", precision="bfloat16"), tmp_path)
    assert output.sounds["clip_1"].sample_rate == 44_100
    assert abs(output.sounds["clip_1"].duration_s - clip.duration_s) < 0.001
    made = output.made_by
    assert (made.native_rate, made.device, made.precision, made.version) == (32_000, "cuda", "bfloat16", "7")


def test_the_engine_is_told_its_checkpoint_and_the_overlap_of_several_clips_alone(tmp_path):
    reply = Reply(sounds={"clip_1": material.plucks(1)})
    _, shelf, _ = run(reply, tmp_path, overlap_s=3.0)
    assert (shelf.called[2]["overlap_s"], shelf.called[2]["checkpoint"]) == (0.0, "/w")
    _, shelf, _ = run(reply, tmp_path, clips=2, overlap_s=3.0)
    assert (shelf.called[2]["overlap_s"], shelf.called[2]["clips"]) == (3.0, 2)


@pytest.mark.parametrize("engine", ["ace-step", "musicgen", "composer"])
def test_an_engine_is_told_its_own_settings_and_no_others(engine, tmp_path):
    own = {name: REAL[name].settings() for name in ("ace-step", "musicgen", "composer")}
    _, shelf, _ = run(Reply(sounds={"clip_1": material.plucks(1)}), tmp_path, by=engine, options=own)
    assert shelf.called[2]["options"] == own[engine].model_dump(mode="json") != {}
    _, shelf, _ = run(Reply(sounds={"clip_1": material.plucks(1)}), tmp_path, by="big", options=own)
    assert shelf.called[2]["options"] == {}


def test_the_band_is_told_which_take_of_each_part_to_play(tmp_path):
    reply = Reply(sounds={"clip_1": material.plucks(1)})
    _, shelf, _ = run(reply, tmp_path, by="composer", options={"composer": BandSettings(bass_take=7)})
    told = BandSettings.model_validate(shelf.called[2]["options"])
    assert told == BandSettings(bass_take=7)


def test_an_engines_failure_comes_through_as_it_is(tmp_path):
    died = EngineDiedError("It ended.", remedy="Try again.")
    with pytest.raises(EngineDiedError):
        run(died, tmp_path)


def test_without_a_plan_there_is_no_sound(tmp_path):
    with pytest.raises(InputError):
        run(Reply(), tmp_path, plan=False)


def test_stems_that_the_engine_left_out_by_choice_are_known_as_such(tmp_path):
    clip = material.plucks(1)
    sounds = {"clip_1": clip, "clip_1/vocals": material.nothing(clip), "clip_1/band": clip}
    output, _, given = run(Reply({"chosen_silent": ["vocals"]}, sounds), tmp_path)
    assert output.chosen_silent == {"clip_1/vocals"}
    findings = material.judged(STAGE, given, output)
    assert not [f for f in findings if f.severity is Severity.FAIL and f.artifact == "clip_1/vocals"]


def test_zeros_instead_of_a_song_fail_whoever_made_them(tmp_path):
    output, _, given = run(Reply(sounds={"clip_1": material.nothing(material.plucks(1))}), tmp_path)
    worst = material.judged(STAGE, given, output)[0]
    assert (worst.check, worst.severity) == ("not_silent", Severity.FAIL)


def test_a_clip_shorter_than_the_engine_said_fails(tmp_path):
    clip = material.plucks(1, seconds=4.0)
    output, _, given = run(Reply({"duration_s": 8.0}, {"clip_1": clip}), tmp_path)
    assert material.judged(STAGE, given, output)[0].check == "length"


def test_a_midi_file_is_delivered_beside_the_sound(tmp_path):
    encoded = base64.b64encode(b"MThd").decode()
    output, _, _ = run(Reply({"midi_base64": encoded}, {"clip_1": material.plucks(1)}), tmp_path)
    assert output.files["song.mid"].read_bytes() == b"MThd"
    assert "midi_base64" not in output.figures.engine


def test_steps_to_listen_to_are_files_beside_the_song_and_no_part_of_the_record(tmp_path):
    wavs = {number: base64.b64encode(f"RIFF{number}".encode()).decode() for number in ("1", "12")}
    output, _, _ = run(Reply({"steps_wav": wavs}, {"clip_1": material.plucks(1)}), tmp_path)
    assert {name: path.read_bytes() for name, path in output.files.items()} == {
        "steps/step-001.wav": b"RIFF1",
        "steps/step-012.wav": b"RIFF12",
    }
    assert "steps_wav" not in output.figures.engine


# A timbre reference

LIKE = ReferenceTrack(key="a" * 64, name="like.wav")


def test_a_timbre_reference_reaches_the_engine_that_takes_one(tmp_path):
    shelf = Shelf({"ace-step": READY}, Reply({}, {"clip_1": material.plucks(1)}))
    settings = GenerateSettings(timbre=LIKE)
    assert STAGE.choose_for(SongRequest(prompt="pop"), settings, shelf).engine == "ace-step"
    assert settings.uploads() == {"timbre": LIKE.key}
    given = material.work(settings, {"timbre": {"timbre": material.plucks(2)}}, shelf, material.plan())
    STAGE.run(replace(given, engine="ace-step", scratch=tmp_path))
    assert shelf.sounds == {"timbre": material.plucks(2)}
    with pytest.raises(NotFoundError, match="timbre reference is not here"):
        STAGE.run(replace(given, inputs={}, engine="ace-step", scratch=tmp_path))


def test_a_timbre_reference_is_refused_where_nothing_takes_it_and_leaves_other_keys_alone():
    with pytest.raises(SettingsError, match="Band takes no timbre reference; ace-step does") as caught:
        choose({"ace-step": GONE, "band": READY}, timbre=LIKE)
    assert "Set generate.engine to ace-step" in caught.value.remedy
    with pytest.raises(SettingsError, match="only taken over takes no timbre"):
        choose({"ace-step": READY}, sounds=("song",), timbre=LIKE)
    assert "timbre" not in key_settings("generate", GenerateSettings(), UPLOAD)


# Uploaded sounds


def uploaded(sounds, rate=44_100, upload=None, **settings):
    given = replace(
        material.work(
            GenerateSettings(**settings),
            {UPLOAD: sounds},
            request=SongRequest(prompt="p", sample_rate=rate, upload=upload),
        ),
        engine=UPLOAD,
    )
    return STAGE.run(given)


def test_one_song_becomes_one_clip_and_is_known_as_brought():
    song = material.plucks(1)
    output = uploaded({"song": song})
    assert output.uploaded
    assert output.sounds["clip_1"] is song
    assert not output.notes


def test_stems_ride_along_and_their_sum_is_the_clip():
    a, b = material.plucks(1), material.tone(220, seconds=4.0)
    output = uploaded({"voice": a, "band": b})
    assert set(output.sounds) == {"clip_1", "clip_1/voice", "clip_1/band"}
    assert np.allclose(output.sounds["clip_1"].samples, a.samples + b.samples, atol=1e-6)


def test_stems_of_other_lengths_and_channels_are_padded_and_said_to_be():
    output = uploaded({"voice": material.tone(440, seconds=2.0, channels=1), "band": material.plucks(1)})
    shapes = {audio.samples.shape for audio in output.sounds.values()}
    assert shapes == {material.plucks(1).samples.shape}
    assert any("2.00 s of silence" in note for note in output.notes)


def test_another_rate_is_resampled_and_said_to_be():
    output = uploaded({"song": material.tone(440, rate=48_000)})
    assert output.sounds["clip_1"].sample_rate == 44_100
    assert "48,000 to 44,100 Hz" in output.notes[0]


@pytest.mark.parametrize(("channels", "at"), [(6, 4), (5, 3)])
def test_surround_is_folded_as_itu_r_bs_775_says(channels, at):
    def level(channel):
        wave = np.zeros((44_100, channels), np.float32)
        wave[:, channel] = 0.5
        return uploaded({"song": Audio(wave, 44_100)}).sounds["clip_1"].samples[100]

    half = 0.5 * np.sqrt(0.5)
    assert np.allclose(level(0), [0.5, 0.0])
    assert np.allclose(level(1), [0.0, 0.5])
    assert np.allclose(level(2), [half, half])
    assert np.allclose(level(at), [half, 0.0])
    assert np.allclose(level(at + 1), [0.0, half])
    if channels == 6:
        assert np.allclose(level(3), [0.0, 0.0])


@pytest.mark.parametrize("channels", [3, 4, 7, 8])
def test_other_channel_counts_are_refused_in_one_sentence(channels):
    with pytest.raises(SettingsError) as caught:
        uploaded({"song": Audio(np.zeros((100, channels), np.float32), 44_100)})
    assert f"{channels} channels" in caught.value.message and caught.value.remedy


def test_broken_samples_are_kept_to_look_at_or_silenced_and_counted():
    wave = material.tone(440).samples.copy()
    wave[7, 0], wave[9, 1] = np.nan, np.inf
    song = Audio(wave, 44_100)
    kept = uploaded({"song": song}).sounds["clip_1"]
    assert np.count_nonzero(~np.isfinite(kept.samples)) == 2
    output = uploaded({"song": song}, broken_samples=BrokenSamples.SILENCE)
    assert np.isfinite(output.sounds["clip_1"].samples).all()
    assert output.sounds["clip_1"].samples[7, 0] == 0
    assert "2 broken samples" in output.notes[0]


def late_vocals():
    waves = separated()
    return {
        name: audio(late(wave, 1105) if name == "vocals" else wave) for name, wave in waves.items()
    }, waves["vocals"]


def test_an_encoders_delay_stays_as_it_came_until_it_is_to_be_taken_out():
    stems, vocals = late_vocals()
    kept = uploaded(stems).sounds["clip_1/vocals"]
    assert not kept.samples[:1105].any()
    output = uploaded(stems, encoder_delay=EncoderDelay.TAKE_OUT)
    out = output.sounds["clip_1/vocals"].samples[: len(vocals), 0]
    assert np.array_equal(out, vocals.astype(np.float32))
    assert any("vocals: 1,105 samples taken out" in note for note in output.notes)
    whole = sum(audio.samples for name, audio in output.sounds.items() if "/" in name)
    assert np.allclose(output.sounds["clip_1"].samples, whole, atol=1e-6)


def test_a_mixture_among_the_stems_plays_along_until_it_is_to_be_left_out():
    a, b = material.plucks(1), material.tone(220, seconds=4.0)
    stems = {"voice": a, "band": b, "mix": Audio(a.samples + b.samples, 44_100)}
    assert "clip_1/mix" in uploaded(stems).sounds
    output = uploaded(stems, mixture=Mixture.LEAVE_OUT)
    assert set(output.sounds) == {"clip_1", "clip_1/voice", "clip_1/band"}
    assert np.allclose(output.sounds["clip_1"].samples, stems["mix"].samples, atol=1e-6)
    assert any("mix: left out" in note for note in output.notes)


def test_a_file_that_was_left_out_is_a_note():
    upload = Upload(sounds={"song": "k"}, names={"song": "a.wav", "._a": "._a.wav"})
    notes = uploaded({"song": material.plucks(1)}, upload=upload).notes
    assert any(note.startswith("._a.wav: left out") for note in notes)


def test_the_new_choices_leave_the_key_of_an_upload_as_it_was():
    settings = GenerateSettings()
    assert not {"mixture", "encoder_delay"} & key_settings("generate", settings, UPLOAD).keys()
    chosen = GenerateSettings(mixture=Mixture.LEAVE_OUT)
    assert key_settings("generate", chosen, UPLOAD)["mixture"] == "leave out"


@pytest.mark.parametrize(("engine", "refused"), [("auto", True), ("ace-step", True), ("band", False)])
def test_a_change_of_a_song_that_was_not_brought_is_refused_and_never_another_song(engine, refused):
    settings = GenerateSettings(engine=engine, options={"ace-step": AceStepSettings(task="cover")})
    shelf = Shelf({"ace-step": READY, "band": READY})
    if not refused:
        assert STAGE.choose_for(SongRequest(prompt="pop"), settings, shelf).engine == "band"
        return
    with pytest.raises(SettingsError, match="is to cover a song, and none was uploaded") as caught:
        STAGE.choose_for(SongRequest(prompt="pop"), settings, shelf)
    assert "Upload a song" in caught.value.remedy


# An uploaded MIDI file

MIDI = Midi(name="a.mid", base64=base64.b64encode(file_of(tune())).decode())


def chosen_for_midi(states, **settings):
    return STAGE.choose_for(SongRequest(midi=MIDI), GenerateSettings(**settings), Shelf(states))


def test_the_band_plays_a_midi_file_whatever_else_is_ready():
    choice = chosen_for_midi({"big": READY, "composer": READY})
    assert (choice.engine, choice.reason) == ("composer", "to play the uploaded MIDI file")


def test_no_other_engine_takes_a_midi_file_and_no_band_is_an_error():
    with pytest.raises(SettingsError, match="big plays no MIDI file"):
        chosen_for_midi({"big": READY, "composer": READY}, engine="big")
    with pytest.raises(EngineMissingError):
        chosen_for_midi({"big": READY, "composer": GONE})


def test_the_band_is_given_the_file_and_needs_no_plan(tmp_path):
    shelf = Shelf({"composer": READY}, Reply({}, {"clip_1": material.plucks(1)}))
    request = SongRequest(midi=MIDI)
    given = replace(
        material.work(GenerateSettings(), {}, shelf, None, request), engine="composer", scratch=tmp_path
    )
    STAGE.run(given)
    _, _, values = shelf.called
    assert values["midi"] == {"name": "a.mid", "base64": MIDI.base64} and values["plan"] is None
