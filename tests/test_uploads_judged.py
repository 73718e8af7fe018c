"""What is wrong with an uploaded file is the file's fault, at every stage, and never stops what can go on."""

import numpy as np
import pytest

from core.audio import Audio, write
from core.blame.chain import chain_of_run
from core.cli.song import CHECK_FAILED, OK, USAGE, exit_status, song_object
from core.contract import Finding, Origin, Severity
from core.diagnosis.of_finding import diagnose_finding
from core.engines.base import EngineCard, Reply
from core.errors import EngineInputError
from core.runs.given import YOUR_FILE
from core.runs.pipeline import RunSettings
from core.runs.record import RunState, StepState
from core.song import SongRequest
from tests.fakes import HouseEngines
from tests.sounds import RATE, band

HALVES = EngineCard(
    name="halves",
    title="Halves",
    stage="separate",
    worker="",
    version="1",
    summary="Two stems, each half of the song.",
    licence="",
    how_to_add="",
)


class WithSeparator(HouseEngines):
    """The house engines, and a separator that gives half of the song, delayed, and the rest."""

    def cards(self, stage):
        return (HALVES,) if stage == "separate" else super().cards(stage)

    def card(self, name):
        return HALVES if name == HALVES.name else super().card(name)

    def call(self, engine, method, *, values, sounds, report):
        if engine != HALVES.name:
            return super().call(engine, method, values=values, sounds=sounds, report=report)
        song = sounds["song"]
        if not np.isfinite(song.samples).all():
            raise EngineInputError("The song holds NaN.", remedy="Make it again.")
        half = np.float32(0.5) * np.roll(song.samples, 50, axis=0)
        stems = {
            "vocals": Audio(half, song.sample_rate),
            "other": Audio(song.samples - half, song.sample_rate),
        }
        return Reply(sounds=stems)


def silent():
    return np.zeros((4 * RATE, 2), np.float32)


def with_nan():
    samples = band().samples[: 4 * RATE].copy()
    samples[RATE : RATE + 50] = np.nan
    return samples


def noise():
    return (0.1 * np.random.default_rng(1).standard_normal((4 * RATE, 2))).astype(np.float32)


def clipped():
    return np.clip(40 * band().samples[: 4 * RATE], -1, 1)


@pytest.fixture
def made_from(open_studio, finish, tmp_path):
    """Make a song from uploaded sounds by file name; returns the run and the studio."""

    def making(**sounds):
        studio = open_studio(WithSeparator())
        paths = {}
        for name, samples in sounds.items():
            paths[f"{name}.wav"] = tmp_path / f"{name}.wav"
            write(paths[f"{name}.wav"], Audio(samples, RATE))
        return finish(studio, SongRequest(upload=studio.upload(paths))), studio

    return making


def wrong(step):
    return [f for f in step.findings if f.severity in (Severity.WARN, Severity.FAIL)]


def accused(run):
    """The stages that say of themselves that they did something wrong."""
    return [s.stage for s in run.steps if any(f.origin is Origin.STAGE for f in wrong(s))]


@pytest.mark.parametrize("stems", [False, True])
def test_a_silent_upload_is_named_at_the_file_and_passed_on_to_the_end(made_from, stems):
    run, studio = made_from(**({"vocals": silent(), "drums": silent()} if stems else {"quiet": silent()}))
    assert (run.state, run.blame, run.verdict) == (RunState.DONE, YOUR_FILE, Severity.FAIL)
    assert run.blamed == YOUR_FILE
    first = run.step("generate").findings[0]
    assert (first.check, first.origin) == ("not_silent", Origin.UPLOAD)
    subject = "The sum of your stems" if stems else "Your file"
    assert first.evidence.startswith(f"{subject} is silent: every sample is zero")
    for stage in ("assemble", "separate", "enhance", "mix", "master", "export"):
        step = run.step(stage)
        assert step.verdict is Severity.WARN, stage
        assert {f.origin for f in wrong(step)} == {Origin.INPUT}, stage
        assert "Given silence" in step.findings[0].evidence, stage
    assert "mix_sum" not in [f.check for f in wrong(run.step("mix"))]
    told = song_object(studio, run)
    assert (told["blame"], exit_status(run)) == (YOUR_FILE, CHECK_FAILED)
    chain = chain_of_run(run, studio.audio)
    assert chain.blame is not None and chain.blame.step == YOUR_FILE


@pytest.mark.parametrize("stems", [False, True])
def test_nan_stops_where_nothing_can_go_on_and_the_file_is_named(made_from, stems):
    run, _ = made_from(**({"vocals": with_nan(), "drums": noise() / 5} if stems else {"broken": with_nan()}))
    assert run.blame == YOUR_FILE
    first = run.step("generate").findings[0]
    assert (first.check, first.severity, first.origin) == ("finite", Severity.FAIL, Origin.UPLOAD)
    broken = next(s for s in run.steps if s.state is StepState.ERROR)
    assert broken.error.causes[0].startswith("your file came in so: ")
    assert "broken_samples" in broken.error.remedy
    assert exit_status(run) == USAGE
    assert accused(run) == []


@pytest.mark.parametrize("make", [noise, clipped])
@pytest.mark.parametrize("stems", [False, True])
def test_noise_and_clipping_are_the_files_and_stop_nothing(made_from, make, stems):
    half = 0.5 * make()
    run, _ = made_from(
        **({"vocals": half, "drums": np.roll(half, 20_000, axis=0)} if stems else {"odd": make()})
    )
    assert run.state is RunState.DONE
    if not stems:
        assert (run.blame, run.step("generate").verdict) == (YOUR_FILE, Severity.FAIL)
    named = {f.check for f in run.step("generate").findings if f.severity is Severity.FAIL}
    assert named & ({"not_noise"} if make is noise else {"flat_tops", "crushed"})
    for step in run.steps:
        assert step.stage == "generate" or step.verdict is not Severity.FAIL, step.stage


def test_one_silent_stem_among_several_is_a_warning_of_that_stem(made_from):
    music = 0.5 * band().samples[: 4 * RATE]
    run, _ = made_from(vocals=silent(), drums=music, bass=np.roll(music, 3000, axis=0))
    assert (run.state, run.blame, run.verdict) == (RunState.DONE, None, Severity.WARN)
    named = wrong(run.step("generate"))
    assert [(f.check, f.artifact, f.severity) for f in named] == [
        ("not_silent", "clip_1/vocals", Severity.WARN)
    ]
    assert named[0].evidence.startswith("Your stem vocals is silent")
    assert accused(run) == [] and exit_status(run) == OK


def test_what_a_stage_of_ours_does_to_an_upload_stops_the_run(open_studio, finish, tmp_path):
    def emptied(reply):
        return Reply(
            values=reply.values,
            sounds={n: Audio(np.zeros_like(a.samples), a.sample_rate) for n, a in reply.sounds.items()},
        )

    studio = open_studio(WithSeparator(harm={"effects": emptied}))
    path = tmp_path / "song.wav"
    write(path, Audio(band().samples[: 4 * RATE], RATE))
    run = finish(studio, SongRequest(upload=studio.upload({"song.wav": path})), RunSettings())
    assert (run.state, run.blame) == (RunState.STOPPED, "enhance")


def test_a_finding_of_an_earlier_version_is_read():
    old = Finding.model_validate(
        {"check": "gaps", "severity": "warn", "evidence": "A gap.", "causes": [], "remedy": "", "spans": []}
    )
    assert old.origin is Origin.STAGE


def test_a_note_about_an_upload_stays_a_note_at_every_stage(made_from):
    """A constant of .02 and an overshoot of half a decibel, as a decoder leaves them."""
    music = band().samples[: 4 * RATE]
    run, _ = made_from(song=music / np.abs(music).max() * 1.03 + 0.02)
    seen = {
        (f.check, f.severity) for s in run.steps for f in s.findings if f.check in ("dc_offset", "true_peak")
    }
    assert ("dc_offset", Severity.NOTE) in seen and ("true_peak", Severity.NOTE) in seen
    for stage in ("generate", "assemble"):
        assert run.step(stage).verdict is Severity.OK, stage
    assert (run.blame, exit_status(run)) == (None, OK)


def test_an_upload_is_no_sign_of_a_failed_engine(made_from):
    run, _ = made_from(quiet=silent())
    for step in run.steps:
        assert [diagnose_finding(f) for f in wrong(step)] == [None] * len(wrong(step)), step.stage
