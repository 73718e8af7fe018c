"""What the first song would wait for is loaded early, and in an order that keeps nobody waiting."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from core.audio import Audio
from core.engines.base import Availability
from core.engines.composer.card import CARD as BAND
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.runs import warm
from core.runs.pipeline import RunSettings
from core.song import SongRequest, Upload
from tests.fakes import HouseEngines


@pytest.fixture
def loaded(monkeypatch):
    """What a warm-up did, by whether it was done at once; it waits no longer than it must."""
    done = []
    monkeypatch.setattr(warm, "_begun", threading.Event())
    monkeypatch.setattr(warm, "AFTER_OPENING_S", 0.01)
    monkeypatch.setattr(warm, "_warm_up", lambda: done.append(1))
    return done


def warmed_up():
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join()


@pytest.mark.parametrize(
    ("stage", "fraction", "is_audible", "loads"),
    [
        ("lyrics", 0.9, False, False),
        ("generate", 0.0, False, False),
        ("generate", 0.02, True, True),
        ("generate", 0.06, False, True),
        ("assemble", 0.0, False, True),
    ],
)
def test_the_loops_are_loaded_once_the_song_can_be_heard_or_will_not_be_early(
    loaded, tmp_path, stage, fraction, is_audible, loads
):
    first_listen = tmp_path / "first.wav"
    if is_audible:
        first_listen.touch()
    warm.warm_up_beside(stage, fraction, first_listen)
    warmed_up()
    assert bool(loaded) is loads


def test_it_is_begun_once(loaded, tmp_path):
    for _ in range(3):
        warm.warm_up_beside("mix", 0.0, tmp_path / "none")
    warmed_up()
    assert loaded == [1]


def test_a_job_says_where_it_is_and_opening_the_studio_loads_nothing(open_studio, finish, monkeypatch):
    told = []
    monkeypatch.setattr("core.runs.work.warm_up_beside", lambda *where: told.append(where))
    studio = open_studio(HouseEngines(pace_s=0.1))
    assert not told
    run = finish(studio)
    assert [stage for stage, _, _ in told if stage == "generate"]
    assert told[0][0] == "lyrics"
    shares = [fraction for stage, fraction, _ in told if stage == "generate"]
    assert shares[0] == 0.0 and shares == sorted(shares) and shares[-1] > 0.5
    assert {path.stem for _, _, path in told} == {run.id}


def prepared_by(studio, monkeypatch):
    asked = []
    monkeypatch.setattr(studio.engines, "prepare", asked.append)
    return asked


@pytest.mark.parametrize(
    ("engine", "ready", "asked"), [("auto", True, ["composer"]), ("musicgen", True, []), ("auto", False, [])]
)
def test_the_engine_that_a_song_would_take_is_prepared(open_studio, monkeypatch, engine, ready, asked):
    hosts = open_engines((Registered(BAND, lambda: Availability(ready, "a test", "none")),))
    studio = open_studio(hosts)
    prepared = prepared_by(studio, monkeypatch)
    studio.prepare(RunSettings().with_values({"generate.engine": engine}))
    for thread in threading.enumerate():
        if thread.name == "prepare":
            thread.join()
    assert prepared == asked


def test_a_song_from_a_prompt_has_its_engine_prepared_beside_its_words_and_a_song_that_was_brought_does_not(
    open_studio, monkeypatch
):
    studio, asked = open_studio(), []
    monkeypatch.setattr(studio, "prepare", asked.append)
    settings = RunSettings()
    studio.wait(studio.start(SongRequest(prompt="a calm tune", duration_s=8.0), settings, "me"), 60)
    assert asked == [settings]
    key, _ = studio._store.put(Audio(np.full((8_000, 1), 0.1, np.float32), 8_000))
    uploaded = Upload(sounds={"song": key}, names={"song": "song.wav"})
    studio.wait(studio.start(SongRequest(upload=uploaded), settings, "me"), 60)
    assert asked == [settings]


def test_the_dictionary_is_read_while_the_prompt_is_typed():
    code = (
        "import threading; from core.runs import warm; from core.writing import dictionary;"
        "warm.PAINTED_S = 0.0; warm.warm_up_while_typing();"
        "[t.join() for t in threading.enumerate() if isinstance(t, threading.Timer)];"
        "print(dictionary._lines.cache_info().currsize)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "1"


@pytest.mark.parametrize("loaded_by", ["_read_ahead", "_warm_up"])
def test_what_was_loaded_is_left_alone_by_the_collection_after_every_run_of_a_page(loaded_by):
    code = (
        f"import gc; from core.runs import warm; warm.{loaded_by}();"
        "print(gc.get_freeze_count(), len(gc.get_objects()))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    spared, collected = map(int, out.stdout.split())
    assert spared > 20_000
    assert collected < 1_000


def test_it_loads_every_loop_that_the_first_measurement_needs():
    code = (
        "from core.runs import warm; warm._warm_up();"
        "from core.meter import kernels as m; from core.checks import kernels as c;"
        "from core.dsp import kernels as d; from core.meter.native import Loop;"
        "loops = [vars(room).values() for room in (m, c, d)];"
        "print([any(isinstance(loop, Loop) for loop in each) for each in loops])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[True, True, True]"
