"""Breaths stand before the lines that have room for them, and are soft."""

from __future__ import annotations

import numpy as np
import pytest

from core.engines.composer.sing.breath import add_breaths
from core.engines.composer.sing.sung import SungLine, SungNote

RATE = 24_000


def line(start_s, length_s=1.0):
    return SungLine("la", ("la",), (SungNote(start_s, length_s, 60.0),))


def breaths(*lines, level=0.5):
    """Return what was added to a voice that sings a tone on each line."""
    dry = np.zeros(8 * RATE, np.float32)
    for one in lines:
        note = one.notes[0]
        dry[round(note.start_s * RATE) : round((note.start_s + note.duration_s) * RATE)] = level
    before = dry.copy()
    add_breaths(dry, RATE, lines)
    return dry - before


def heard_s(added):
    sounding = np.flatnonzero(np.abs(added) > 1e-4)
    return sounding[0] / RATE, sounding[-1] / RATE


def test_a_breath_is_taken_in_the_rest_before_a_line_and_ends_before_its_consonant():
    start, stop = heard_s(breaths(line(0.0), line(2.0)))
    assert 1.4 < start < stop < 2.0 - 0.16


def test_a_short_rest_has_a_shorter_breath_and_lines_that_follow_at_once_have_none():
    long, short = (np.ptp(heard_s(breaths(line(0.0), line(1.0 + rest)))) for rest in (2.0, 0.5))
    assert short < 0.26 < long < 0.35
    assert not breaths(line(0.0), line(1.3)).any()


@pytest.mark.parametrize("level", [0.05, 0.5])
def test_a_breath_is_31_db_under_the_voice(level):
    added = breaths(line(0.0), line(3.0), level=level)
    assert 20 * np.log10(np.abs(added).max() / level) == pytest.approx(-31.0, abs=1.5)


def test_a_silent_voice_does_not_breathe():
    assert not breaths(line(0.0), line(3.0), level=0.0).any()
