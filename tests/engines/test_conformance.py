"""What holds for every registered engine, and for every executor behind the seam."""

import inspect
import json
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from core.audio import Audio
from core.engines.base import EngineSettings, UnknownSettings
from core.engines.executors.local import LocalExecutor
from core.engines.opened import open_engines
from core.engines.registry import CARDS, ENGINES
from core.errors import (
    Cancelled,
    EngineError,
    EngineInputError,
    EngineMemoryError,
    EngineMissingError,
    EngineOutputError,
)
from core.progress import silent
from core.runs.pipeline import STAGE_NAMES, RunSettings, stage_named
from core.song import Plan, PlanSection, SectionKind
from tests.engines.in_process import InProcess
from tests.engines.test_host import call, cancel_when, ramp, registered

EXECUTORS = {"child process": LocalExecutor, "this process": InProcess}
ready = [engine for engine in ENGINES if engine.available().ready]


@pytest.fixture(scope="module", params=EXECUTORS)
def engines(request):
    broken = registered("broken", "tests.engines.broken_worker")
    opened = open_engines((*ENGINES, registered(), broken), executor=EXECUTORS[request.param]())
    yield opened
    opened.close()


# Every executor


def test_values_and_samples_cross_bit_for_bit(engines):
    samples = ramp().samples.copy()
    samples[3, 1], samples[5, 0] = np.nan, np.inf
    reply = call(engines, "echo", {"mix": Audio(samples, 48_000), "clip_1/vocals": ramp(10, 1)}, a=[1, None])
    assert reply.values["a"] == [1, None]
    assert reply.sounds["mix"].samples.tobytes() == samples.tobytes()
    assert reply.sounds["clip_1/vocals"].key == ramp(10, 1).key


def test_the_callers_sound_stays_as_it_is(engines):
    sent = ramp()
    reply = call(engines, "writes_into_what_it_was_given", {"mix": sent})
    assert sent.key == ramp().key
    assert np.array_equal(reply.sounds["mix"].samples, 2 * sent.samples)


def test_a_session_keeps_its_state_until_it_is_unloaded(engines):
    first = call(engines, "remembers").values["calls"]
    session = engines.loaded()["fake"]
    assert call(engines, "remembers").values["calls"] == first + 1
    assert engines.loaded()["fake"] == session and set(engines.memory_mb()) >= {"fake"}
    engines.unload("fake")
    assert "fake" not in engines.loaded()
    call(engines, "echo")
    assert engines.loaded()["fake"] != session


@pytest.mark.parametrize("what", ["path", "list", "none", "int16", "empty", "no rate", "objects", "complex"])
def test_what_is_no_sound_is_refused(engines, what):
    with pytest.raises(EngineOutputError, match=r"Fake engine \(out\)"):
        call(engines, "returns", what=what)


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("raises", EngineError),
        ("exits", EngineError),
        ("no_such_method", EngineError),
        ("lacks_a_package", EngineMissingError),
        ("out_of_memory", EngineMemoryError),
        ("explains", EngineInputError),
    ],
)
def test_failures_have_their_types(engines, method, kind):
    with pytest.raises(EngineError) as caught:
        call(engines, method)
    assert type(caught.value) is kind and caught.value.remedy


def test_a_worker_that_cannot_be_imported_is_missing(engines):
    with pytest.raises(EngineMissingError):
        call(engines, "echo", engine="broken")


def test_what_the_report_raises_ends_the_call_and_the_next_one_works(engines):
    with pytest.raises(Cancelled):
        call(engines, "slow", report=cancel_when(lambda f, m: m == "step 2"), steps=1000)
    assert call(engines, "echo", a=1).values["a"] == 1


def test_the_beginning_of_a_song_comes_back_once_while_the_rest_is_made(engines):
    heard = []
    engines.call("fake", "lets_its_beginning_be_heard", values={}, sounds={}, report=silent,
                 first_listen=heard.append)  # fmt: skip
    assert heard == [b"RIFF"]


def test_the_band_plays_the_same_song(engines):
    if not engines.availability("composer").ready:
        pytest.skip("the band is not installed")
    section = PlanSection(kind=SectionKind.VERSE, bars=2, energy=0.5)
    plan = Plan(
        prompt="p", title="t", genre="pop", tempo_bpm=120, key="C major", sections=(section,), seed=1,
        instrumental=True,
    )  # fmt: skip
    asked = {"plan": plan.model_dump(mode="json"), "lyrics": None, "seed": 1, "sample_rate": 16_000}
    sounds = engines.call("composer", "compose", values=asked, sounds={}, report=silent).sounds
    PLAYED.add(sounds["clip_1"].key)
    assert len(PLAYED) == 1 and sounds["clip_1"].samples.any()


PLAYED = set()
"""What the band played through each executor."""


# Every engine


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.card.name)
def test_a_card_says_what_a_person_needs(engine):
    card, state = engine.card, engine.available()
    assert card.stage in STAGE_NAMES
    assert {card.title, card.summary, card.licence, card.how_to_add, card.version}.isdisjoint({""})
    assert state.reason and (state.ready or state.remedy)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)
def test_its_settings_have_titles_help_and_bounds_and_survive_the_store(card):
    own = card.settings()
    assert isinstance(own, EngineSettings)
    assert card.settings.model_validate_json(own.model_dump_json()) == own
    for name, info in card.settings.model_fields.items():
        assert info.title and info.description, name
        if info.annotation in (int, float):
            bounds = {type(limit).__name__ for limit in info.metadata}
            assert bounds == {"Ge", "Le"}, name
    assert card.files_id(own) == card.weights_named(own) == card.changes(own) == ""
    with pytest.raises(ValidationError):
        card.settings.model_validate({"no_such_setting": 1})


@pytest.mark.parametrize(
    "card", [card for card in CARDS if card.settings.model_fields], ids=lambda card: card.name
)
def test_its_settings_are_set_by_stage_and_name_and_reach_its_stage(card):
    name, info = next(iter(card.settings.model_fields.items()))
    value = _another(info, getattr(card.settings(), name))
    settings = RunSettings().with_values({f"{card.stage}.{card.name}.{name}": json.dumps(value)})
    held = settings.of(card.stage).options
    assert held == {card.name: card.settings(**{name: value})}
    assert RunSettings.model_validate_json(settings.model_dump_json()) == settings
    assert card.options(held) == held[card.name]
    assert "options" in stage_named(card.stage).settings_type.model_fields


def _another(info, default):
    if isinstance(default, bool):
        return not default
    if isinstance(default, int | float):
        return next(limit.le for limit in info.metadata if hasattr(limit, "le"))
    if isinstance(default, tuple):
        return [default[-1].value]
    return list(type(default))[-1].value


@pytest.mark.parametrize("engine", ready, ids=lambda engine: engine.card.name)
def test_its_worker_opens_and_takes_calls(engine):
    opened = open_engines((engine,))
    try:
        with pytest.raises(EngineError):
            opened.call(engine.card.name, "no_such_method", values={}, sounds={}, report=silent)
        assert engine.card.name in opened.loaded()
    finally:
        opened.close()


def test_settings_of_another_engine_are_not_taken():
    with_settings = [card for card in CARDS if card.settings.model_fields]
    one, other = with_settings[0], with_settings[-1]
    with pytest.raises(ValidationError):
        one.options({one.name: other.settings()})
    lenient = replace(one, settings=UnknownSettings)
    assert lenient.options({one.name: UnknownSettings(level=3)}).model_dump() == {"level": 3}


def test_the_in_process_executor_has_all_that_the_seam_asks_for():
    from core.engines.executors.base import Executor, Session
    from tests.engines.in_process import HereSession

    for seam, here in ((Executor, InProcess), (Session, HereSession)):
        wanted = {name for name in vars(seam) if not name.startswith("_")}
        assert wanted <= {name for name, _ in inspect.getmembers(here)} | set(here.__annotations__)
