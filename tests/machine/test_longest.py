"""How long a song may be: by memory, by the operator, by nothing."""

from __future__ import annotations

import math

import pytest

from core.errors import SettingsError
from core.machine.limits import LIMITS, Limits
from core.machine.longest import longest_song
from core.machine.resources import Memory

GB = 1_000_000_000


def test_a_container_of_one_gigabyte_takes_three_minutes():
    most = longest_song(Limits(), Memory(8 * GB, 5 * GB, GB), 300)
    assert 180 <= most.seconds < 240
    assert most.because == "this container has 1.0 GB of memory"


def test_what_this_process_holds_already_counts_as_room():
    free = Memory(4 * GB, GB, None)
    assert longest_song(Limits(), free, 500).seconds > longest_song(Limits(), free, 0).seconds > 60
    assert longest_song(Limits(), free, 0, 500) == longest_song(Limits(), free, 500)


def test_the_operator_may_allow_less_and_plan_for_less(monkeypatch):
    plenty = Memory(64 * GB, 60 * GB, None)
    assert longest_song(Limits(longest_s=90), plenty, 0).seconds == 90
    assert "operator" in longest_song(Limits(longest_s=90), plenty, 0).because
    monkeypatch.setenv("GAINSTAGE_MEMORY_MB", "1000")
    assert 180 <= longest_song(Limits(), plenty, 0).seconds < 240


def test_where_the_system_does_not_tell_nothing_is_bounded():
    assert longest_song(Limits(), Memory(None, None, None), 0).seconds == math.inf


def test_limits_come_from_the_environment_and_zero_is_none():
    found = Limits.read({"GAINSTAGE_LONGEST_S": "120", "GAINSTAGE_UPLOAD_MB": "0"}, hosted=True)
    assert (found.longest_s, found.upload_mb, found.owner_mb) == (120, math.inf, 2000)
    assert Limits.read({}, hosted=False).longest_s == math.inf


@pytest.mark.parametrize("text", ["long", "-1", "nan"])
def test_what_is_no_number_is_refused_by_its_variable(text):
    with pytest.raises(SettingsError, match="GAINSTAGE_LONGEST_S"):
        Limits.read({"GAINSTAGE_LONGEST_S": text}, hosted=False)


def test_every_limit_is_a_field():
    assert set(LIMITS) == set(Limits.__dataclass_fields__)
