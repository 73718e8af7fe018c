"""The probe: what a program hands over is judged as a chain, stored as a run, and in nobody's way."""

from __future__ import annotations

import asyncio
import gc
import logging
import multiprocessing
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
import torch

import core as gainstage
from core.audio import Audio
from core.blame.chain import chain_of_run
from core.bundle.read import open_bundle
from core.bundle.replay import replay
from core.bundle.write import bundle_bytes
from core.contract import Severity
from core.errors import StorageError
from core.probe import recorder as recorder_module
from core.probe import storing
from core.probe.handed import handed
from core.probe.step import storable
from core.runs.record import RunState, StepState
from core.runs.store import Store
from core.studio import Studio
from tests.asynchronous import completed
from tests.fakes import HouseEngines
from tests.sounds import band

RATE = 44_100
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def song():
    return band().between(0.0, 3.0)


@pytest.fixture
def studio(home):
    home.mkdir(parents=True, exist_ok=True)
    opened = Studio(home, HouseEngines())
    yield opened
    opened.close()


def recorded(probe, studio):
    return studio.run(probe.run_id)


def test_a_good_chain_is_a_run_that_is_done(song, studio):
    with gainstage.probe("nightly") as p:
        out = p.step("generate", song.samples, song.sample_rate, prompt="rain", settings={"cfg": 7})
        p.step("quieter", out * 0.7)
    run = recorded(p, studio)
    assert out is song.samples
    assert (run.state, run.probed, run.title) == (RunState.DONE, True, "nightly")
    assert [(s.stage, s.state) for s in run.steps] == [
        ("generate", StepState.DONE),
        ("quieter", StepState.DONE),
    ]
    assert run.steps[0].figures == {"prompt": "rain", "settings": {"cfg": 7}}
    assert "no step broke" in p.sentence
    chain = chain_of_run(run, studio.audio)
    assert chain.links[1].change.gain_db == pytest.approx(-3.1, abs=0.1)


def test_the_incident_is_blamed_on_the_step_that_made_the_silence(studio, caplog):
    silence = np.zeros((3 * RATE, 2), np.float32)
    with gainstage.probe("nightly") as p:
        p.step("generate", silence, RATE)
        p.step("stems", {"vocals": silence, "drums": silence})
        p.step("master", silence)
    run = recorded(p, studio)
    assert (run.state, run.verdict, run.blame) == (RunState.STOPPED, Severity.FAIL, "generate")
    assert run.steps[0].findings[0].check == "not_silent"
    assert [a.name for a in run.steps[1].artifacts] == ["vocals", "drums"]
    assert run.steps[1].whole.name == "sum"
    assert p.blame.position == 1
    lines = [r.getMessage() for r in caplog.records if r.name == "gainstage.stage"]
    assert lines[0].startswith("stage=generate state=failed verdict=fail")
    assert "first broken at step 1, generate" in caplog.records[-1].getMessage()


def test_a_later_step_is_judged_against_the_one_before_it(song):
    driven = np.tanh(12 * song.samples)
    with gainstage.probe("x") as p:
        p.step("mix", song)
        p.step("master", driven, song.sample_rate)
    assert (p.blame.title, p.blame.position) == ("master", 2)
    assert "mix" in p.blame.did


def test_steps_of_one_name_are_apart(song, studio):
    with gainstage.probe("loop") as p:
        for _ in range(3):
            p.step("generate", song)
    assert [s.stage for s in recorded(p, studio).steps] == ["generate", "generate (2)", "generate (3)"]


def test_a_hostile_name_is_a_plain_one_in_the_run_and_itself_as_the_title(song, studio):
    with gainstage.probe("x") as p:
        p.step("<i onclick='x'>" + 99 * "y", song)
    (step,) = recorded(p, studio).steps
    assert step.stage.startswith("_i onclick__x__yy")
    assert len(step.stage) <= 60
    assert step.title.startswith("<i onclick")


class Odd:
    """Nothing that anybody could hear."""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "None"),
        (Path("not there.wav"), "no file"),
        (np.array([None, 1]), "Python objects"),
        ((x for x in [1.0]), "generator"),
        (Odd(), "Odd"),
        ([[1.0], [1.0, 2.0]], "cannot be copied"),
        (np.zeros(0), "empty"),
        (np.zeros((3, 3, 3)), "shape"),
        ({}, "no stems"),
        ({"vocals": None}, "None"),
        ({"vocals": np.zeros((RATE, 2)), "drums": np.zeros((RATE, 3))}, "channels"),
        (b"no sound", "cannot be read"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_sound_is_the_steps_error_and_the_chain_goes_on(value, said, song, studio):
    with gainstage.probe("odd") as p:
        assert p.step("odd", value, RATE) is value
        p.step("after", song.samples, RATE)
    first, after = recorded(p, studio).steps
    assert first.state is StepState.ERROR
    assert said in first.error.message + first.error.detail
    assert first.error.remedy
    assert after.state is StepState.DONE


def test_a_tensor_with_a_gradient_and_in_half_precision_is_copied(song, studio):
    tensor = torch.tensor(song.samples.T).to(torch.bfloat16).requires_grad_()
    with gainstage.probe("torch") as p:
        p.step("generate", {"waveform": tensor[None], "sample_rate": song.sample_rate})
    step = recorded(p, studio).steps[0]
    assert step.error is None
    assert step.findings[0].check == "coarse_samples"


def test_what_the_program_does_with_its_array_afterwards_changes_nothing(song, studio):
    mine = song.samples.copy()
    with gainstage.probe("mine") as p:
        p.step("generate", mine, song.sample_rate)
        mine[:] = 0
    assert recorded(p, studio).verdict is not Severity.FAIL


def test_nothing_of_the_program_stays_alive():
    tensor = torch.zeros(2, RATE)
    gone = weakref.ref(tensor)
    with gainstage.probe("alive") as p:
        p.step("generate", tensor, RATE)
        del tensor
        gc.collect()
        assert gone() is None


def test_stems_that_differ_in_length_are_a_warning_that_names_them(song, studio):
    short = song.samples[: RATE // 2]
    with gainstage.probe("stems") as p:
        p.step("stems", {"vocals": song.samples, "drums": short}, RATE)
    finding = next(f for f in recorded(p, studio).steps[0].findings if f.check == "equal_lengths")
    assert finding.severity is Severity.WARN
    assert "drums 0.500 s" in finding.evidence


def test_on_fail_raise_stops_the_program_at_the_step():
    with (
        pytest.raises(gainstage.SoundFailed, match="silent") as stopped,
        gainstage.probe("x", on_fail="raise") as p,
    ):
        p.step("generate", np.zeros((RATE, 2)), RATE)
        raise AssertionError("the step before has to raise")
    assert stopped.value.remedy


def test_on_fail_calls_a_function_with_each_failed_step_and_survives_what_it_raises(song, caplog):
    failed = []

    def called(judged):
        failed.append(judged.name)
        raise RuntimeError("mine")

    with gainstage.probe("x", on_fail=called) as p:
        p.step("good", song)
        p.step("silent", np.zeros((RATE, 2)), RATE)
    assert failed == ["silent"]
    assert "on_fail" in caplog.text


def test_a_watched_function_is_a_step_and_what_it_raises_is_recorded_and_raised(song, studio):
    with gainstage.probe("x") as p:

        @p.watched("good", song.sample_rate)
        def good():
            return song.samples

        @p.watched("bad")
        def bad():
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")

        @p.watched("later", song.sample_rate)
        async def later():
            return song.samples

        assert good() is song.samples
        with pytest.raises(RuntimeError):
            bad()
        assert completed(later()) is song.samples
    steps = recorded(p, studio).steps
    assert [s.state for s in steps] == [StepState.DONE, StepState.ERROR, StepState.DONE]
    assert steps[1].error.diagnosis
    assert steps[1].error.remedy


def test_an_exception_of_the_program_is_recorded_and_goes_on_its_way(song, studio):
    with pytest.raises(KeyError), gainstage.probe("x") as p:
        p.step("good", song)
        raise KeyError("mine")
    run = recorded(p, studio)
    assert [s.stage for s in run.steps] == ["good", "the program"]
    assert "KeyError" in run.steps[1].error.message


def test_under_asyncio_and_threads(song, studio):
    async def work():
        async with gainstage.probe("async") as p:
            await asyncio.gather(*(asyncio.to_thread(p.step, f"s{n}", song) for n in range(3)))
        return p

    p = completed(work())
    assert {s.stage for s in recorded(p, studio).steps} == {"s0", "s1", "s2"}


def test_without_a_home_that_can_be_written_it_judges_and_says_so_once(tmp_path, monkeypatch, caplog):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GAINSTAGE_HOME", str(tmp_path / "file" / "home"))
    with gainstage.probe("homeless") as p:
        for _ in range(3):
            p.step("generate", np.zeros((RATE, 2)), RATE)
    assert p.blame.title == "generate"
    assert sum("not stored" in r.getMessage() for r in caplog.records) == 1
    assert p.missing


def test_a_full_disk_ends_the_storing_and_not_the_judging(song, monkeypatch, studio):
    real = Store.put
    count = iter(range(99))

    def put(self, audio, analysis=None):
        if next(count) >= 1:
            raise StorageError("The disk is full.", remedy="Free some space.")
        return real(self, audio, analysis)

    monkeypatch.setattr(Store, "put", put)
    with gainstage.probe("full") as p:
        p.step("generate", song)
        p.step("silent", np.zeros((RATE, 2)), RATE)
    assert p.blame.title == "silent"
    assert "disk is full" in p.missing[0]
    assert [s.stage for s in recorded(p, studio).steps] == ["generate"]


def test_more_than_may_wait_is_left_out_and_named(song, monkeypatch):
    monkeypatch.setattr(recorder_module, "MOST_STEPS", 1)
    hold = threading.Event()
    real = recorder_module.take_of_step

    def slow(step):
        hold.wait(30)
        return real(step)

    monkeypatch.setattr(recorder_module, "take_of_step", slow)
    with gainstage.probe("busy") as p:
        for n in range(4):
            p.step(f"s{n}", song)
        hold.set()
    left_out = [line for line in p.missing if "was not judged" in line]
    assert 2 <= len(left_out) <= 3


def test_a_loop_that_outruns_its_probe_for_hours_keeps_a_hundred_sentences(song, monkeypatch):
    monkeypatch.setattr(recorder_module, "MOST_STEPS", 0)
    with gainstage.probe("busy") as p:
        for n in range(250):
            p.step(f"s{n}", song.samples[:100], RATE)
    assert len(p.missing) == recorder_module.MOST_SENTENCES + 1
    assert "more than that" in p.missing[-1]


def sounds_alive():
    gc.collect()
    # isinstance would ask a dead proxy of another library for its class.
    return sum(type(one) is Audio for one in gc.get_objects())


def test_no_step_stays_in_memory_but_the_last_ones(song):
    short = song.samples[: RATE // 5]
    with gainstage.probe("loop") as p:
        alive = []
        for n in range(24):
            p.step("loop", short * (1 - n / 100), RATE)
            if n in (7, 23):
                p.flush()
                alive.append(sounds_alive())
    assert alive[1] <= alive[0]


IMPORTS = """
import builtins, sys, threading
import numpy as np, core as gainstage
p = gainstage.probe("imports")
real, here, late = builtins.__import__, threading.get_ident(), []
def watched(name, *rest, **more):
    if threading.get_ident() == here and name not in sys.modules:
        late.append(name)
    return real(name, *rest, **more)
builtins.__import__ = watched
p.step("generate", np.zeros((4410, 2)), 44100, prompt="rain", settings={"cfg": 7})
builtins.__import__ = real
print("late:", late)
"""


def test_no_step_waits_for_an_import(home):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    said = subprocess.run(
        [sys.executable, "-c", IMPORTS], env=env, capture_output=True, text=True, check=False
    )
    assert said.stdout.strip() == "late: []", said.stderr


def test_what_was_not_judged_in_time_is_named_as_lost(song, monkeypatch):
    hold = threading.Event()
    real = recorder_module.take_of_step

    def slow(step):
        hold.wait(30)
        return real(step)

    monkeypatch.setattr(recorder_module, "take_of_step", slow)
    p = gainstage.probe("slow")
    p.step("generate", song)
    p.step("master", song)
    p.close(timeout_s=0.05)
    hold.set()
    assert any("lost" in line and "generate, master" in line for line in p.missing)


def test_a_fault_of_ours_is_the_steps_error_and_never_the_programs(song, monkeypatch, studio):
    monkeypatch.setattr(recorder_module, "take_of_step", lambda step: 1 / 0)
    with gainstage.probe("bug") as p:
        p.step("generate", song)
    step = recorded(p, studio).steps[0]
    assert step.error.kind == "internal"
    assert "ZeroDivisionError" in step.error.detail


def test_a_step_after_the_end_is_said_and_not_raised(song, caplog):
    with gainstage.probe("over") as p:
        p.step("generate", song)
    assert p.step("late", song) is song
    assert "its run has ended" in caplog.text


def _in_child(probe, pipe):
    said = []
    listening = logging.Handler()
    listening.emit = lambda record: said.append(record.getMessage())
    logging.getLogger("gainstage.probe").addHandler(listening)
    probe.step("in the child", np.zeros((RATE, 2)), RATE)
    probe.close()
    pipe.send(said)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
def test_a_program_that_forks_goes_on_in_the_child_and_in_the_parent(song, studio):
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    with gainstage.probe("fork") as p:
        p.step("before", song)
        child = context.Process(target=_in_child, args=(p, there))
        child.start()
        assert here.poll(60)
        assert "belongs to the process that made it" in here.recv()[0]
        child.join(60)
        p.step("after", song)
    assert child.exitcode == 0
    assert [s.stage for s in recorded(p, studio).steps] == ["before", "after"]


EXITS = """
import sys, numpy as np, core as gainstage
p = gainstage.probe("exits")
p.step("generate", np.zeros((44100, 2)), 44100)
print("handed")
sys.exit(7)
"""


def test_what_was_handed_over_before_a_program_ends_is_written_or_named(home):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-c", EXITS], env=env, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 7
    written = "stage=generate state=failed" in ended.stderr
    assert written or "lost" in ended.stderr, ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_run_of_thousands_of_steps_stores_the_first_and_says_so(monkeypatch, song, studio):
    monkeypatch.setattr(storing, "MOST_STORED", 2)
    with gainstage.probe("many") as p:
        for n in range(4):
            p.step(f"s{n}", song)
    assert [s.stage for s in recorded(p, studio).steps] == ["s0", "s1"]
    assert "first 2 steps are stored" in p.missing[0]


def test_the_studio_refuses_to_make_another_programs_step_again(song, studio):
    with gainstage.probe("x") as p:
        p.step("generate", song)
    with pytest.raises(gainstage.GainstageError, match="another program"):
        studio.rerun(p.run_id, "generate")
    assert studio.runs("anybody")[0].title == "x"
    studio.delete(p.run_id)
    assert studio.count_runs("anybody") == 0


def test_its_bundle_is_written_and_is_not_made_again(song, studio, tmp_path):
    with gainstage.probe("x") as p:
        p.step("../generate", song)
    (tmp_path / "run.zip").write_bytes(bundle_bytes(studio, recorded(p, studio)))
    bundle = open_bundle(tmp_path / "run.zip")
    assert bundle.manifest.steps[0].stage == "___generate"
    with pytest.raises(gainstage.GainstageError, match="not this studio's stages"):
        replay(bundle, HouseEngines())


def test_secrets_and_long_values_are_not_stored():
    kept = storable({"api_key": "sk-1", "deep": {"HF_TOKEN": "x"}, "text": "y" * 999, "model": Odd()})
    assert (kept["api_key"], kept["deep"]["HF_TOKEN"]) == ("(hidden)", "(hidden)")
    assert len(kept["text"]) == 300
    assert kept["model"] == "a Odd"


def test_a_copy_is_of_the_sounds_own_type_and_shares_nothing():
    array = np.ones((4, 2), np.int16)
    copy = handed({"a": (array, 8_000)})
    assert copy["a"][0].dtype == np.int16
    assert not np.shares_memory(copy["a"][0], array)


def test_it_shows_itself_in_a_notebook(caplog):
    caplog.set_level(logging.CRITICAL)
    with gainstage.probe("<i>") as p:
        p.step("<b>", np.zeros((RATE, 2)), RATE)
    shown = p._repr_html_()
    assert "&lt;b&gt;" in shown and "fail" in shown and "<i>" not in shown
