"""The end of a process in the middle of a song. (Another has to start after each: these come last.)"""

from __future__ import annotations

import pytest

from core.errors import EngineDiedError, EngineMemoryError
from core.progress import silent
from tests.engines.acestep15.songs import asked, section, song


def test_a_killed_process_is_told_and_the_next_song_is_the_same(compose, hosts, turbo):
    first = compose(turbo)
    with pytest.raises(EngineDiedError) as caught:
        hosts.call("ace-step", "compose_and_be_killed", values=asked(turbo), sounds={}, report=silent)
    assert "SIGKILL" in caught.value.message
    assert compose(turbo).sounds["clip_1"].key == first.sounds["clip_1"].key


def test_memory_that_ends_in_the_middle_of_a_song_is_told_as_such(compose, hosts, turbo):
    compose(turbo)
    hosts.call("ace-step", "starve", values={}, sounds={}, report=silent)
    with pytest.raises(EngineMemoryError) as caught:
        compose(turbo, song(section(bars=120)))
    assert "ran out of memory" in caught.value.message and "shorter" in caught.value.remedy
