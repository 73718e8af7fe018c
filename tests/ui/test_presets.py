"""Presets of a stage's settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.errors import InputError, StorageError
from core.runs.pipeline import RunSettings
from core.stages.generate import GenerateSettings
from core.stages.master import MasterSettings
from core.stages.mix import Fader, MixSettings
from core.stages.reference import ReferenceTrack
from core.ui.presets import (
    LONGEST_NAME,
    MOST,
    delete_preset,
    preset_file,
    presets,
    put_preset,
    read_preset,
    usual,
    with_preset,
)

MIX = MixSettings(mono_check=True, faders={"bass": Fader(gain_db=-9)})
REFERENCE = ReferenceTrack(key="a" * 64, name="ref.wav")


def test_a_preset_is_kept_by_name_for_its_person_and_stage_alone(tmp_path: Path) -> None:
    put_preset(tmp_path, "me", "mix", "  quiet   bass ", MIX)
    kept = presets(tmp_path, "me", "mix")
    assert list(kept) == ["quiet bass"]
    assert with_preset(kept["quiet bass"], "mix", MixSettings()) == MIX
    assert not presets(tmp_path, "me", "master") and not presets(tmp_path, "you", "mix")
    delete_preset(tmp_path, "me", "mix", "quiet bass")
    assert not presets(tmp_path, "me", "mix")


def test_a_preset_shared_as_a_file_is_the_same_again_with_its_engines_own_settings() -> None:
    settings = RunSettings().with_values({"generate.clips": "3", "generate.options.musicgen.top_k": "50"})
    text = preset_file("generate", settings.generate)
    assert read_preset(text, "generate", GenerateSettings()) == settings.generate


def test_what_belongs_to_the_song_or_the_operator_is_neither_taken_nor_replaced() -> None:
    made = MasterSettings(target_lufs=-9, reference=REFERENCE)
    assert "ref.wav" not in preset_file("master", made)
    other = MasterSettings(reference=REFERENCE.model_copy(update={"name": "mine.wav"}))
    loaded = read_preset(preset_file("master", made), "master", other)
    assert isinstance(loaded, MasterSettings)
    assert (loaded.target_lufs, loaded.reference) == (-9, other.reference)
    operators = GenerateSettings(clips=2, checkpoint="/srv/weights")
    assert "/srv" not in preset_file("generate", operators)
    smuggled = json.dumps({"gainstage_preset": "generate", "settings": {"checkpoint": "/etc"}})
    assert read_preset(smuggled, "generate", GenerateSettings()) == GenerateSettings()
    assert usual(operators) == GenerateSettings(checkpoint="/srv/weights")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sound", "not JSON"),
        ("[1]", "no preset of the studio"),
        ('{"gainstage_preset": "mix"}', "no preset of the studio"),
        ('{"gainstage_preset": "master", "settings": {}}', "one of master, not of mix"),
        ('{"gainstage_preset": "mix", "settings": {"mono_check": "perhaps"}}', "on or off"),
        ('{"gainstage_preset": "mix", "settings": {"volume": 11}}', "volume"),
    ],
)
def test_what_is_no_preset_is_one_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_preset(text, "mix", MixSettings())


def test_a_preset_needs_a_name_and_there_are_not_endlessly_many(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no name"):
        put_preset(tmp_path, "me", "mix", "  ", MIX)
    for number in range(MOST):
        put_preset(tmp_path, "me", "mix", f"{number}", MIX)
    with pytest.raises(InputError, match=str(MOST)):
        put_preset(tmp_path, "me", "mix", "one more", MIX)
    put_preset(tmp_path, "me", "mix", "0", MixSettings())
    assert len(presets(tmp_path, "me", "mix")) == MOST
    put_preset(tmp_path, "me", "master", "n" * 200, MasterSettings())
    assert list(presets(tmp_path, "me", "master")) == ["n" * LONGEST_NAME]


def test_a_damaged_file_of_presets_is_reported_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "presets.json").write_text("{broken")
    with pytest.raises(StorageError, match="damaged"):
        put_preset(tmp_path, "me", "mix", "a", MIX)
    assert (tmp_path / "presets.json").read_text() == "{broken"
