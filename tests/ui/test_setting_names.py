"""Settings that differ, as the Compare page shows them: titles and units, no field names and no hashes."""

from __future__ import annotations

import re

import pytest

from core.blame.difference import Setting
from core.ui.setting_names import DEFAULT, NOTHING, OTHER, Row, rows

HASH = "7b215dd3" * 8
SHOWN = [
    (Setting("request", "duration_s", 60.0, 12.5), Row("Request", "Length (m:ss)", "1:00", "0:12.5")),
    (Setting("request", "seed", 1, 2), Row("Request", "Seed", "1", "2")),
    (Setting("request", "prompt", "mp3", "blues"), Row("Request", "Prompt", "mp3", "blues")),
    (Setting("request", "instrumental", True, False), Row("Request", "Instrumental", "on", "off")),
    (
        Setting("mix", "faders.drums.gain_db", None, -3.0),
        Row("Mix", "Faders, drums: Level (dB)", DEFAULT, "−3"),
    ),
    (Setting("mix", "faders.a.b__c.mute", None, True), Row("Mix", "Faders, a.b__c: Mute", DEFAULT, "on")),
    (Setting("master", "target_lufs", -14, -9.5), Row("Master", "Target loudness (LUFS)", "−14", "−9.5")),
    (Setting("master", "reach", "insist", "stop_short"), None),
    (
        Setting("export", "formats", ["wav-24"], ["mp3", "flac-16"]),
        Row("Export", "Formats", "WAV 24-bit", "MP3, FLAC 16-bit"),
    ),
    (
        Setting("request", "upload.names", {"song": "a.wav"}, {"song": "b.wav"}),
        Row("Request", "Uploaded audio: Files", "a.wav", "b.wav"),
    ),
]


@pytest.mark.parametrize(("setting", "row"), SHOWN)
def test_a_setting_has_its_title_unit_and_value(setting: Setting, row: Row | None) -> None:
    (shown,) = rows([setting])
    if row is not None:
        assert shown == row
    assert "_" not in shown.title.replace("a.b__c", "")
    assert not re.search(r"[\[\]{}']|None|True|False", f"{shown.title} {shown.a} {shown.b}")


def test_a_reference_is_told_by_its_name_and_never_by_its_hash() -> None:
    both = [
        Setting("master", "reference.key", None, HASH),
        Setting("master", "reference.name", None, "hit.wav"),
    ]
    assert rows(both) == (Row("Master", "Reference: File", NOTHING, "hit.wav"),)
    assert rows(both[:1]) == (Row("Master", "Reference", NOTHING, OTHER),)


def test_a_midi_files_bytes_are_not_shown() -> None:
    (row,) = rows([Setting("request", "midi.base64", "TVRo" * 2000, "TVRp" * 2000)])
    assert row == Row("Request", "MIDI file", OTHER, OTHER)


def test_long_lyrics_are_cut() -> None:
    (row,) = rows([Setting("request", "typed_lyrics", "la " * 500, "")])
    assert len(row.a) < 140 and row.a.endswith("…")


def test_a_setting_that_this_version_does_not_know_keeps_its_name() -> None:
    (row,) = rows([Setting("mix", "sparkle", 1, 2)])
    assert row.title == "sparkle"
