import pytest

from core.checks.clips import ClipsKept, ClipSpread
from core.checks.joins import JoinClick, JoinLevel
from core.contract import Case, Severity
from tests.figures import assembled
from tests.stages.material import measured, noise, nothing

CLIP = noise(1, 2.0)


def case(outputs, inputs, figures=None):
    return Case("assemble", measured(outputs), measured(inputs), figures=figures)


@pytest.mark.parametrize("check", [JoinClick(), JoinLevel()], ids=lambda c: c.name)
def test_a_song_of_one_clip_has_no_joins_to_ask_about(check):
    alone = case({"song": CLIP}, {"clip_1": CLIP}, assembled(1))
    assert check.examine(alone.outputs["song"], alone) is None


def test_a_song_of_one_clip_is_still_compared_with_it():
    honest = case({"song": CLIP}, {"clip_1": CLIP}, assembled(1))
    other = case({"song": noise(2, 2.0)}, {"clip_1": CLIP}, assembled(1))
    assert ClipsKept().examine_all(honest).severity is Severity.OK
    assert ClipsKept().examine_all(other).severity is Severity.FAIL


def test_nothing_that_went_in_means_nothing_to_compare():
    assert ClipsKept().examine_all(case({"song": CLIP}, {})) is None
    assert ClipSpread().examine_all(case({"song": CLIP}, {})) is None


def test_a_join_that_was_not_declared_fails():
    undeclared = case({"song": CLIP}, {"clip_1": CLIP, "clip_2": CLIP}, assembled(1))
    finding = ClipsKept().examine_all(undeclared)
    assert finding.severity is Severity.FAIL
    assert "2 clips went in and 0 joins" in finding.evidence


def test_a_stem_that_no_clip_has_fails():
    invented = case({"song": CLIP, "song/vocals": CLIP}, {"clip_1": CLIP}, assembled(1))
    assert "song/vocals" in ClipsKept().examine_all(invented).evidence


def test_a_song_that_ends_before_its_join_fails_and_crashes_nothing():
    join = {"start_frame": 44_100, "fade_start_frame": 44_100, "fade_frames": 44_100}
    short = case({"song": noise(1, 0.5)}, {"clip_1": CLIP, "clip_2": CLIP}, assembled(2, joins=[join]))
    assert ClipsKept().examine_all(short).severity is Severity.FAIL
    assert JoinLevel().examine(short.outputs["song"], short) is None
    JoinClick().examine(short.outputs["song"], short)


def test_silent_clips_have_no_level_and_no_click():
    silent = nothing(CLIP)
    join = {"start_frame": 44_100, "fade_start_frame": 44_100, "fade_frames": 44_100}
    quiet = case(
        {"song": nothing(noise(1, 3.0))}, {"clip_1": silent, "clip_2": silent}, assembled(2, joins=[join])
    )
    assert JoinLevel().examine(quiet.outputs["song"], quiet) is None
    assert JoinClick().examine(quiet.outputs["song"], quiet).severity is Severity.OK


@pytest.mark.parametrize(
    "level_dbfs, severity", [(-21, Severity.OK), (-22.5, Severity.OK), (-24, Severity.WARN)]
)
def test_the_spread_of_loudness_warns_over_three_loudness_units_and_never_fails(level_dbfs, severity):
    clips = {"clip_1": noise(1, level_dbfs=-20), "clip_2": noise(2, level_dbfs=level_dbfs)}
    assert ClipSpread().examine_all(case({"song": CLIP}, clips)).severity is severity
