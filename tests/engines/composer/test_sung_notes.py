"""What the band reports of its singing: each clip's lines with their notes, where the plan has them."""

import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.play.sung_notes import sung_notes
from core.engines.shared.clips import Cut
from core.song import SongRequest
from core.writing.line_times import line_times
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

RATE = 1_000
EARLY_S, LATE_S = 0.6, 1.2
"""A line may begin with an upbeat, and rest before it is sung."""


def written(prompt, seconds=40.0, seed=3):
    plan = make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=seconds))
    lyrics = write_lyrics(plan)
    return plan, lyrics, arrange(plan, lyrics).score


def test_a_note_belongs_to_the_clips_that_hold_it_whole():
    plan, _, score = written("upbeat pop about summer")
    frames = round(plan.duration_s * RATE)
    whole = sung_notes(score, Cut(((0, frames),), ()), RATE)["clip_1/vocals"]
    at = round((whole[0]["notes"][1][0] + 0.01) * RATE)
    first, second = sung_notes(score, Cut(((0, at), (at, frames)), (0,)), RATE).values()
    assert first == [{"line": whole[0]["line"], "notes": whole[0]["notes"][:1]}]
    assert second[0]["notes"][0][0] == pytest.approx(whole[0]["notes"][2][0] - at / RATE, abs=0.002)
    assert sum(len(line["notes"]) for line in second) == sum(len(line["notes"]) for line in whole) - 2


@pytest.mark.parametrize(
    "prompt", ["slow ballad about rain", "duet about two rivers", "waltz about snow", "metal about fire"]
)
def test_the_plans_times_of_the_lines_are_those_at_which_the_band_sings_them(prompt):
    plan, lyrics, score = written(prompt)
    frames = round((plan.duration_s + 3) * RATE)
    sung = sung_notes(score, Cut(((0, frames),), ()), RATE)["clip_1/vocals"]
    planned = line_times(plan, lyrics)
    assert [line["line"] for line in sung] == [line.text for line in planned]
    for line, told in zip(sung, planned, strict=True):
        assert told.start_s - EARLY_S < line["notes"][0][0] < told.start_s + LATE_S
        assert line["notes"][-1][1] < told.stop_s + EARLY_S


def test_an_instrumental_reports_no_lines():
    plan = make_plan(SongRequest(prompt="pop", instrumental=True, duration_s=20.0))
    score = arrange(plan, None).score
    assert sung_notes(score, Cut(((0, 20_000),), ()), RATE) == {"clip_1/vocals": []}
    assert line_times(plan, write_lyrics(make_plan(SongRequest(prompt="pop")))) == ()
