"""The level chart: every sound is on it, and no line runs where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.audio import Audio
from core.measure import measure
from core.ui.waterfall import COLOURS, Level, Unmeasured, _figure, _words, level

RATE = 44_100


def tone(seconds: float = 2.0, gain: float = 0.3) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    return np.stack([gain * np.sin(2 * np.pi * 220 * t)] * 2, 1).astype(np.float32)


def broken() -> np.ndarray:
    samples = tone()
    samples[:] = np.nan
    return samples


SOUNDS = {
    "a tone": (tone(), None),
    "silence": (np.zeros((2 * RATE, 2), np.float32), Unmeasured.SILENT),
    "no numbers": (broken(), Unmeasured.NOT_FINITE),
    "a click's length": (tone(0.1), Unmeasured.TOO_SHORT),
    "a whisper": (tone(gain=1e-5), Unmeasured.TOO_QUIET),
}


def point(name: str, place: int) -> Level:
    return level(name, name, measure(Audio(SOUNDS[name][0], RATE)), failed=False, place=place)


def chart(*points: Level):
    return _figure([p.title for p in points], points, COLOURS["dark"])


def curves(figure) -> dict[str, list]:
    """The lines by name."""
    return {trace.name: list(trace.y) for trace in figure.data if "lines" in trace.mode}


def marks(figure) -> list[tuple[str, int, str]]:
    """The marks: figure, place and text."""
    return [
        (trace.name, place, text)
        for trace in figure.data
        if "lines" not in trace.mode
        for place, text in zip(trace.x, trace.text, strict=True)
    ]


@pytest.mark.parametrize("name", [name for name, (_, why) in SOUNDS.items() if why])
def test_a_sound_without_loudness_is_a_mark_that_says_why(name: str) -> None:
    figure = chart(point("a tone", 0), point(name, 1), point("a tone", 2))
    assert ("Loudness (LUFS)", 1, str(SOUNDS[name][1])) in marks(figure)
    assert curves(figure)["Loudness (LUFS)"][1] is None


@pytest.mark.parametrize("name", list(SOUNDS))
def test_every_figure_and_every_mark_lies_on_the_chart(name: str) -> None:
    figure = chart(point(name, 0))
    spans = {"y": figure.layout.yaxis.range, "y2": figure.layout.yaxis2.range}
    shown = [(trace.yaxis, y) for trace in figure.data for y in trace.y if y is not None]
    assert len(shown) == 3
    assert len([text for trace in figure.data for text in trace.text if text]) == 3
    assert all(spans[axis][0] < y < spans[axis][1] for axis, y in shown)


@pytest.mark.parametrize(("lufs", "peak", "crest"), [(-69.0, -60.0, 60.0), (20.0, 40.0, 3.0)])
def test_levels_far_out_are_on_the_chart_too(lufs: float, peak: float, crest: float) -> None:
    figure = chart(Level("mix", "Mix", lufs, peak, crest, False, 0))
    low, high = figure.layout.yaxis.range
    assert low < lufs < high and low < peak < high
    assert figure.layout.yaxis2.range[1] > crest


def test_no_line_runs_across_a_stage_without_a_figure_or_without_a_sound() -> None:
    figure = chart(point("a tone", 0), point("silence", 1), point("a tone", 2), point("a tone", 4))
    for values in curves(figure).values():
        assert len(values) == 5
        assert values[1] is None and values[3] is None
        assert all(values[place] is not None for place in (0, 2, 4))
    assert not any(trace.connectgaps for trace in figure.data)


def test_the_text_for_who_does_not_see_it_names_silence() -> None:
    assert _words([point("a tone", 0), point("silence", 1)]).endswith("silence −∞ LUFS")


def test_without_any_sound_there_is_an_empty_chart() -> None:
    assert curves(chart()) == {name: [None] for name in curves(chart())}


def test_every_stage_that_failed_is_marked() -> None:
    names = list(SOUNDS)
    points = [replace(point(names[0], place), failed=place in (1, 3)) for place in range(4)]
    shapes = chart(*points).layout.shapes
    assert [(one.x0, one.x1, one.y0, one.y1, one.yref) for one in shapes] == [
        (at, at, 0, 1, "y domain") for at in (1, 3)
    ]
    assert {one.line.color for one in shapes} == {COLOURS["dark"]["fail"]}
