"""The engine host against a worker that behaves and misbehaves on request."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from core.audio import Audio
from core.engines.base import Availability, EngineCard
from core.engines.executors.process import CHILD
from core.engines.opened import open_engines
from core.engines.registry import CARDS, ENGINES, Registered
from core.errors import (
    Cancelled,
    EngineDiedError,
    EngineError,
    EngineInputError,
    EngineMemoryError,
    EngineMissingError,
    EngineOutputError,
    NotFoundError,
)
from core.progress import silent


def registered(name="fake", module="tests.engines.fake_worker"):
    card = EngineCard(
        name=name,
        title="Fake engine",
        stage="separate",
        worker=module,
        version="1",
        summary="",
        licence="",
        how_to_add="Install the fake.",
    )
    return Registered(card, lambda: Availability(True, "it is here"))


@pytest.fixture(scope="module")
def shared():
    hosts = open_engines((registered(), registered("broken", "tests.engines.broken_worker")))
    yield hosts
    hosts.close()


@pytest.fixture
def hosts():
    hosts = open_engines((registered(),))
    yield hosts
    hosts.close()


def call(hosts, method, sounds=None, report=silent, engine="fake", **values):
    return hosts.call(engine, method, values=values, sounds=sounds or {}, report=report)


def ramp(frames=1000, channels=2):
    return Audio(np.linspace(-2, 2, frames * channels, dtype=np.float32).reshape(frames, channels), 48_000)


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def cancel_when(condition):
    def report(fraction, message):
        if condition(fraction, message):
            raise Cancelled

    return report


# What goes over and what comes back


def test_values_and_samples_come_back_bit_for_bit_nan_included(shared):
    samples = ramp().samples.copy()
    samples[3, 1] = np.nan
    samples[5, 0] = np.inf
    sent = Audio(samples, 48_000)
    reply = call(shared, "echo", {"mix": sent, "clip_1/vocals": ramp(10, 1)}, a=1, b=["x", None, 0.5])
    assert (reply.values["a"], reply.values["b"]) == (1, ["x", None, 0.5])
    assert reply.sounds["mix"].key == sent.key
    assert reply.sounds["clip_1/vocals"].key == ramp(10, 1).key
    assert reply.sounds["mix"].samples.tobytes() == samples.tobytes()


def test_the_callers_sound_is_not_changed_by_a_worker_that_writes_into_its_own(shared):
    sent = ramp()
    before = sent.samples.copy()
    reply = call(shared, "writes_into_what_it_was_given", {"mix": sent})
    assert np.array_equal(sent.samples, before)
    assert np.array_equal(reply.sounds["mix"].samples, 2 * before)


def test_numpy_scalars_and_any_script_come_back_as_plain_values(shared):
    values = call(shared, "returns_numbers").values
    assert values == {"level": 0.5, "count": 3, "text": "café 歌"}


def test_two_calls_use_one_process_and_its_state(shared):
    first, second = call(shared, "remembers").values, call(shared, "remembers").values
    assert second["pid"] == first["pid"] != os.getpid()
    assert second["calls"] == first["calls"] + 1


def test_progress_is_relayed_in_order(shared):
    seen = []
    call(shared, "slow", report=lambda fraction, message: seen.append((fraction, message)), steps=4)
    steps = [item for item in seen if item[1].startswith("step")]
    assert list(dict.fromkeys(steps)) == [(n / 4, f"step {n}") for n in range(4)]


def test_what_a_library_prints_cannot_corrupt_the_messages(shared):
    assert call(shared, "chatters").values == {"said": True}
    assert call(shared, "echo", a=2).values["a"] == 2


def test_a_worker_cannot_read_the_hosts_messages_from_its_standard_input(shared):
    assert call(shared, "reads_standard_input").values == {"read": "", "child": ""}
    assert call(shared, "echo", a=3).values["a"] == 3


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("path", "str (/tmp/out.wav)"),
        ("list", "a list"),
        ("none", "NoneType"),
        ("swapped", "swapped"),
        ("int16", "int16"),
        ("empty", "no frames"),
        ("no rate", "rate is None"),
        ("rate 0", "rate is 0"),
        ("objects", "ndarray"),
        ("complex", "complex64"),
    ],
)
def test_what_is_not_sound_is_refused_at_the_door(shared, what, said):
    with pytest.raises(EngineOutputError) as caught:
        call(shared, "returns", what=what)
    assert said in caught.value.message
    assert "Fake engine (out)" in caught.value.message
    assert caught.value.remedy


def test_mono_in_one_dimension_is_sound(shared):
    out = call(shared, "returns", what="mono").sounds["out"]
    assert (out.frames, out.channels, out.sample_rate) == (1000, 1, 44_100)


@pytest.mark.parametrize("method", ["returns_no_dict", "returns_a_set"])
def test_a_reply_of_another_form_is_an_output_error_and_the_engine_lives_on(shared, method):
    pid = call(shared, "remembers").values["pid"]
    with pytest.raises(EngineOutputError):
        call(shared, method)
    assert call(shared, "remembers").values["pid"] == pid


# Errors


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("raises", EngineError),
        ("exits", EngineError),
        ("returns_nothing", EngineError),
        ("no_such_method", EngineError),
        ("lacks_a_package", EngineMissingError),
        ("lacks_weights", EngineMissingError),
        ("out_of_memory", EngineMemoryError),
        ("cuda_out_of_memory", EngineMemoryError),
    ],
)
def test_exceptions_become_typed_errors_with_the_traceback_in_the_detail(shared, method, kind):
    with pytest.raises(EngineError) as caught:
        call(shared, method)
    assert type(caught.value) is kind
    assert "Fake engine failed: " in caught.value.message
    assert "Traceback" in caught.value.detail
    assert caught.value.remedy


def test_the_message_is_the_exceptions_last_line(shared):
    with pytest.raises(EngineError) as caught:
        call(shared, "raises")
    assert caught.value.message == "Fake engine failed: the shapes do not match"


def test_a_missing_package_has_the_cards_remedy(shared):
    with pytest.raises(EngineMissingError) as caught:
        call(shared, "lacks_a_package")
    assert caught.value.remedy.startswith("Install the fake.")
    assert "a_package_that_is_not_there is missing" in caught.value.message


def test_a_worker_can_explain_itself(shared):
    with pytest.raises(EngineInputError) as caught:
        call(shared, "explains")
    told = caught.value.report()
    assert (told.message, told.remedy, told.causes) == (
        "The song is too long.",
        "Make it shorter.",
        ("it is 9 h",),
    )


def test_a_worker_that_cannot_be_imported_is_missing(shared):
    with pytest.raises(EngineMissingError) as caught:
        call(shared, "echo", engine="broken")
    assert caught.value.diagnosis == "cuda_library_missing"
    assert "libcudart" in caught.value.evidence[0]
    assert "broken" not in shared.loaded()


def test_memory_is_given_back_after_it_ran_out(shared):
    call(shared, "echo")
    pid = shared.loaded()["fake"]
    with pytest.raises(EngineMemoryError):
        call(shared, "out_of_memory")
    assert gone(pid)
    assert call(shared, "echo").values["pid"] != pid


def test_an_unknown_engine_is_not_found(shared):
    with pytest.raises(NotFoundError):
        call(shared, "echo", engine="nobody")


# Death


@pytest.mark.parametrize(
    ("method", "how"),
    [("leaves", "exit status 7"), ("is_killed", "SIGKILL"), ("crashes", "SIGSEGV")],
)
def test_a_dead_child_is_told_with_how_it_died_and_the_next_call_starts_another(shared, method, how):
    before = call(shared, "echo").values["pid"]
    with pytest.raises(EngineDiedError) as caught:
        call(shared, method)
    assert how in caught.value.message
    assert call(shared, "echo").values["pid"] != before


def test_the_last_words_of_a_dead_child_are_in_the_detail(shared):
    with pytest.raises(EngineDiedError) as caught:
        call(shared, "leaves")
    assert "the last words" in caught.value.detail


def test_killed_for_memory_is_named_as_a_cause(shared):
    with pytest.raises(EngineDiedError) as caught:
        call(shared, "is_killed")
    assert "memory" in caught.value.causes[0]


def test_a_child_that_was_killed_between_calls_is_replaced(shared):
    pid = call(shared, "echo").values["pid"]
    os.kill(pid, signal.SIGKILL)
    while shared.loaded():
        time.sleep(0.01)
    assert call(shared, "echo").values["pid"] != pid


def test_what_a_dead_child_had_started_ends_with_it(shared, tmp_path):
    mark = tmp_path / "pid"
    with pytest.raises(EngineDiedError):
        call(shared, "leaves_a_grandchild", mark=str(mark))
    state = Path(f"/proc/{mark.read_text()}/stat")
    assert not state.exists() or ") Z " in state.read_text()


# Cancel


def test_cancel_at_a_progress_message_stops_the_worker_and_keeps_its_process(shared):
    pid = call(shared, "echo").values["pid"]
    with pytest.raises(Cancelled):
        call(shared, "slow", report=cancel_when(lambda f, m: m == "step 2"), steps=1000)
    assert call(shared, "echo").values["pid"] == pid


def test_a_library_that_swallows_exceptions_does_not_swallow_a_cancel(shared):
    pid = call(shared, "echo").values["pid"]
    with pytest.raises(Cancelled):
        call(shared, "swallows_cancel", report=cancel_when(lambda f, m: m == "still here"))
    assert call(shared, "echo").values["pid"] == pid


def test_a_silent_worker_is_cancelled_by_killing_it(shared, tmp_path):
    mark = tmp_path / "at-work"
    pid = call(shared, "echo").values["pid"]
    with pytest.raises(Cancelled):
        call(
            shared,
            "silent",
            report=cancel_when(lambda f, m: mark.exists()),
            seconds=60,
            mark=str(mark),
        )
    assert gone(pid)
    assert call(shared, "echo").values["pid"] != pid


def test_a_worker_that_refuses_to_stop_is_killed(shared):
    with pytest.raises(Cancelled):
        call(shared, "refuses_to_stop", report=cancel_when(lambda f, m: m == "never"))
    assert "fake" not in shared.loaded()


def test_whatever_the_report_raises_ends_the_call(shared):
    def report(fraction, message):
        if message == "step 2":
            raise OSError("the index is gone")

    pid = call(shared, "echo").values["pid"]
    with pytest.raises(OSError, match="the index is gone"):
        call(shared, "slow", report=report, steps=1000)
    assert call(shared, "echo").values["pid"] == pid


def test_cancel_while_starting_leaves_no_process(hosts):
    with pytest.raises(Cancelled):
        call(hosts, "echo", report=cancel_when(lambda f, m: m.startswith("Starting")))
    assert hosts.loaded() == {}


# Many callers, unloading, closing


def test_two_callers_take_turns(shared):
    call(shared, "echo")
    spans = []

    def one():
        pid = call(shared, "slow", steps=5).values["pid"]
        spans.append(pid)

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(spans) == 3
    assert len(set(spans)) == 1


def test_waiting_for_a_busy_engine_can_be_cancelled(shared, tmp_path):
    mark, stop = tmp_path / "at-work", threading.Event()

    def busy():
        with pytest.raises(Cancelled):
            call(
                shared,
                "silent",
                report=cancel_when(lambda f, m: stop.is_set()),
                seconds=60,
                mark=str(mark),
            )

    thread = threading.Thread(target=busy)
    thread.start()
    while not mark.exists():
        time.sleep(0.01)
    try:
        with pytest.raises(Cancelled):
            call(shared, "echo", report=cancel_when(lambda f, m: m.startswith("Waiting")))
    finally:
        stop.set()
        thread.join()


def test_unload_ends_the_process_and_the_next_call_starts_one(hosts):
    pid = call(hosts, "echo").values["pid"]
    hosts.unload("fake")
    assert gone(pid)
    assert hosts.loaded() == {}
    assert call(hosts, "echo").values["pid"] != pid


def test_an_idle_engine_is_unloaded():
    hosts = open_engines((registered(),), idle_limit_s=0.05)
    try:
        pid = call(hosts, "echo").values["pid"]
        while hosts.loaded():
            time.sleep(0.01)
        assert gone(pid)
        assert call(hosts, "echo").values["pid"] != pid
    finally:
        hosts.close()


def test_close_ends_a_call_that_is_under_way_as_cancelled(tmp_path):
    hosts, mark, seen = open_engines((registered(),)), tmp_path / "at-work", []

    def busy():
        try:
            call(hosts, "silent", seconds=60, mark=str(mark))
        except Cancelled as error:
            seen.append(error)

    thread = threading.Thread(target=busy)
    thread.start()
    while not mark.exists():
        time.sleep(0.01)
    pid = hosts.loaded()["fake"]
    hosts.close()
    thread.join(120)
    assert len(seen) == 1
    assert gone(pid)


def test_nothing_starts_after_close():
    hosts = open_engines((registered(),))
    hosts.close()
    with pytest.raises(Cancelled):
        call(hosts, "echo")
    assert hosts.loaded() == {}


def test_the_folder_that_sounds_cross_in_is_removed_whatever_happens(shared, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    call(shared, "echo", {"mix": ramp()})
    with pytest.raises(EngineError):
        call(shared, "raises", {"mix": ramp()})
    with pytest.raises(EngineDiedError):
        call(shared, "leaves", {"mix": ramp()})
    assert list(tmp_path.iterdir()) == []


# The child by itself


def test_the_child_ends_when_its_pipe_closes():
    child = subprocess.Popen(
        [sys.executable, str(CHILD), "tests.engines.fake_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert b"ready" in child.stdout.readline()
    child.stdin.write(b'{"id":1,"method":"slow","values":{"steps":100000},"sounds":{},"folder":"."}\n')
    child.stdin.flush()
    assert b"progress" in child.stdout.readline()
    child.stdin.close()
    child.stdout.close()
    assert child.wait(120) == 0


def test_the_child_finds_the_studio_from_any_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    hosts = open_engines((registered(),))
    try:
        assert call(hosts, "echo", a=1).values["a"] == 1
    finally:
        hosts.close()


def test_nothing_is_downloaded_unless_allowed(monkeypatch):
    for name, expected in ((None, "1"), ("0", "0")):
        monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
        if name is not None:
            monkeypatch.setenv("HF_HUB_OFFLINE", name)
        hosts = open_engines((registered(),))
        try:
            env = call(hosts, "tells_environment").values["env"]
        finally:
            hosts.close()
        assert env["HF_HUB_OFFLINE"] == expected
        assert int(env["OMP_NUM_THREADS"]) >= 1


def test_an_engine_may_have_an_interpreter_of_its_own(monkeypatch):
    monkeypatch.setenv("GAINSTAGE_FAKE_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", "/somewhere/of/ours")
    hosts = open_engines((registered(),))
    try:
        assert call(hosts, "tells_environment").values["env"]["PYTHONPATH"] is None
    finally:
        hosts.close()


def test_an_interpreter_that_is_not_there_is_named_with_its_variable(monkeypatch):
    monkeypatch.setenv("GAINSTAGE_FAKE_PYTHON", "/nowhere/python")
    hosts = open_engines((registered(),))
    try:
        with pytest.raises(EngineMissingError) as caught:
            call(hosts, "echo")
    finally:
        hosts.close()
    assert "/nowhere/python" in caught.value.message
    assert "GAINSTAGE_FAKE_PYTHON" in caught.value.remedy


def test_the_childs_code_parses_as_python_3_9():
    import ast

    ast.parse(CHILD.read_text(), feature_version=(3, 9))


# The registry


def test_every_engine_is_registered_once_and_says_whether_it_can_run():
    names = [card.name for card in CARDS]
    assert len(names) == len(set(names))
    for engine in ENGINES:
        state = engine.available()
        assert state.reason
        assert state.ready or state.remedy
        assert {
            engine.card.title,
            engine.card.summary,
            engine.card.licence,
            engine.card.how_to_add,
        }.isdisjoint({""})


def test_the_registry_imports_nothing_heavy():
    code = (
        "import sys, core.engines.registry as r; [e.available() for e in r.ENGINES];"
        "heavy = ('torch', 'numba', 'scipy', 'onnxruntime', 'hibari', 'pedalboard');"
        "print([name for name in heavy if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
