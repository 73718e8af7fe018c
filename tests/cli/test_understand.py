"""``understand``: what is printed of an answer, and what is said where ACE-Step cannot listen."""

import pytest

from core.cli.main import main
from core.cli.understand import UNTRAINED, lines
from tests import sounds


@pytest.mark.parametrize(
    ("values", "printed"),
    [
        (
            {"understood": {"caption": "lo-fi", "bpm": 92, "key": "", "lyrics": "The tide"}, "match": 0.25},
            [
                "caption  lo-fi",
                "bpm      92",
                "lyrics",
                "The tide",
                "match    +0.250 nats a code (above 0: the prompt makes this song likelier)",
            ],
        ),
        (
            {"understood": {}, "match": None, "untrained": True},
            ["The planner says nothing of this song that can be used.", UNTRAINED],
        ),
    ],
)
def test_what_is_understood_is_printed_and_what_is_not_is_left_out(values, printed):
    assert lines(values) == printed


def test_without_weights_it_says_so_with_a_remedy(tmp_path, monkeypatch, capsys):
    from core.audio import write

    monkeypatch.setenv("GAINSTAGE_MODELS", str(tmp_path / "none"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "none"))
    write(tmp_path / "song.wav", sounds.band())
    assert main(["understand", str(tmp_path / "song.wav")]) != 0
    said = capsys.readouterr().err
    assert "ACE-Step cannot listen" in said and "models get" in said
