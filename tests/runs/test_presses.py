"""One press is one song, whichever way its events arrive."""

from __future__ import annotations

import threading

import pytest

from core.errors import BusyError
from core.runs import presses
from core.runs.pipeline import RunSettings
from core.runs.presses import Presses
from core.song import SongRequest
from tests.fakes import HouseEngines

PROMPT = SongRequest(prompt="a calm tune", instrumental=True, duration_s=8.0)


@pytest.fixture
def studio(open_studio):
    opened = open_studio(HouseEngines(pace_s=20))
    yield opened
    for run in opened.runs("me"):
        opened.cancel(run.id)


def together(count, call):
    """Call from so many threads at one moment; return what each got."""
    gate, got = threading.Barrier(count), []

    def one():
        gate.wait()
        got.append(call())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def test_the_same_song_asked_for_by_several_threads_at_once_is_one(studio):
    ids = together(8, lambda: studio.start(PROMPT, RunSettings(), "me"))
    assert len(ids) == 8 and len(set(ids)) == 1
    assert len(studio.runs("me")) == 1


def test_another_owner_other_words_or_other_settings_are_another_song(studio):
    first = studio.start(PROMPT, RunSettings(), "me")
    others = [
        studio.start(PROMPT, RunSettings(), "somebody else"),
        studio.start(PROMPT.model_copy(update={"seed": 7}), RunSettings(), "me"),
        studio.start(PROMPT, RunSettings().with_values({"mix.mono_check": "true"}), "me"),
    ]
    assert len({first, *others}) == 4


def test_a_song_that_was_cancelled_can_be_asked_for_again_at_once(studio):
    first = studio.start(PROMPT, RunSettings(), "me")
    studio.cancel(first)
    assert studio.start(PROMPT, RunSettings(), "me") != first


def test_two_seconds_later_it_is_another_song(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(presses.time, "monotonic", lambda: clock[0])
    begun = iter(["one", "two", "three"])
    press = Presses()

    def again():
        return press.once("me", PROMPT, RunSettings(), begin=lambda: next(begun), stands=lambda _: True)

    assert again() == "one"
    clock[0] += presses.ONE_PRESS_S - 0.1
    assert again() == "one"
    clock[0] += 0.2
    assert again() == "two"


def test_a_press_that_was_refused_is_not_remembered():
    press = Presses()

    def full() -> str:
        raise BusyError("The queue is full.", remedy="Wait.")

    with pytest.raises(BusyError):
        press.once("me", PROMPT, RunSettings(), begin=full, stands=lambda _: True)
    assert press.once("me", PROMPT, RunSettings(), begin=lambda: "one", stands=lambda _: True) == "one"
