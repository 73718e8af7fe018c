"""An engine that is started before anybody calls it: once, unseen, and in nobody's way."""

import logging
import threading
import time
from dataclasses import replace

import pytest

from core.engines.memory_budget import MemoryBudget
from core.engines.opened import open_engines
from core.engines.registry import CARDS, Registered
from core.errors import Cancelled, EngineMissingError, NotFoundError
from core.progress import silent
from tests.engines.test_host import cancel_when, gone, registered


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("EARLY_FOLDER", str(tmp_path))
    return tmp_path


def early(name="early", module="tests.engines.early_worker", may=True):
    plain = registered(name, module)
    return Registered(replace(plain.card, may_start_early=may), plain.available)


@pytest.fixture
def open_hosts(folder):
    opened = []

    def opening(*engines, **more):
        opened.append(open_engines(engines or (early(),), **more))
        return opened[-1]

    yield opening
    for hosts in opened:
        hosts.close()


def tell(hosts, report=silent, engine="early"):
    return hosts.call(engine, "tell", values={}, sounds={}, report=report).values


def settled(hosts, name="early"):
    """Wait until no preparation is under way."""
    until(lambda: not [t for t in threading.enumerate() if t.name == f"{name}-prepare"])


def starting(folder):
    """Wait until the worker's process starts; return its id."""
    mark = folder / "starting"
    until(lambda: mark.exists() and mark.read_text())
    return int(mark.read_text())


def until(condition):
    limit = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_the_first_call_goes_to_the_process_that_was_prepared(open_hosts):
    hosts = open_hosts()
    hosts.prepare("early")
    settled(hosts)
    pid = hosts.loaded()["early"]
    assert tell(hosts) == {"pid": pid, "prepared": 1}


def test_it_is_prepared_once_however_often_it_is_asked_for(open_hosts, folder):
    hosts = open_hosts()
    (folder / "long").touch()
    for _ in range(3):
        hosts.prepare("early")
    until((folder / "begun").exists)
    (folder / "long").unlink()
    settled(hosts)
    hosts.prepare("early")
    settled(hosts)
    assert tell(hosts)["prepared"] == 1


def test_a_call_ends_a_long_preparation_and_keeps_its_process(open_hosts, folder):
    hosts, told = open_hosts(), []
    (folder / "long").touch()
    hosts.prepare("early")
    until((folder / "begun").exists)
    pid = hosts.loaded()["early"]
    assert tell(hosts, lambda fraction, message: told.append(message)) == {"pid": pid, "prepared": 1}
    assert not any("another song" in message for message in told)


def test_a_call_while_the_process_starts_goes_to_that_process_and_is_told_so(open_hosts, folder):
    hosts, told = open_hosts(), []
    (folder / "slow").touch()
    hosts.prepare("early")
    pid = starting(folder)

    def report(fraction, message):
        told.append(message)
        (folder / "slow").unlink(missing_ok=True)

    assert tell(hosts, report)["pid"] == pid
    assert told[0] == "Starting Fake engine"


def test_a_song_that_is_cancelled_meanwhile_leaves_the_preparation_to_itself(open_hosts, folder):
    hosts = open_hosts()
    (folder / "slow").touch()
    hosts.prepare("early")
    pid = starting(folder)
    with pytest.raises(Cancelled):
        tell(hosts, cancel_when(lambda fraction, message: True))
    (folder / "slow").unlink()
    settled(hosts)
    assert tell(hosts)["pid"] == pid


def test_a_preparation_that_fails_is_logged_and_the_call_says_what_is_wrong(open_hosts, folder, caplog):
    hosts = open_hosts()
    (folder / "broken").touch()
    with caplog.at_level(logging.WARNING, "gainstage.engine"):
        for _ in range(2):
            hosts.prepare("early")
            settled(hosts)
    assert [record.getMessage() for record in caplog.records] == [
        "engine=early state=not-prepared kind=engine_missing reason=The SoundFont is gone."
    ]
    with pytest.raises(EngineMissingError) as caught:
        tell(hosts)
    assert (caught.value.message, caught.value.remedy) == ("The SoundFont is gone.", "Bring it back.")
    (folder / "broken").unlink()
    assert tell(hosts)["prepared"] == 0


def test_an_engine_that_cannot_start_is_logged_and_raised_by_its_call(open_hosts, caplog):
    hosts = open_hosts(early("broken", "tests.engines.broken_worker"))
    with caplog.at_level(logging.WARNING, "gainstage.engine"):
        for _ in range(2):
            hosts.prepare("broken")
            settled(hosts, "broken")
    assert caplog.text.count("kind=engine_missing") == 1
    assert hosts.loaded() == {}
    with pytest.raises(EngineMissingError):
        tell(hosts, engine="broken")


def test_only_what_may_start_early_is_started(open_hosts):
    hosts = open_hosts(early(may=False))
    hosts.prepare("early")
    settled(hosts)
    assert hosts.loaded() == {}
    with pytest.raises(NotFoundError):
        hosts.prepare("nobody")
    assert [card.name for card in CARDS if card.may_start_early] == ["composer"]


def test_it_neither_waits_for_memory_nor_has_another_engine_unloaded(open_hosts):
    two = (early("other"), early())
    hosts = open_hosts(*two, budget=MemoryBudget(lambda card, checkpoint: 4_000, lambda: 1_000))
    tell(hosts, engine="other")
    hosts.prepare("early")
    settled(hosts)
    assert set(hosts.loaded()) == {"other"}
    tell(hosts)
    assert set(hosts.loaded()) == {"early"}


def test_closing_ends_a_preparation_and_no_process_is_made_after(open_hosts, folder, caplog, monkeypatch):
    hosts = open_hosts()
    (folder / "long").touch()
    hosts.prepare("early")
    until((folder / "begun").exists)
    pid = hosts.loaded()["early"]
    hosts.close()
    settled(hosts)
    assert gone(pid)
    assert "not-prepared" not in caplog.text
    made = []
    monkeypatch.setattr("core.engines.executors.local.EngineProcess", lambda *given: made.append(given))
    hosts.prepare("early")
    settled(hosts)
    assert made == []


def test_closing_while_the_process_starts_leaves_none(open_hosts, caplog):
    hosts = open_hosts()
    hosts.prepare("early")
    hosts.close()
    settled(hosts)
    assert hosts.loaded() == {}
    assert "not-prepared" not in caplog.text


def test_what_was_prepared_and_never_called_is_unloaded_when_idle_and_prepared_again(open_hosts, folder):
    hosts = open_hosts(idle_limit_s=0.05)
    for _ in range(2):
        hosts.prepare("early")
        until((folder / "begun").exists)
        (folder / "begun").unlink()
        settled(hosts)
        until(lambda: not hosts.loaded())


def test_an_engine_that_is_asked_for_while_it_is_being_unloaded_is_prepared_after_that(
    open_hosts, folder, monkeypatch
):
    hosts = open_hosts()
    tell(hosts)
    dead, go_on = threading.Event(), threading.Event()

    def slow_kill(session):
        session._process.kill()
        dead.set()
        assert go_on.wait(20)

    with monkeypatch.context() as slow:
        slow.setattr("core.engines.executors.local.LocalSession.kill", slow_kill)
        unloading = threading.Thread(target=hosts.unload, args=("early",))
        unloading.start()
        assert dead.wait(20)
        hosts.prepare("early")
        go_on.set()
        unloading.join(20)
    until((folder / "begun").exists)
    settled(hosts)
    assert tell(hosts)["prepared"] == 1
