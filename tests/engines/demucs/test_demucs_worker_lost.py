"""The end of Demucs' process in the middle of a song. (Another has to start after each: these come last.)"""

from __future__ import annotations

import os
import signal
import sys

import pytest

from core.errors import EngineDiedError, EngineMemoryError
from core.progress import silent
from tests.engines.demucs.conftest import noise
from tests.engines.demucs.test_demucs_child import same


def test_a_killed_child_is_told_and_the_next_one_makes_the_same(hosts, separate, tiny):
    first = separate(tiny)

    def report(fraction, message):
        if fraction > 0.2:
            os.kill(hosts.loaded()["demucs"], signal.SIGKILL)

    with pytest.raises(EngineDiedError, match="HT Demucs ended in the middle"):
        separate(tiny, noise(30.0), report=report)
    assert same(first, separate(tiny))


@pytest.mark.skipif(sys.platform != "linux", reason="a process's memory can be limited on Linux")
def test_memory_that_runs_out_in_the_middle_is_told_and_what_was_held_is_free(hosts, separate, tiny):
    separate(tiny)
    hosts.call("demucs", "starve", values={}, sounds={}, report=silent)
    with pytest.raises(EngineMemoryError) as raised:
        separate(tiny, noise(20.0))
    assert "memory" in raised.value.remedy
    assert hosts.loaded() == {}
