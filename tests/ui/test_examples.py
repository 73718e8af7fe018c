"""Example prompts, and the line that says who plays."""

from __future__ import annotations

from pathlib import Path

from core.engines.base import Availability
from core.song import SongRequest
from core.stages.generate import GenerateSettings
from core.ui.examples import EXAMPLES
from core.ui.who_plays import NO_MODEL, who_plays
from core.writing.plan import make_plan
from tests.ui.fake_studio import MODEL, FakeStudio


def test_each_example_is_understood_as_its_genre() -> None:
    assert {
        genre: make_plan(SongRequest(prompt=prompt), None).genre for genre, prompt in EXAMPLES.items()
    } == {genre: genre for genre in EXAMPLES}


def test_who_plays_is_the_engine_that_the_song_would_take(tmp_path: Path, monkeypatch) -> None:
    fake = FakeStudio(tmp_path)
    assert who_plays(fake, GenerateSettings()) == (NO_MODEL, False)
    monkeypatch.setattr(fake.engines, "availability", lambda name, checkpoint="": Availability(True, ""))
    assert who_plays(fake, GenerateSettings()) == (f"Made by {MODEL.title}.", True)
    monkeypatch.setattr(
        fake.engines, "availability", lambda name, checkpoint="": Availability(False, "Not here.")
    )
    assert who_plays(fake, GenerateSettings()) == ("No engine can make sound here.", False)
