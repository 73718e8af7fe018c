"""What is measured of a repaint: outside nothing, inside how much."""

import numpy as np
import pytest

from core.engines.acestep15.proof import proved
from core.errors import EngineOutputError

RATE = 8_000


def hiss(seed, seconds=2.0):
    return (0.1 * np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))).astype(np.float32)


def repainted(change):
    """An old sound, and a new one whose second half second is changed."""
    old = hiss(1)
    new = old.copy()
    new[4_000:8_000] = change(old[4_000:8_000])
    return proved(old, new, 4_000, 8_000, RATE)


def test_another_sound_is_new_by_its_residual():
    proof = repainted(lambda part: hiss(2)[: len(part)])
    assert proof.changed and proof.inside_db == pytest.approx(0.0, abs=0.2)
    assert "0.5 to 1.0 s" in proof.note and "minus infinity" in proof.note
    half = repainted(lambda part: part + np.float32(0.5) * hiss(2)[: len(part)])
    assert half.changed and half.inside_db == pytest.approx(10 * np.log10(0.25 / 1.25), abs=0.3)


@pytest.mark.parametrize(
    "change",
    [lambda part: part, lambda part: np.float32(0.5) * part, lambda part: part + np.float32(1e-3) * part**2],
    ids=["the same", "another level", "hardly another"],
)
def test_a_repaint_that_did_nothing_is_said_to(change):
    proof = repainted(change)
    assert not proof.changed and not proof.figures["changed"]
    assert "next to nothing" in proof.note and "seed" in proof.note


@pytest.mark.parametrize("frame", [0, 3_999, 8_000, 15_999])
def test_one_sample_outside_is_a_fault_of_ours(frame):
    old = hiss(1)
    new = old.copy()
    new[frame] += np.float32(1e-4)
    with pytest.raises(EngineOutputError, match="outside of its part"):
        proved(old, new, 4_000, 8_000, RATE)


def test_silence_that_stays_silence_did_not_change():
    silence = np.zeros((RATE, 2), np.float32)
    assert not proved(silence, silence, 100, 200, RATE).changed
    sounding = silence.copy()
    sounding[100:200] = 0.1
    assert proved(silence, sounding, 100, 200, RATE).changed
