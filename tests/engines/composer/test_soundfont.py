"""The SoundFont: part of the key and of the record, refused before the run, found and offered."""

import shutil
import struct

import pytest

from core.engines.composer.card import CARD, available
from core.engines.composer.play import soundfont
from core.engines.composer.play.soundfont import (
    VARIABLE,
    checked_soundfont,
    found_soundfonts,
    has_drums,
    soundfont_id,
)
from core.engines.composer.settings import BandSettings
from core.engines.composer.worker import Worker, _piece
from core.errors import EngineMissingError
from core.facts.doctor import _soundfont
from tests.engines.composer.songs import plan_for


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def font_bytes(*banks: int, major=2) -> bytes:
    """The structure of a SoundFont with a preset in each bank, and no sound."""
    info = b"INFO" + chunk(b"ifil", struct.pack("<HH", major, 4)) + chunk(b"INAM", b"odd")
    rows = b"".join(
        b"x".ljust(20, b"\0") + struct.pack("<HHHIII", 0, bank, 0, 0, 0, 0) for bank in (*banks, 0)
    )
    lists = chunk(b"LIST", info) + chunk(b"LIST", b"sdta") + chunk(b"LIST", b"pdta" + chunk(b"phdr", rows))
    return b"RIFF" + struct.pack("<I", 4 + len(lists)) + b"sfbk" + lists


@pytest.fixture
def another(tmp_path, monkeypatch):
    """A folder in the usual places with another font in it."""
    monkeypatch.setattr(soundfont, "FOLDERS", (str(tmp_path),))
    monkeypatch.delenv(VARIABLE, raising=False)
    path = tmp_path / "Grand.sf2"
    path.write_bytes(font_bytes(0, 128))
    return path


def test_the_key_changes_with_the_font_and_not_with_its_name_or_place(another, tmp_path, monkeypatch):
    usual = available().weights_id
    assert usual
    monkeypatch.setenv(VARIABLE, str(another))
    assert available().weights_id not in ("", usual)
    copy = tmp_path / "sub" / "copy.sf2"
    copy.parent.mkdir()
    monkeypatch.delenv(VARIABLE)
    shutil.copy(checked_soundfont(), copy)
    monkeypatch.setenv(VARIABLE, str(copy))
    assert available().weights_id == usual


def test_a_font_named_in_the_settings_is_part_of_the_choice(another):
    assert CARD.files_id(BandSettings()) == ""
    assert CARD.files_id(BandSettings(soundfont="grand")) == soundfont_id(another)
    assert CARD.files_id(BandSettings(soundfont=str(another))) == soundfont_id(another)
    with pytest.raises(EngineMissingError, match="Steinway"):
        CARD.files_id(BandSettings(soundfont="Steinway"))


def test_the_reply_records_the_font():
    plan = plan_for("pop", seconds=3.0, instrumental=True)
    values = {"plan": plan.model_dump(mode="json"), "sample_rate": 22_050}
    reply, _ = Worker().compose(values, {}, lambda fraction, message: None)
    path = checked_soundfont()
    assert reply["soundfont"] == {"name": path.name, "id": soundfont_id(path)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (font_bytes(0, major=3), "compressed"),
        (font_bytes(), "no preset"),
        (b"RIFF\4\0\0\0WAVE", "not a SoundFont"),
        (font_bytes(0)[:70], "not a SoundFont"),
        (b"", "not a SoundFont"),
    ],
)
def test_a_font_that_cannot_be_played_is_refused_before_the_run(tmp_path, monkeypatch, content, said):
    path = tmp_path / "odd.sf2"
    path.write_bytes(content)
    monkeypatch.setenv(VARIABLE, str(path))
    state = available()
    assert not state.ready and said in state.reason and state.remedy
    assert said in _soundfont().evidence


def test_a_compressed_font_comes_with_the_command_that_converts_it(tmp_path):
    path = tmp_path / "General.sf3"
    path.write_bytes(font_bytes(0, 128, major=3))
    with pytest.raises(EngineMissingError) as told:
        checked_soundfont(str(path))
    assert "sf3convert -x General.sf3 General.sf2" in told.value.remedy


def test_fonts_in_the_usual_places_are_offered_by_name_and_only_those_that_can_be_played(another):
    (another.parent / "bad.sf2").write_bytes(b"no")
    (another.parent / "default-GM.sf2").symlink_to(another)
    assert [path.name for path in found_soundfonts()] == ["Grand.sf2"]
    assert "Grand.sf2" in available().reason
    assert "TimGM6mb.sf2" in available().reason.split("Also found")[0], "the offer is not taken by itself"
    assert CARD.settings.model_fields["soundfont"].json_schema_extra["operator_only"]


def test_without_a_kit_in_the_font_nobody_plays_drums_and_that_is_said(another):
    assert has_drums(checked_soundfont()) and has_drums(another)
    another.write_bytes(font_bytes(0))
    assert not has_drums(another)
    plan = plan_for("pop", seconds=8.0, instrumental=True)
    values = {"plan": plan.model_dump(mode="json")}
    piece = _piece(values, BandSettings(), has_kit=False, mans_voice=False)
    assert not [part for part in piece.score.parts if part.stem == "drums"]
    assert any("no drum kit" in note for note in piece.notes)
