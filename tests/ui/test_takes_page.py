"""Takes on the Generate page, each with level, verdict and reasons, and the line about memory."""

from __future__ import annotations

from core.contract import Finding, Severity
from core.engines.base import MemoryOutlook
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.stages.generate import MOST_TAKES, GenerateSettings
from core.ui.memory_view import memory_outlook
from tests.ui.conftest import markup


def with_takes(fake):
    run = fake.start(SongRequest(prompt="a tune"), RunSettings(), "me")
    step = fake.run(run).step("generate")
    hiss = Finding(check="hiss", severity=Severity.WARN, evidence="It hisses.")
    other = step.main.model_copy(update={"key": fake.run(run).step("mix").main.key})
    worse = step.model_copy(update={"artifacts": (other,), "findings": (hiss,)})
    fake.recorded_takes = {1: step.model_copy(update={"findings": ()}), 2: worse}
    return run


def test_takes_are_shown_with_their_reasons_and_one_press_takes_another(fake, site):
    run = with_takes(fake)
    page = site("generate", run)
    shown = markup(page)
    assert "Take 1" in shown and "nothing was found wrong" in shown and "hiss (warn)" in shown
    buttons = {button.key: button for button in page.button if str(button.key).startswith("use_take")}
    assert buttons["use_take_1"].disabled and not buttons["use_take_2"].disabled
    buttons["use_take_2"].click().run(timeout=120)
    changed = [call[1] for call in fake.calls if call[0] == "change"]
    assert [settings.generate.take for settings in changed] == [2]
    assert not page.exception


def test_a_song_without_takes_shows_none(fake, site):
    run = fake.start(SongRequest(prompt="a tune"), RunSettings(), "me")
    assert "Take 1" not in markup(site("generate", run))


def test_the_form_takes_one_to_sixteen_takes_and_no_other_number(site):
    (takes,) = [one for one in site("generate").slider if one.label.startswith("Takes")]
    assert (takes.min, takes.max) == (1, MOST_TAKES)


class Engines:
    """Two engines: one that is not ready, and one that knows its memory."""

    def __init__(self, cards, ready):
        self._cards, self._ready = cards, ready

    def cards(self, stage):
        return self._cards

    def availability(self, name, checkpoint=""):
        from core.engines.base import Availability

        return Availability(name in self._ready, "it is a test", checkpoint="/models/x")


def test_the_outlook_is_that_of_the_engine_that_would_play(monkeypatch):
    from dataclasses import replace
    from types import SimpleNamespace

    from core.engines.acestep15.card import CARD

    asked = []

    def memory(folder, options, seconds):
        asked.append((str(folder), seconds))
        return MemoryOutlook(True, "It needs 8 GB.")

    first, second = replace(CARD, name="first"), replace(CARD, name="second", memory=memory)
    studio = SimpleNamespace(engines=Engines((first, second), {"second"}))
    found = memory_outlook(studio, GenerateSettings(), 90.0)
    assert found.sentence == "It needs 8 GB." and asked == [("/models/x", 90.0)]
    assert memory_outlook(studio, GenerateSettings(engine="first"), 90.0) is None
