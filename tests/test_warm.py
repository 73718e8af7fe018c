"""The compiled loops are loaded beside the first song, and not before it."""

from __future__ import annotations

import subprocess
import sys
import threading

from core import warm


def test_a_first_job_warms_up_once_its_words_are_written_and_opening_the_studio_does_not(
    open_studio, finish, monkeypatch
):
    calls = []
    monkeypatch.setattr("core.studio.warm_up_beside", lambda: calls.append([*studio._at.values()]))
    studio = open_studio()
    assert not calls
    finish(studio)
    assert calls[0] == ["generate"]


def test_it_is_begun_once(monkeypatch):
    done = []
    monkeypatch.setattr(warm, "_begun", threading.Event())
    monkeypatch.setattr(warm, "_warm_up", lambda: done.append(1))
    for _ in range(3):
        warm.warm_up_beside()
    for thread in threading.enumerate():
        if thread.name == "warm-up":
            thread.join()
    assert done == [1]


def test_the_dictionary_is_read_while_the_prompt_is_typed():
    code = (
        "import threading; from core import warm; from core.writing import pronunciation;"
        "warm.PAINTED_S = 0.0; warm.warm_up_while_typing();"
        "[t.join() for t in threading.enumerate() if isinstance(t, threading.Timer)];"
        "print(pronunciation._dictionary.cache_info().currsize)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "1"


def test_it_loads_every_loop_that_the_first_measurement_needs():
    code = (
        "from core import warm; warm._warm_up();"
        "from core.meter import kernels as m; from core.checks import kernels as c;"
        "from core.dsp import kernels as d;"
        "loops = [vars(room).values() for room in (m, c, d)];"
        "print([any(getattr(loop, 'signatures', ()) for loop in each) for each in loops])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[True, True, True]"
