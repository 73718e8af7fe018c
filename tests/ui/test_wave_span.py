"""A part of a sound for the waveform: what travels of it, and what it measures by itself."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import cast

import numpy as np
import pytest

from core.audio import Audio
from core.errors import NotFoundError
from core.measure import measure
from core.studio import Studio
from core.ui.wave_span import MOST_COLUMNS, Span, fine_view, measured, read_span

RATE = 44_100


@dataclass
class Shelf:
    """A studio of which only the sounds are asked for."""

    sounds: dict[str, Audio]

    def audio(self, key: str) -> Audio:
        if key not in self.sounds:
            raise NotFoundError("That sound is gone.", remedy="Make it again.")
        return self.sounds[key]


def shelf(**sounds: np.ndarray) -> Studio:
    return cast(Studio, Shelf({k: Audio(v.astype(np.float32), RATE) for k, v in sounds.items()}))


def noise(seconds: float, seed: int = 1) -> np.ndarray:
    return 0.3 * np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    from core.ui import wave_span

    wave_span._fine.clear()
    wave_span._span_text.clear()


def test_a_short_span_travels_as_its_samples_unchanged() -> None:
    sound = noise(2)
    sound[44_150, 0] = 1.5
    sent = fine_view(shelf(a=sound), ("a",), Span(1.0, 1.01), split=True)
    assert sent is not None
    left = np.frombuffer(base64.b64decode(sent["samples"][0]), "<f4")
    first = round(sent["from"] * RATE)
    assert first == RATE and left.size == 441
    assert np.array_equal(left, sound[first : first + left.size, 0].astype(np.float32))


def test_a_long_span_travels_as_columns_that_hold_its_extremes() -> None:
    sound = np.zeros((20 * RATE, 2))
    sound[7 * RATE + 3, 1] = -0.8
    sent = fine_view(shelf(a=sound), ("a",), Span(5.0, 9.0), split=True)
    assert sent is not None and sent["samples"] is None
    codes = [np.frombuffer(base64.b64decode(lane["peaks"]), np.int8).reshape(-1, 2) for lane in sent["lanes"]]
    assert all(len(code) <= MOST_COLUMNS for code in codes)
    at = int(np.argmin(codes[1][:, 0]))
    seconds = sent["from"] + (at + 0.5) * (sent["to"] - sent["from"]) / len(codes[1])
    assert seconds == pytest.approx(7, abs=0.002)
    assert (codes[1][at, 0] / 127) ** 2 == pytest.approx(0.8, abs=0.02)
    assert not codes[0].any()


def test_several_sounds_have_a_lane_each_over_their_channels() -> None:
    quiet = np.zeros((RATE, 2))
    quiet[100, 0], quiet[100, 1] = 0.1, -0.4
    sent = fine_view(shelf(a=noise(1), b=quiet), ("a", "b"), Span(0, 0.01), split=False)
    assert sent is not None and len(sent["samples"]) == len(sent["lanes"]) == 2
    assert np.frombuffer(base64.b64decode(sent["samples"][1]), "<f4")[100] == pytest.approx(-0.4)


def test_a_sound_that_is_gone_leaves_the_whole_picture_and_says_so_of_a_selection() -> None:
    assert fine_view(shelf(), ("a",), Span(0, 1), split=True) is None
    said = measured(shelf(), (("mix", "a"),), Span(0, 1))
    assert said is not None and said["text"] == "That sound is gone."


def test_a_selection_is_measured_by_itself() -> None:
    sound = noise(6)
    sound[2 * RATE : 4 * RATE] *= 0.1
    alone = measure(Audio(np.ascontiguousarray(sound[2 * RATE : 4 * RATE], np.float32), RATE))
    said = measured(shelf(a=sound), (("mix", "a"),), Span(2.0, 4.0))
    assert said is not None and alone.integrated_lufs is not None
    assert f"{alone.integrated_lufs:.1f} LUFS".replace("-", "−") in said["text"]
    assert "dBTP" in said["text"] and "crest factor" in said["text"]


def test_what_is_too_short_for_a_loudness_has_its_rms_and_silence_is_called_silent() -> None:
    tone = np.full((RATE, 1), 0.5)
    said = measured(shelf(a=tone), (("mix", "a"),), Span(0.1, 0.2))
    assert said is not None and said["text"].startswith("RMS −6.0 dBFS")
    said = measured(shelf(a=np.zeros((RATE, 2))), (("mix", "a"),), Span(0, 0.5))
    assert said is not None and said["text"] == "silent"


@pytest.mark.parametrize("sent", [None, [], [1], [2, 1], [-1, 2], ["0", "1"], [0, 99], {"a": 1}, [1, 1]])
def test_what_is_no_span_of_the_sound_is_none(sent: object) -> None:
    assert read_span(sent, 10.0) is None


def test_a_span_is_read() -> None:
    assert read_span([0, 1.5], 10.0) == Span(0.0, 1.5)
