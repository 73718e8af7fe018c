"""The adapter of audiocraft against one that plays its part: what is asked of it, and what is made of it.

The real package is in test_audiocraft_itself.py; it needs an environment of its own.
"""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
import soundfile

from core.audio import Audio
from core.engines.audiocraft.card import CARD, available
from core.engines.audiocraft.settings import AudiocraftSettings
from core.engines.executors.process import CHILD
from core.engines.interpreters import own_interpreter
from core.errors import Cancelled, EngineError, EngineInputError, EngineMissingError
from core.song import SongRequest
from core.stages.generate import GenerateSettings, GenerateStage
from tests.engines.audiocraft.conftest import VARIABLE, compose
from tests.engines.musicgen.conftest import song


@pytest.fixture
def checkpoint(tmp_path):
    """Write a checkpoint as the acted audiocraft reads it."""

    def writing(text_encoder=True, **told):
        folder = tmp_path / "acted"
        folder.mkdir(exist_ok=True)
        (folder / "state_dict.bin").write_text(json.dumps(told))
        (folder / "compression_state_dict.bin").write_text("codec")
        if text_encoder:
            (folder / "t5-base").mkdir(exist_ok=True)
        return folder

    return writing


def hum(seconds=2.0):
    wave = 0.2 * np.sin(np.arange(round(seconds * 44_100)) * 0.05)
    return Audio(wave.astype(np.float32)[:, None], 44_100)


def test_it_plays_under_its_own_interpreter_the_asked_length_rate_and_seed(acting_hosts, checkpoint):
    folder = checkpoint(channels=2)
    first = compose(acting_hosts, folder)
    clip = first.sounds["clip_1"]
    assert (clip.sample_rate, clip.frames, clip.channels) == (32_000, round(2.8 * 32_000), 2)
    again, other = compose(acting_hosts, folder), compose(acting_hosts, folder, seed=2)
    assert again.sounds["clip_1"].key == clip.key != other.sounds["clip_1"].key
    assert first.values["text"].startswith("warm lo-fi piano. genre")
    assert first.values["native_rate"] == 32_000


def test_a_long_song_is_one_performance_with_rising_progress(acting_hosts, checkpoint):
    seen = []
    reply = compose(
        acting_hosts,
        checkpoint(),
        song(bars=40),
        clips=3,
        overlap_s=1.0,
        context_s=12.0,
        report=lambda fraction, message: seen.append(fraction),
    )
    clips = [reply.sounds[f"clip_{number}"] for number in (1, 2, 3)]
    for one, two in pairwise(clips):
        assert np.array_equal(one.samples[-32_000:], two.samples[:32_000])
    whole = sum(clip.frames for clip in clips) - 2 * 32_000
    assert whole == round(reply.values["duration_s"] * 32_000) == (83 * 32_000)
    assert seen == sorted(seen)
    assert 0.99 < seen[-1] <= 1.0


def test_clip_by_clip_every_clip_has_a_seed_of_its_own(acting_hosts, checkpoint):
    reply = compose(acting_hosts, checkpoint(), song(bars=4), clips=2, overlap_s=0.5, continuation=False)
    one, two = reply.sounds["clip_1"], reply.sounds["clip_2"]
    assert one.frames == round(4.5 * 32_000)
    assert not np.allclose(one.samples[-16_000:], two.samples[:16_000], atol=1e-3)


def test_a_cancel_ends_it_and_the_next_song_is_the_same(acting_hosts, checkpoint):
    folder = checkpoint()
    first = compose(acting_hosts, folder)

    def report(fraction, message):
        if fraction > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        compose(acting_hosts, folder, song(bars=200), report=report)
    assert compose(acting_hosts, folder).sounds["clip_1"].key == first.sounds["clip_1"].key


def test_a_melody_comes_as_sound_or_as_file_and_only_to_a_model_that_takes_one(
    acting_hosts, checkpoint, tmp_path
):
    folder, melody = checkpoint(melody=True), hum()
    plain = compose(acting_hosts, folder)
    heard = compose(acting_hosts, folder, sounds={"melody": melody})
    soundfile.write(tmp_path / "hum.wav", melody.samples, melody.sample_rate, subtype="FLOAT")
    read = compose(acting_hosts, folder, melody=str(tmp_path / "hum.wav"))
    assert plain.sounds["clip_1"].key != heard.sounds["clip_1"].key == read.sounds["clip_1"].key
    with pytest.raises(EngineInputError, match="takes no melody"):
        compose(acting_hosts, checkpoint(), sounds={"melody": melody})


@pytest.mark.parametrize(
    "wrong",
    [
        hum(0.1),
        Audio(np.zeros((44_100, 1), np.float32), 44_100),
        Audio(np.full((44_100, 1), np.nan, np.float32), 44_100),
    ],
    ids=["short", "silent", "nan"],
)
def test_a_melody_that_is_none_is_refused(acting_hosts, checkpoint, wrong):
    with pytest.raises(EngineInputError, match="melody"):
        compose(acting_hosts, checkpoint(melody=True), sounds={"melody": wrong})


def test_a_melody_file_that_is_no_sound_is_refused(acting_hosts, checkpoint, tmp_path):
    (tmp_path / "notes.wav").write_text("do re mi")
    for name in ("notes.wav", "missing.wav"):
        with pytest.raises(EngineInputError, match=f"melody {name}"):
            compose(acting_hosts, checkpoint(melody=True), melody=str(tmp_path / name))


def test_the_text_encoder_is_looked_for_beside_the_model_and_under_the_models(
    acting_hosts, checkpoint, acted
):
    folder = checkpoint(text_encoder=False)
    with pytest.raises(EngineMissingError, match="t5-base, which is not on this machine") as raised:
        compose(acting_hosts, folder)
    assert "GAINSTAGE_MODELS/t5-base" in raised.value.remedy
    (acted.parent / "models" / "t5-base").mkdir(parents=True)
    assert compose(acting_hosts, folder).sounds


def test_weights_that_are_no_numbers_and_files_that_hold_no_model_are_told(acting_hosts, checkpoint):
    with pytest.raises(EngineError, match="not numbers"):
        compose(acting_hosts, checkpoint(weights=[float("nan")]))
    folder = checkpoint()
    (folder / "state_dict.bin").write_text("no model")
    with pytest.raises(EngineError, match="hold no MusicGen"):
        compose(acting_hosts, folder)
    (folder / "state_dict.bin").unlink()
    with pytest.raises(EngineMissingError, match=r"lacks state_dict\.bin"):
        compose(acting_hosts, folder)


# Whether it is there


def test_without_an_interpreter_it_is_not_ready_and_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("core.engines.interpreters.ROOT", tmp_path)
    state = available()
    assert not state.ready
    assert "make audiocraft" in state.remedy and VARIABLE in state.remedy


def test_the_environment_beside_the_studio_is_found_by_itself(monkeypatch, tmp_path):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr("core.engines.interpreters.ROOT", tmp_path)
    made = tmp_path / ".venv-audiocraft" / "bin" / "python"
    made.parent.mkdir(parents=True)
    made.write_text("")
    assert own_interpreter(CARD) == str(made)
    assert available().ready
    monkeypatch.setenv(VARIABLE, "/elsewhere/python")
    assert own_interpreter(CARD) == "/elsewhere/python"
    assert not available().ready


def test_an_interpreter_without_audiocraft_is_told_to_be_one(
    monkeypatch, acted, other_hosts, checkpoint, tmp_path
):
    bare = tmp_path / "python"
    bare.write_text(acted.read_text().replace("acting", "nowhere"))
    bare.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(bare))
    with pytest.raises(EngineMissingError, match="cannot be imported by its interpreter") as raised:
        compose(other_hosts, checkpoint())
    assert "make audiocraft" in raised.value.remedy


def test_every_setting_of_the_page_is_one_that_the_worker_knows(acting_hosts, checkpoint):
    options = AudiocraftSettings().model_dump()
    assert options.pop("melody") == ""
    assert compose(acting_hosts, checkpoint(), **options, melody="").sounds


def test_another_melody_under_the_same_name_is_another_song(acting_hosts, checkpoint, tmp_path):
    file = tmp_path / "hum.wav"
    settings = GenerateSettings(engine="audiocraft", checkpoint=str(checkpoint(melody=True)))
    plain = GenerateStage().choose_for(SongRequest(prompt="pop"), settings, acting_hosts).weights_id
    settings = settings.model_copy(update={"options": {"audiocraft": AudiocraftSettings(melody=str(file))}})
    told = []
    for seconds in (1.0, 2.0):
        soundfile.write(file, hum(seconds).samples, 44_100)
        told.append(GenerateStage().choose_for(SongRequest(prompt="pop"), settings, acting_hosts).weights_id)
    assert len({plain, *told}) == 3


def test_make_reads_pins_that_are_there():
    root = CHILD.parents[2]
    recipe = (root / "Makefile").read_text()
    for name in ("requirements-audiocraft.txt", "requirements-audiocraft-alone.txt"):
        assert name in recipe
        assert (root / name).is_file()
