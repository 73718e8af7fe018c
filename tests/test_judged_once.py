"""What makes the tests cheap changes no answer: the same case is judged once, and any other anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from core.contract import Case, Check, Contract, Finding, Sound, judge
from core.engines.base import Reply
from tests import sounds
from tests.judged_once import judged_once
from tests.remembered import MOST, RememberingEngines, Replies

asked: list[str] = []


@dataclass(frozen=True)
class Peak(Check):
    """A check that says when it was asked."""

    name: ClassVar[str] = "peak"
    limit: float = 0.5

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        asked.append(sound.name)
        peak = float(abs(sound.audio.samples).max())
        return self.warn(f"{peak}", on=sound) if peak > self.limit else self.ok(f"{peak}", on=sound)


@pytest.fixture(autouse=True)
def nobody_asked():
    del asked[:]


def test_the_same_case_is_judged_once_and_as_ever():
    contract, case = Contract((Peak(limit=0.41),)), sounds.case(sounds.pad())
    first = judged_once(contract, case)
    assert asked == ["song"] and judged_once(contract, sounds.case(sounds.pad())) == first
    assert asked == ["song"]
    assert first == judge(contract, case)


@pytest.mark.parametrize("limit", [0.42, 0.43])
@pytest.mark.parametrize("name", ["pad", "band"])
def test_another_sound_or_limit_is_judged_anew(name, limit):
    judged_once(Contract((Peak(limit=limit),)), sounds.case(sounds.GOOD[name]()))
    assert asked == ["song"]


def test_a_check_that_a_test_exchanges_is_asked(monkeypatch):
    contract, case = Contract((Peak(limit=0.44),)), sounds.case(sounds.pad())
    assert judged_once(contract, case)
    monkeypatch.setattr(Peak, "examine", lambda self, sound, case: None)
    assert judged_once(contract, case) == ()


class Counting:
    """An engine that counts its calls."""

    calls = 0

    def call(self, engine, method, *, values, sounds, report):
        self.calls += 1
        return Reply({"call": self.calls})


def test_an_engine_is_asked_for_the_same_once_and_for_anything_else_again(monkeypatch):
    monkeypatch.setattr(RememberingEngines, "_replies", Replies())
    engines = RememberingEngines(Counting(), ("band",))

    def call(engine="band", method="play", seed=1, **given):
        return engines.call(engine, method, values={"seed": seed}, sounds=given, report=print).values["call"]

    assert [call(), call(), call(seed=2), call(method="sing"), call(song=sounds.pad())] == [1, 1, 2, 3, 4]
    assert [call("drill"), call("drill"), call(song=sounds.pad()), call(song=sounds.fade())] == [5, 6, 4, 7]
    assert [call(seed=10 + n) for n in range(MOST)] + [call()] == [*range(8, 8 + MOST), 1]
    assert call(seed=9 + MOST) == 8 + MOST
