"""What pydantic refuses, told as a person would."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from core.errors import SettingsError
from core.runs.pipeline import RunSettings
from core.sentences import sentences
from core.song import SongRequest


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"prompt": "x" * 10_000}, "The prompt has 10,000 characters; at most 2,000 are taken."),
        ({"duration_s": -5}, "The length in seconds must be at least 3; it is -5."),
        ({"duration_s": 1e9}, "The length in seconds must be at most 1200; it is 1000000000.0."),
        ({"seed": -1}, "The seed must be at least 0; it is -1."),
        ({"seed": "abc"}, "The seed must be a whole number; it is 'abc'."),
    ],
)
def test_a_request_out_of_bounds(asked, told):
    with pytest.raises(ValidationError) as caught:
        SongRequest(**asked)
    assert sentences(caught.value, SongRequest) == (told,)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("master.target_lufs", "50", "master.target_lufs must be at most -5; it is 50."),
        ("master.target_lufs", "loud", "master.target_lufs must be a number; it is 'loud'."),
        ("generate.clips", "1.5", "generate.clips must be a whole number; it is 1.5."),
        ("mix.mono_check", "perhaps", "mix.mono_check must be on or off; it is 'perhaps'."),
        ("mix.nothing", "1", "There is no setting mix.nothing."),
    ],
)
def test_a_setting_by_its_path(name, value, told):
    with pytest.raises(SettingsError) as caught:
        RunSettings().with_values({name: value})
    assert caught.value.message == told and caught.value.remedy


def test_a_choice_names_what_there_is_to_choose():
    with pytest.raises(SettingsError) as caught:
        RunSettings().with_values({"export.formats": '["wave"]'})
    assert "'flac-16'" in caught.value.message and "'wave'" in caught.value.message
