"""Example prompts, and the line that says who plays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from core.engines.base import Availability
from core.song import SongRequest
from core.stages.generate import GenerateSettings
from core.ui.examples import EXAMPLES, SAMPLE_S, sample_file
from core.ui.who_plays import NO_MODEL, who_plays
from core.writing.plan import make_plan
from tests.ui.fake_studio import MODEL, FakeStudio


def test_each_example_is_understood_as_its_genre() -> None:
    assert {
        genre: make_plan(SongRequest(prompt=prompt), None).genre for genre, prompt in EXAMPLES.items()
    } == {genre: genre for genre in EXAMPLES}


@pytest.mark.parametrize("genre", EXAMPLES)
def test_each_example_has_ten_audible_seconds_to_play(genre: str) -> None:
    samples, rate = soundfile.read(sample_file(genre))
    assert len(samples) / rate == pytest.approx(SAMPLE_S, abs=0.1)
    power = np.square(samples).reshape(-1)[: len(samples) // 10 * 20].reshape(10, -1).mean(axis=1)
    assert (10 * np.log10(power) > -40).all()  # each second of it


def test_a_press_of_an_example_fills_the_prompt_and_plays_it(site) -> None:
    test = site()
    assert not test.get("audio")
    test.pills(key="example").set_value("jazz").run()
    assert test.text_input(key="prompt").value == EXAMPLES["jazz"]
    (player,) = test.get("audio")
    assert player.proto.autoplay


def test_who_plays_is_the_engine_that_the_song_would_take(tmp_path: Path, monkeypatch) -> None:
    fake = FakeStudio(tmp_path)
    assert who_plays(fake, GenerateSettings()) == (NO_MODEL, False)
    monkeypatch.setattr(fake.engines, "availability", lambda name, checkpoint="": Availability(True, ""))
    assert who_plays(fake, GenerateSettings()) == (f"Made by {MODEL.title}.", True)
    monkeypatch.setattr(
        fake.engines, "availability", lambda name, checkpoint="": Availability(False, "Not here.")
    )
    assert who_plays(fake, GenerateSettings()) == ("No engine can make sound here.", False)
