"""The limits that checks name, each by its own constant: a reading just under it and one just over it."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from core.checks import crushed, dropout, exporting, form, gaps, length, mastering, pauses, peaks
from core.checks.clips import ClipSpread
from core.checks.crushed import Crushed
from core.checks.dropout import NoDropout
from core.checks.exporting import FileLevel, FilePeak
from core.checks.figures import ExportFigures, FileFigures
from core.checks.form import Form
from core.checks.gaps import NoGaps
from core.checks.length import Length, SilentTail
from core.checks.mastering import Ceiling, LoudChoice, TargetReached
from core.checks.mixing import Headroom
from core.checks.pauses import LongSilence
from core.checks.peaks import FlatTops
from core.checks.stems import StemSum
from core.contract import Case, Promise
from tests import sounds
from tests.figures import mastered, mixed, separated
from tests.sounds import RATE, made

SECONDS = 10
TONE = np.sin(2 * np.pi * 440 * np.arange(SECONDS * RATE) / RATE)
SOUND = sounds.sound(made(np.stack([TONE, TONE], axis=1).astype(np.float32)), "song")


def said(check, sound=SOUND, **more):
    """How bad one check finds a sound."""
    return check.examine(sound, Case("stage", {sound.name: sound}, **more)).severity.value


def reading(name="song", **readings):
    """The tone, with these in place of its own readings."""
    return replace(SOUND, name=name, measurement=SOUND.measurement.model_copy(update=readings))


def wave(left, right=None):
    """A measured sound of one or two channels."""
    sides = [left, left if right is None else right]
    return sounds.sound(made(np.stack(sides, axis=1).astype(np.float32)), "song")


def silenced(start_s, length_s):
    """The tone with zeros in it."""
    out = TONE.copy()
    out[round(start_s * RATE) : round((start_s + length_s) * RATE)] = 0.0
    return out


@pytest.mark.parametrize(
    ("off", "answer"), [(-1, "warn"), (0, "ok")], ids=["just under the limit", "at the limit"]
)
def test_the_rate_and_the_length_of_an_upload(off, answer):
    assert said(Form(), reading(sample_rate=form.LOW_RATE_HZ + off)) == answer
    assert said(Form(), reading(duration_s=form.SHORTEST_S + 0.001 * off)) == answer


@pytest.mark.parametrize(("off", "answer"), [(-0.001, "ok"), (0.001, "fail")])
def test_the_length_that_was_promised(off, answer):
    tolerance_s = Promise.duration_tolerance_s
    for sign in (-1, 1):
        promise = Promise(duration_s=SECONDS + sign * (tolerance_s + off))
        assert said(Length(), promise=promise) == answer


@pytest.mark.parametrize(("off", "answer"), [(-0.01, "ok"), (0.01, "fail")])
def test_the_master_against_its_promise(off, answer):
    ceiling_dbtp = Ceiling().tolerance_db - 1.0 + off
    promise = Promise(ceiling_dbtp=-1.0)
    assert said(Ceiling(), reading(true_peak_dbtp=ceiling_dbtp), promise=promise) == answer
    for sign in (-1, 1):
        loudness = reading(integrated_lufs=-14.0 + sign * (TargetReached().tolerance_lu + off))
        assert said(TargetReached(), loudness, promise=Promise(integrated_lufs=-14.0)) == answer


@pytest.mark.parametrize(("off", "answer"), [(-0.01, "ok"), (0.01, "warn")])
def test_a_target_that_is_short_or_loud(off, answer):
    short = -14.0 - TargetReached().tolerance_lu - off
    promise = Promise(integrated_lufs=short)
    assert (
        said(TargetReached(), reading(integrated_lufs=short), promise=promise, figures=mastered()) == answer
    )
    assert said(LoudChoice(), figures=mastered(mastering.LOUD_LUFS + off)) == answer
    much = mastering.MUCH_LIMITING_DB + 0.5 + off
    assert said(LoudChoice(), figures=mastered(limiting_db=much)) == answer


@pytest.mark.parametrize(("off", "answer"), [(-0.01, "ok"), (0.01, "fail")])
def test_the_headroom_of_a_mix(off, answer):
    settings, tolerance_db = SimpleNamespace(headroom_dbfs=-1.0), Headroom().tolerance_db
    over = reading("mix", sample_peak_dbfs=-1.0 + tolerance_db + off)
    assert said(Headroom(), over, settings=settings, figures=mixed(0.0)) == answer
    under = reading("mix", sample_peak_dbfs=-1.0 - tolerance_db - off)
    assert said(Headroom(), under, settings=settings, figures=mixed(-1.0)) == answer


@pytest.mark.parametrize(
    ("limit", "off", "answer"),
    [
        ("warn_db", -0.1, "ok"),
        ("warn_db", 0.1, "warn"),
        ("fail_db", -0.1, "warn"),
        ("fail_db", 0.1, "fail"),
    ],
)
def test_what_stems_leave_of_a_song(limit, off, answer):
    left_db = getattr(StemSum(), limit) + off
    stem = wave(TONE * (1 - 10 ** (left_db / 20)))
    case = Case("separate", {"other": replace(stem, name="other")}, {"song": SOUND})
    assert StemSum().examine_all(case).severity.value == answer
    reported = replace(case, outputs={"other": replace(SOUND, name="other")}, figures=separated(left_db))
    assert StemSum().examine_all(reported).severity.value == answer


@pytest.mark.parametrize(("off", "answer"), [(-0.1, "ok"), (0.1, "fail")])
def test_stems_that_are_to_add_up(off, answer):
    stem = wave(TONE * (1 - 10 ** ((StemSum().exact_db + off) / 20)))
    case = Case(
        "separate", {"other": stem}, {"song": SOUND}, figures=separated(sum_exact=True, residual_db=-130.0)
    )
    assert StemSum().examine_all(case).severity.value == answer


@pytest.mark.parametrize(("off_s", "answer"), [(-0.0005, "ok"), (0.0005, "fail")])
def test_a_gap_and_a_dropout(off_s, answer):
    at_s = 3.0 + 0.25 / 440  # at a peak: both edges are sharp
    assert said(NoGaps(), wave(silenced(at_s, gaps.GAP_S + off_s))) == answer
    lost = silenced(at_s, dropout.SHORTEST_S + 2 * off_s)
    assert said(NoDropout(), wave(lost, TONE)) == answer


@pytest.mark.parametrize(("off_s", "answer"), [(-0.05, "ok"), (0.05, "warn")])
def test_silence_at_the_end_and_in_front(off_s, answer):
    longer = np.tile(TONE, 3)
    tail = longer.copy()
    tail[-round((length.TAIL_S + off_s) * RATE) :] = 0.0
    assert said(SilentTail(), wave(tail)) == answer
    front = longer.copy()
    front[: round((pauses.IN_FRONT_S[pauses.DEEP_DB] + off_s) * RATE)] = 0.0
    assert said(LongSilence(), wave(front)) == answer


@pytest.mark.parametrize(("off", "answer"), [(-0.01, "warn"), (0.01, "fail")])
def test_the_share_of_silence_at_the_end(off, answer):
    promise = Promise(duration_s=4.0 * SECONDS)
    longer = np.tile(TONE, 4)
    longer[-round((length.TAIL_SHARE + off) * len(longer)) :] = 0.0
    assert said(SilentTail(), wave(longer), promise=promise) == answer
    longer = np.tile(TONE, 4)
    longer[-round((length.TAIL_UNPROMISED_SHARE + off) * len(longer)) :] = 0.0
    assert said(SilentTail(), wave(longer)) == answer


@pytest.mark.parametrize(
    ("runs", "answer"),
    [
        (peaks.CLIPPED_WARN_RUNS - 1, "ok"),
        (peaks.CLIPPED_WARN_RUNS, "warn"),
        (round(peaks.CLIPPED_FAIL_PER_S * SECONDS) - 1, "warn"),
        (round(peaks.CLIPPED_FAIL_PER_S * SECONDS), "fail"),
    ],
)
def test_clipped_peaks(runs, answer):
    clipped, period = 0.5 * TONE, RATE / 440
    for number in range(runs):
        start = 200 * (number + 1) * period
        half_wave = slice(round(start), round(start + period / 2))
        clipped[half_wave] = np.minimum(0.9 * TONE[half_wave], 0.8)
    assert said(FlatTops(), wave(clipped, 0.5 * TONE)) == answer


@pytest.mark.parametrize(("off", "answer"), [(-0.1, "ok"), (0.1, "note")])
def test_a_very_loud_song(off, answer):
    loud = reading(integrated_lufs=crushed.LOUD_LUFS + off, plr_db=12.0, crest_db=12.0)
    assert said(Crushed(), loud) == answer


def test_the_level_and_the_peak_of_a_file():
    for off, answer in ((-0.01, "ok"), (0.01, "fail")):
        louder = reading(integrated_lufs=SOUND.measurement.integrated_lufs + exporting.LEVEL_LU + off)
        assert said(FileLevel(), louder, inputs={"master": SOUND}) == answer
        higher = reading(true_peak_dbtp=SOUND.measurement.true_peak_dbtp + exporting.PEAK_DB + off)
        assert said(FilePeak(), higher, inputs={"master": SOUND}) == answer


@pytest.mark.parametrize(
    ("limit_lu", "under", "over"),
    [(exporting.LOSSY_LEVEL_LU, "ok", "warn"), (exporting.LOSSY_FAIL_LU, "warn", "fail")],
)
def test_the_level_of_a_lossy_file(limit_lu, under, over):
    file = FileFigures("mp3-320", None, True, 0, (), 0)
    figures = ExportFigures(files={"song": file}, stems_exact={})
    for off, answer in ((-0.01, under), (0.01, over)):
        louder = reading(integrated_lufs=SOUND.measurement.integrated_lufs + limit_lu + off)
        assert said(FileLevel(), louder, inputs={"master": SOUND}, figures=figures) == answer


@pytest.mark.parametrize(("off", "answer"), [(-0.01, "ok"), (0.01, "warn")])
def test_how_far_clips_differ_in_loudness(off, answer):
    spread_lu = ClipSpread().warn_lu + off
    two = {n: reading(n, integrated_lufs=-20.0 + k * spread_lu) for k, n in enumerate(("clip_1", "clip_2"))}
    found = ClipSpread().examine_all(Case("assemble", {"song": SOUND}, two))
    assert found.severity.value == answer
