"""Two engines whose models do not fit into memory together take turns."""

import threading

import pytest

from core.engines.base import Availability
from core.engines.executors import memory as memories
from core.engines.executors.memory import free_mb, needed_mb
from core.engines.memory_budget import LIGHT_MB, MemoryBudget
from core.engines.opened import open_engines
from core.errors import Cancelled, EngineMemoryError
from core.machine.graphics import Card, Cards
from core.machine.resources import Memory
from core.progress import silent
from tests.engines.test_host import call, cancel_when, registered

MODEL_MB = 4_000


def hosts_with(free, names=("one", "two"), needed=lambda card, checkpoint: MODEL_MB):
    """Engines in so much memory, of which each that runs has taken its model's."""
    made = open_engines(
        tuple(registered(name) for name in names),
        budget=MemoryBudget(needed, lambda: free - MODEL_MB * len(made.loaded())),
    )
    return made


@pytest.fixture
def narrow():
    made = hosts_with(6_000)
    yield made
    made.close()


def test_an_engine_that_rests_makes_room(narrow):
    call(narrow, "echo", engine="one")
    call(narrow, "echo", engine="two")
    assert set(narrow.loaded()) == {"two"}
    call(narrow, "echo", engine="one")
    assert set(narrow.loaded()) == {"one"}


def test_what_fits_in_stays():
    made = hosts_with(20_000)
    try:
        call(made, "echo", engine="one")
        call(made, "echo", engine="two")
        assert set(made.loaded()) == {"one", "two"}
    finally:
        made.close()


def test_small_engines_stay_and_are_always_let_in():
    made = hosts_with(0, ("one", "two"), lambda card, checkpoint: LIGHT_MB if card.name == "two" else 9_000)
    try:
        call(made, "echo", engine="two")
        call(made, "echo", engine="one")
        call(made, "echo", engine="two")
        assert set(made.loaded()) == {"one", "two"}
    finally:
        made.close()


def test_an_engine_that_works_is_waited_for(narrow, tmp_path):
    call(narrow, "echo", engine="one")
    at_work, waited_for, done = threading.Event(), threading.Event(), []

    def go_on(fraction, message):
        at_work.set()
        assert waited_for.wait(120)

    def long_work():
        done.append(call(narrow, "slow", engine="one", steps=2, report=go_on).values["pid"])

    def told(fraction, message):
        if "both do not fit into memory together" in message:
            waited_for.set()

    before = narrow.loaded()["one"]
    thread = threading.Thread(target=long_work)
    thread.start()
    assert at_work.wait(120)
    call(narrow, "echo", engine="two", report=told)
    thread.join()
    assert done == [before] and waited_for.is_set()
    assert set(narrow.loaded()) == {"two"}


def test_the_waiting_can_be_cancelled(narrow):
    stop, started = threading.Event(), threading.Event()

    def busy():
        def report(fraction, message):
            started.set()
            if stop.is_set():
                raise Cancelled

        with pytest.raises(Cancelled):
            call(narrow, "slow", engine="one", steps=10_000, report=report)

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        assert started.wait(120)
        with pytest.raises(Cancelled):
            call(narrow, "echo", engine="two", report=cancel_when(lambda f, m: "fit into memory" in m))
    finally:
        stop.set()
        thread.join()


def test_two_that_load_at_once_are_not_both_let_in():
    budget = MemoryBudget(lambda card, checkpoint: MODEL_MB, lambda: 9_000)
    one, two, three = (registered(name).card for name in ("one", "two", "three"))
    assert budget.enter(one, "") and budget.enter(two, "")  # 9,000 free, 4,000 promised to the first
    assert not budget.enter(three, "")
    budget.left("one")
    assert budget.enter(three, "")


def test_memory_that_ran_out_is_tried_again_without_those_that_rest(tmp_path):
    held = tmp_path / "held"
    made = open_engines(
        (registered("one"), registered("two")),
        budget=MemoryBudget(lambda card, checkpoint: MODEL_MB, lambda: None),
    )
    end = made._end

    def ended(name):
        end(name)
        if name == "one":
            held.unlink(missing_ok=True)

    made._end = ended
    try:
        call(made, "echo", engine="one")
        held.write_text("a model of 8 GB")
        assert call(made, "needs_a_file_gone", engine="two", held=str(held)).values["pid"]
        assert set(made.loaded()) == {"two"}
        with pytest.raises(EngineMemoryError):
            call(made, "cuda_out_of_memory", engine="two")
    finally:
        made.close()


def test_a_model_is_taken_to_need_what_its_files_weigh(tmp_path, monkeypatch):
    card = registered().card
    assert needed_mb(card, "") == 0
    with (tmp_path / "model.safetensors").open("wb") as file:
        file.truncate(300 << 20)
    monkeypatch.setattr(memories, "has_gpu", lambda: False)
    assert needed_mb(card, str(tmp_path)) == 600
    monkeypatch.setattr(memories, "has_gpu", lambda: True)
    assert needed_mb(card, str(tmp_path)) == 300


def test_what_is_free_is_the_cards_where_there_is_one(monkeypatch):
    here = free_mb()
    assert here is not None and here > 0
    card = Card("T4", 16_000, 1, 7.5, "570")
    monkeypatch.setattr(memories, "nvidia_cards", lambda: Cards((card,)))
    monkeypatch.setattr(memories, "hidden_by_setting", lambda: None)
    assert free_mb() == 1


def test_availability_is_not_asked_of_the_room():
    made = hosts_with(0)
    try:
        assert made.availability("one") == Availability(True, "it is here")
        assert call(made, "echo", engine="one", report=silent) is not None
    finally:
        made.close()


def test_where_memory_is_short_an_engine_ends_with_its_call():
    free = [600]
    budget = MemoryBudget(lambda card, checkpoint: LIGHT_MB, lambda: None, lambda: free[0] < 500)
    made = open_engines((registered("one"),), budget=budget)
    try:
        call(made, "echo", engine="one")
        assert set(made.loaded()) == {"one"}
        free[0] = 499
        assert call(made, "echo", engine="one")
        assert set(made.loaded()) == set()
        assert call(made, "echo", engine="one"), "the next song opens it again"
    finally:
        made.close()


@pytest.mark.parametrize(("free_mb", "short"), [(None, False), (512, False), (511, True), (0, True)])
def test_memory_is_short_by_main_memory_alone(monkeypatch, free_mb, short):
    available = None if free_mb is None else free_mb << 20
    monkeypatch.setattr(memories, "memory", lambda: Memory(None, available, None))
    monkeypatch.setattr(memories, "nvidia_cards", lambda: pytest.fail("a full card keeps its model"))
    assert memories.short_of_memory() is short


def test_where_nobody_knows_what_is_free_engines_stay(monkeypatch):
    monkeypatch.setattr(memories, "memory", lambda: Memory(None, None, None))
    made = open_engines((registered("one"),))
    try:
        call(made, "echo", engine="one")
        assert set(made.loaded()) == {"one"}
    finally:
        made.close()
