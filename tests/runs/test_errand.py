"""A run that another studio has made here: what it needs and what it delivers cross by way of a shelf."""

from __future__ import annotations

import json

import pytest

from core.errors import Cancelled, NotFoundError
from core.machine.share import share_at
from core.runs.errand import Errand, News, made
from core.runs.pipeline import RunSettings
from core.runs.record import RunState, StepState
from core.runs.runner import Runner
from core.runs.shelf import Shelf
from core.runs.store import Store
from core.song import SongRequest, Upload
from tests.fakes import HouseEngines
from tests.runs.small_chain import small_stages
from tests.sounds import band


@pytest.fixture
def chain(monkeypatch):
    """Small stages by name, through which every errand goes."""
    stages = small_stages()
    monkeypatch.setattr("core.runs.errand.Runner", lambda *given: Runner(*given, stages))
    return {stage.name: stage for stage in stages}


@pytest.fixture
def do(tmp_path):
    """Do an errand in a home of its own; returns its last news, all news, and the studio's store."""
    here = Store(tmp_path / "studio")
    here.home.mkdir()
    place = share_at(str(tmp_path / "shelf"))

    def doing(errand, tell=None):
        news = []
        crossed = Errand.model_validate_json(errand.model_dump_json())
        home = tmp_path / "worker" / f"{len(list(tmp_path.iterdir()))}-{len(news)}"
        last = made(crossed, HouseEngines(), home, place, tell or news.append)
        assert not home.exists()
        news = [News.model_validate(json.loads(one.model_dump_json())) for one in (*news, last)]
        return news[-1], news, Shelf(place, here), here

    doing.shelf = Shelf(place, here)
    doing.store = here
    return doing


def sounds(step):
    return [a.key for a in step.artifacts]


def test_each_step_is_told_once_and_its_sounds_are_on_the_shelf(chain, do):
    last, news, shelf, here = do(Errand(request=SongRequest(prompt="x"), settings=RunSettings()))
    assert last.state is RunState.DONE
    steps = [step for one in news for step in one.steps]
    assert [step.stage for step in steps] == list(chain)
    for step in steps:
        assert shelf.fetch(sounds(step), step.files)
        assert all(here.audio(key).key == key for key in sounds(step))
        assert here.exports.lost(step.files.values()) == []


def test_a_step_that_broke_its_contract_comes_back_with_its_sound(chain, do, monkeypatch):
    monkeypatch.setattr("core.runs.runner.own_failures", lambda findings: ["broken"])
    last, _, shelf, _ = do(Errand(request=SongRequest(prompt="x"), settings=RunSettings()))
    (step,) = last.steps
    assert last.state is RunState.STOPPED and step.state is StepState.FAILED
    assert sounds(step) and shelf.fetch(sounds(step), {})
    continued = Errand(
        request=SongRequest(prompt="x"),
        settings=RunSettings(),
        continued=(step.model_copy(update={"continued": True}),),
    )
    last, news, _, _ = do(continued)
    told = [step.stage for one in news for step in one.steps]
    assert told == ["generate", "mix"], "it went on past the one, and stopped at the next"


def test_an_upload_is_taken_from_the_shelf_and_its_loss_is_named(chain, do):
    key, _ = do.store.put(band())
    request = SongRequest(upload=Upload(sounds={"song": key}, names={"song": "a.wav"}))
    errand = Errand(request=request, settings=RunSettings(), sounds=(key,))
    with pytest.raises(NotFoundError, match="did not reach the worker"):
        do(errand)
    do.shelf.put([key], {})
    last, *_ = do(errand)
    assert last.state is RunState.DONE


def test_what_the_teller_raises_ends_it_and_leaves_no_home(chain, do, tmp_path):
    def stop(news):
        raise Cancelled

    with pytest.raises(Cancelled):
        do(Errand(request=SongRequest(prompt="x"), settings=RunSettings()), stop)
    assert not list((tmp_path / "worker").iterdir())
