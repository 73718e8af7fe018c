"""What the benchmark on a graphics card concludes from its readings, without a card."""

import pytest

from benchmarks.figure import Figure
from benchmarks.gpu import STEPS
from benchmarks.gpu_figures import (
    cancelled_within,
    engine_alone,
    given_back,
    in_time,
    in_turns,
    memory,
    memory_named,
    nan_named,
    planned,
    second_song,
    status,
    studio_share,
    took_turns,
    verdict,
)
from core.engines.acestep15.device import Machine, placed
from core.engines.acestep15.estimate import Song
from core.engines.acestep15.settings import Precision
from core.engines.acestep15.sizes import published_size

REACHED, MISSED, OPEN = Figure("a", 1, "s", "<= 2"), Figure("b", 3, "s", "<= 2"), Figure("c", 9, "s")


@pytest.mark.parametrize(
    ("songs", "alone", "share", "reached"),
    [
        ([10.2, 10.1], [10.0, 11.0], 100 * 0.1 / 10.1, True),
        ([11.0], [10.0], 100 / 11, False),
        ([9.9], [10.0], 0.0, True),
    ],
)
def test_the_share_is_what_the_quickest_song_takes_beyond_the_quickest_pipeline(songs, alone, share, reached):
    figure = studio_share("2B", songs, alone, judged=True)
    assert figure.value == pytest.approx(share) and figure.reached is reached
    assert studio_share("2B", songs, alone, judged=False).reached is None


@pytest.mark.parametrize(
    ("foreseen", "peak", "off", "reached"),
    [
        (8_300_000_000, 8_000_000_000, 3.75, True),
        (7_000_000_000, 8_000_000_000, 12.5, False),
        (9_000_000_000, 8_000_000_000, 12.5, False),
    ],
)
def test_the_estimate_is_held_against_the_peak_from_both_sides(foreseen, peak, off, reached):
    told, most, by = memory("2B", foreseen, peak)
    assert (told.value, most.value) == (foreseen / 1e9, peak / 1e9)
    assert by.value == pytest.approx(off) and by.reached is reached


def test_without_a_card_there_is_no_peak_to_hold_it_against():
    assert [figure.reached for figure in memory("tiny", 1_000, 0)] == [None]
    assert given_back(None, None) == given_back(80_000, None) == []


def test_a_child_that_leaves_memory_held_misses_the_target():
    assert [f.reached for f in given_back(80_000, 79_990)] == [True]
    assert [f.reached for f in given_back(80_000, 60_000)] == [False]
    assert given_back(80_000, 80_100)[0].value == 0


def test_a_second_song_has_to_be_quicker_and_a_cancel_quick():
    assert second_song("2B", 60, 12.0, 3.0)[1].reached and not second_song("2B", 60, 3.0, 12.0)[1].reached
    assert cancelled_within("2B", 0.4).reached and not cancelled_within("2B", 2.5).reached


def test_a_planner_is_charged_with_what_a_song_takes_longer():
    longer, rate = planned("2B, planner 0.6B", 9.0, 3.0, 300)
    assert (longer.value, rate.value) == (6.0, 50.0)
    assert [figure.value for figure in planned("2B", 3.0, 4.0, 300)] == [-1.0], "no rate from noise"


def test_an_error_counts_when_it_says_what_was_provoked():
    named = "The weights of ACE-Step in tiny hold values that are not numbers (transformer.norm_out.weight)."
    assert nan_named("2B", named).reached
    assert not nan_named("2B", "ACE-Step computed values that are not numbers (step 1 of 8).").reached
    assert not nan_named("2B", "").reached
    assert memory_named("2B", "engine_memory").reached and not memory_named("2B", "engine_died").reached


def test_steps_run_in_order_while_there_is_time_and_the_others_are_counted():
    left = iter([True, True, False])
    figures, out = in_time("xyz", lambda step: [Figure(step, 1, "s")], lambda: next(left))
    assert [figure.name for figure in figures] == ["x", "y"] and out == ["z"]
    assert in_time("xyz", lambda step: [], lambda: True) == ([], [])


def test_the_last_line_counts_what_was_judged_and_names_what_was_missed():
    assert verdict([REACHED, OPEN]) == "1 of 1 targets reached"
    assert verdict([REACHED, MISSED, OPEN]) == "1 of 2 targets reached; missed: b"
    assert verdict([REACHED], 2).endswith("2 steps left out for want of time")


def test_a_missed_target_or_a_step_left_out_is_a_failed_run():
    assert [status([REACHED, OPEN]), status([REACHED, MISSED]), status([REACHED], 1)] == [0, 1, 1]


def test_a_figure_is_a_line_of_the_table_with_its_verdict():
    assert str(MISSED).split() == ["b", "3.00", "s", "<=", "2", "MISSED"]
    assert str(OPEN).split() == ["c", "9.00", "s"]


def test_the_weights_are_spoilt_last_since_no_song_can_be_made_after_it():
    assert STEPS[-1].__name__ == "not_numbers"


@pytest.mark.parametrize(
    ("notes", "reached"),
    [(["The GPU cannot hold all of ACE-Step: its parts take turns, which is slower."], True), ([], False)],
)
def test_turns_of_the_parts_count_only_where_the_song_notes_them(notes, reached):
    took, noted = in_turns("2B", 12.0, notes)
    assert (took.value, noted.reached) == (12.0, reached)


def test_the_note_that_is_looked_for_is_the_one_that_the_engine_writes():
    small = Machine("cuda", (8, 0), int(5e9), int(64e9))
    place = placed(small, published_size("acestep-v15-turbo-diffusers"), Precision.AUTO, Song(60))
    assert place.offload and in_turns("2B", 1.0, place.notes)[1].reached


def test_another_engine_is_timed_with_loading_and_without():
    first, second, rate = engine_alone("MusicGen", 10.0, 30.0, 20.0, judged=True)
    assert (first.value, second.value, second.reached, rate.value) == (30.0, 20.0, True, 0.5)
    assert engine_alone("MusicGen", 10.0, 20.0, 21.0, judged=True)[1].reached is False
    assert engine_alone("MusicGen", 10.0, 20.0, 21.0, judged=False)[1].reached is None


def test_turns_of_two_engines_are_their_sum_and_what_the_second_song_takes_longer():
    assert [figure.value for figure in took_turns("2B", 10.0, 5.0, 13.0)] == [28.0, 3.0]
