"""A silenced stretch is zeros between fades that do not click, and nothing beside it is touched."""

from __future__ import annotations

import numpy as np
import pytest

from core.dsp.silencing import FADE_S, silenced

RATE = 44_100
FADE = round(FADE_S * RATE)
SOUND = np.cos(2 * np.pi * 440 * np.arange(2 * RATE) / RATE).astype(np.float32)[:, None].repeat(2, axis=1)


def test_within_it_is_zero_and_beside_it_every_sample_stays() -> None:
    out = silenced(SOUND, RATE, [(0.5, 1.0)])
    start, stop = RATE // 2, RATE
    assert np.array_equal(out[:start], SOUND[:start]) and np.array_equal(out[stop:], SOUND[stop:])
    assert not out[start + FADE : stop - FADE].any()
    steps = np.abs(np.diff(out[:, 0]))
    assert steps.max() < 1.2 * np.abs(np.diff(SOUND[:, 0])).max()


@pytest.mark.parametrize(
    ("stretch", "quiet"), [((0.0, 0.5), slice(0, 1000)), ((1.5, 9.0), slice(-1000, None))]
)
def test_at_an_edge_of_the_sound_nothing_is_left(stretch: tuple[float, float], quiet: slice) -> None:
    assert not silenced(SOUND, RATE, [stretch])[quiet].any()


@pytest.mark.parametrize("stretch", [(0.5, 0.5001), (0.5, 0.51), (5.0, 6.0), (0.0, 2.0), (1.9999, 2.0)])
def test_a_stretch_of_any_length_and_place_is_taken(stretch: tuple[float, float]) -> None:
    out = silenced(SOUND, RATE, [stretch])
    assert out.shape == SOUND.shape and np.isfinite(out).all()
    assert np.abs(out).max() <= np.abs(SOUND).max()


def test_a_piece_of_a_sound_is_silenced_as_the_whole_is() -> None:
    stretches = [(0.3, 0.9), (1.2, 2.0)]
    whole = silenced(SOUND, RATE, stretches)
    for first, last in ((0, 20_000), (20_000, 50_000), (40_000, len(SOUND))):
        piece = silenced(SOUND[first:last], RATE, stretches, first=first, whole=len(SOUND))
        assert np.array_equal(piece, whole[first:last])
