"""The family's other voices: optional weights, named in the settings; the usual voice where one lacks."""

import shutil
from pathlib import Path

import hibari
import numpy as np
import pytest

from core.engines.composer.card import CARD
from core.engines.composer.model import Role
from core.engines.composer.settings import BandSettings
from core.engines.composer.sing.singer import Singer
from core.engines.composer.sing.sung import LOW_PLACES, SungLine, SungNote
from core.engines.composer.sing.voices import EMBEDDED, VOICES, VoiceName, network_of, voice_id
from core.errors import EngineMissingError
from core.models.listing import State, checkpoints
from core.progress import silent
from tests.engines.composer.songs import ToneSinger, compose, plan_for, words_for

USUAL_FILE = Path(hibari.__file__).parent / "assets" / "hibari.onnx"
LINE = SungLine(
    "let it go",
    ("let", "it", "go"),
    tuple(SungNote(0.5 + 0.4 * k, 0.4, 55.0 + k) for k in range(3)),
    low_voice=True,
)


@pytest.fixture
def models(tmp_path, monkeypatch):
    """An empty folder for weights."""
    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "models"


def put(models, name, content=USUAL_FILE):
    """Put a voice where a download would: the usual voice's network in the other's place."""
    weights = VOICES[name]
    file = models / weights.name / weights.files[0]
    file.parent.mkdir(parents=True)
    shutil.copyfile(content, file)
    return file


def test_each_optional_voice_is_listed_with_licence_size_and_source(models):
    from hibari.voices import BASE_URL
    from hibari.voices import VOICES as FAMILY

    listed = {one.name: one for one in checkpoints([CARD])}
    assert (
        set(VOICES) == set(VoiceName) - {VoiceName.HEART} == {VoiceName(name) for name in FAMILY} - {"heart"}
    )
    for name, weights in VOICES.items():
        row = listed[weights.name]
        assert (row.state, row.licence, row.download_mb) == (State.MISSING, "Apache-2.0", 8)
        assert f"https://huggingface.co/{row.repository}/resolve/main/voices/" == BASE_URL
        assert weights.files == (f"voices/{FAMILY[name]['file']}",)
    file = put(models, VoiceName.KORE)
    row = next(one for one in checkpoints([CARD]) if one.name == "hibari-kore")
    assert row.state is State.HERE and row.on_disk_bytes == file.stat().st_size


@pytest.mark.parametrize("name", sorted(VOICES))
def test_a_voice_that_is_missing_is_replaced_by_the_usual_one_and_that_is_said(models, name):
    network, said = network_of(name)
    assert network == EMBEDDED and voice_id(name) == ""
    assert "usual voice sings" in said[0] and f"models get hibari-{name}" in said[0]
    assert network_of(VoiceName.HEART) == (EMBEDDED, ())


def test_a_song_with_a_missing_voice_is_sung_and_says_so(models):
    plan = plan_for("pop", seconds=10.0)
    reply, sounds = compose(plan, words_for(plan), options={"voice": "fenrir"})
    assert any("fenrir is not on this machine" in note for note in reply["notes"])
    assert np.abs(sounds["clip_1/vocals"][0]).max() > 0.01
    instrumental, _ = compose(plan_for("pop", seconds=10.0, instrumental=True), options={"voice": "fenrir"})
    assert not any("fenrir" in note for note in instrumental["notes"])


def test_a_mans_voice_that_is_here_has_the_tune_in_his_compass(models):
    put(models, VoiceName.FENRIR)
    singer = ToneSinger()
    plan = plan_for("pop", seconds=10.0)
    reply, _ = compose(plan, words_for(plan), singer=singer, options={"voice": "fenrir"})
    low = LOW_PLACES[Role.LEAD]
    keys = [note.midi for line in singer.heard for note in line.notes]
    assert keys and all(low.low <= key <= low.high for key in keys)
    assert "The voice fenrir sings." in reply["notes"]


def test_the_steps_key_follows_the_voices_file(models):
    here = CARD.files_id(BandSettings(voice=VoiceName.EMMA))
    file = put(models, VoiceName.EMMA)
    downloaded = CARD.files_id(BandSettings(voice=VoiceName.EMMA))
    file.write_bytes(b"other")
    assert len({here, downloaded, CARD.files_id(BandSettings(voice=VoiceName.EMMA))}) == 3
    assert CARD.files_id(BandSettings()) == ""


def test_another_network_is_opened_as_the_usual_one_and_a_man_sings_from_his_own_throat(models):
    put(models, VoiceName.FENRIR)
    network, _ = network_of(VoiceName.FENRIR)
    man, usual = Singer(network=network), Singer()
    assert man._slower(LINE) == pytest.approx(1.0) and usual._slower(LINE) == pytest.approx(2 ** (4 / 12))
    sound = man.sing([LINE], 3.0, 24_000, silent)
    assert np.abs(sound).max() > 0.05 and not np.array_equal(sound, usual.sing([LINE], 3.0, 24_000, silent))


def test_a_british_voice_reads_words_as_the_british_do(models):
    put(models, VoiceName.EMMA)
    british, usual = Singer(network=network_of(VoiceName.EMMA)[0]), Singer()
    read = [one._reader.read("bath car", ("bath", "car")).phonemes for one in (british, usual)]
    assert read[0] != read[1] and "ɹ" not in read[0]


def test_a_damaged_download_is_named_with_its_remedy(models, tmp_path):
    damaged = tmp_path / "damaged"
    damaged.write_bytes(b"\xff" * 4000)
    put(models, VoiceName.KORE, damaged)
    with pytest.raises(EngineMissingError) as raised:
        Singer(network=network_of(VoiceName.KORE)[0])
    assert "af_kore.int8.onnx" in raised.value.message and "Models page" in raised.value.remedy
