"""The spine: a song through all stages, what stops it, and what a person can do with it afterwards."""

from __future__ import annotations

import sqlite3
import time

import numpy as np
import pytest

from core.audio import Audio, write
from core.contract import Severity
from core.errors import BusyError, EngineDiedError, InputError, NotFoundError, SettingsError
from core.runs.pipeline import STAGE_NAMES, RunSettings
from core.runs.record import RunState, StepState
from core.song import SongRequest, Upload
from core.studio import Studio
from tests.fakes import HouseEngines, every_sound, raising
from tests.sounds import band

PROMPT = SongRequest(prompt="a calm tune", instrumental=True, duration_s=8.0)


def cached(run):
    return [step.stage for step in run.steps if step.cached]


def all_nan(audio):
    return Audio(np.full_like(audio.samples, np.nan), audio.sample_rate)


def zeros(audio):
    return Audio(np.zeros_like(audio.samples), audio.sample_rate)


def test_a_prompt_becomes_a_measured_master_with_a_level_at_every_stage(open_studio, finish):
    run = finish(open_studio())
    assert run.state is RunState.DONE, run.blame
    assert [s.state for s in run.steps] == [StepState.DONE] * 8
    levels = [s.main.measurement.integrated_lufs for s in run.steps if s.stage != "lyrics"]
    assert all(level is not None and -40 < level < -5 for level in levels)
    master = run.step("master").main.measurement
    assert master.integrated_lufs == pytest.approx(-14.0, abs=0.1)
    assert master.true_peak_dbtp <= -1.0 + 0.1


@pytest.mark.parametrize(
    ("fault", "check"), [(all_nan, "finite"), (zeros, "not_silent")], ids=["nan", "silence"]
)
def test_a_broken_sound_stops_the_run_where_it_began_and_is_kept(open_studio, finish, fault, check):
    studio = open_studio(HouseEngines(harm={"composer": every_sound(fault)}))
    run = finish(studio)
    assert run.state is RunState.STOPPED
    assert run.blame == "generate"
    failed = run.step("generate")
    assert failed.state is StepState.FAILED
    worst = failed.findings[0]
    assert (worst.check, worst.severity) == (check, Severity.FAIL)
    assert worst.evidence and worst.causes and worst.remedy
    assert studio.audio(failed.main.key).frames > 0
    assert studio.preview(failed.main.key).stat().st_size > 1000
    assert [s.state for s in run.steps[2:]] == [StepState.NOT_RUN] * 6


def test_an_engine_that_raises_leaves_an_error_and_no_sound(open_studio, finish):
    died = EngineDiedError("The band ended.", causes=("memory ran out",), remedy="Make a shorter song.")
    run = finish(open_studio(HouseEngines(harm={"composer": raising(died)})))
    step = run.step("generate")
    assert (run.state, step.state, step.artifacts) == (RunState.STOPPED, StepState.ERROR, ())
    assert (step.error.kind, step.error.remedy) == ("engine_died", "Make a shorter song.")


def test_a_bug_of_ours_is_told_as_one_and_not_as_sound(open_studio, finish):
    run = finish(open_studio(HouseEngines(harm={"composer": raising(ZeroDivisionError("oops"))})))
    step = run.step("generate")
    assert step.state is StepState.ERROR
    assert step.error.kind == "internal"
    assert "ZeroDivisionError" in step.error.detail


def test_no_engine_at_all_is_an_error_with_a_remedy(open_studio, finish):
    run = finish(open_studio(HouseEngines(ready=False)))
    assert run.step("generate").error.kind == "engine_missing"
    assert run.step("generate").error.remedy


def test_a_failed_step_is_made_again_and_not_taken_from_the_store(open_studio, finish):
    engines = HouseEngines(harm={"composer": every_sound(zeros)})
    studio = open_studio(engines)
    run = finish(studio)
    engines.harm = {}
    studio.rerun(run.id, "generate")
    assert studio.wait(run.id).state is RunState.DONE
    again = finish(studio)
    assert "generate" in cached(again)


def test_the_first_section_can_be_heard_while_the_song_is_made_and_is_gone_after(open_studio, finish):
    engines = HouseEngines()
    heard = []

    def listening(reply):
        run_id = studio.runs("me")[0].id
        heard.append(studio.first_listen(run_id))
        engines.told["first_listen"](b"RIFF")
        heard.append(studio.first_listen(run_id))
        return reply

    engines.harm = {"composer": listening}
    studio = open_studio(engines)
    run = finish(studio)
    assert run.state is RunState.DONE
    assert heard == [None, b"RIFF"]
    assert studio.first_listen(run.id) is None
    assert not list((studio.home / "scratch").iterdir())
    assert studio.first_listen("unknown") is None


def test_continuing_past_a_failure_taints_the_run(open_studio, finish):
    def silent_tail(audio):
        samples = audio.samples.copy()
        samples[samples.shape[0] // 2 :] = 0
        return Audio(samples, audio.sample_rate)

    studio = open_studio(HouseEngines(harm={"composer": every_sound(silent_tail)}))
    run = finish(studio)
    assert (run.state, run.blame, run.tainted) == (RunState.STOPPED, "generate", False)
    studio.continue_anyway(run.id, "generate")
    run = studio.wait(run.id)
    assert run.tainted
    assert run.step("generate").continued
    assert run.step("assemble").state is not StepState.NOT_RUN


def test_only_a_failed_sound_can_be_passed(open_studio, finish):
    studio = open_studio()
    run = finish(studio)
    with pytest.raises(InputError):
        studio.continue_anyway(run.id, "mix")


def test_a_fader_change_makes_mix_master_and_export_and_nothing_before(open_studio, finish):
    studio = open_studio()
    run = finish(studio)
    studio.change(run.id, run.settings.with_values({"mix.faders.bass.gain_db": "-6"}))
    changed = studio.wait(run.id)
    assert cached(changed) == list(STAGE_NAMES[: STAGE_NAMES.index("mix")])
    assert changed.step("mix").main.key != run.step("mix").main.key


def test_undo_brings_the_first_sound_back_from_the_store_and_redo_the_second(open_studio, finish):
    studio = open_studio()
    first = finish(studio)
    studio.change(first.id, first.settings.with_values({"master.target_lufs": "-18"}))
    second = studio.wait(first.id)
    assert (second.revision, second.can_undo, second.can_redo) == (1, True, False)
    studio.undo(first.id)
    undone = studio.wait(first.id)
    assert cached(undone) == list(STAGE_NAMES)
    assert undone.step("master").main.key == first.step("master").main.key
    assert (undone.can_undo, undone.can_redo) == (False, True)
    studio.redo(first.id)
    assert studio.wait(first.id).step("master").main.key == second.step("master").main.key
    with pytest.raises(SettingsError):
        studio.redo(first.id)


def test_rerun_makes_the_stage_afresh(open_studio, finish):
    engines = HouseEngines()
    studio = open_studio(engines)
    run = finish(studio)
    asked = engines.asked.count(("composer", "compose"))
    studio.rerun(run.id, "generate")
    again = studio.wait(run.id)
    assert engines.asked.count(("composer", "compose")) == asked + 1
    assert not again.step("generate").cached
    assert again.step("generate").main.key == run.step("generate").main.key


def test_the_same_song_of_another_run_comes_from_the_store_and_another_seed_does_not(open_studio, finish):
    studio = open_studio()
    finish(studio)
    assert cached(finish(studio)) == list(STAGE_NAMES)
    other = finish(studio, PROMPT.model_copy(update={"seed": 7}))
    assert "generate" not in cached(other)


def test_a_cancelled_song_stops_and_keeps_what_it_has(open_studio):
    studio = open_studio(HouseEngines(pace_s=600))
    run_id = studio.start(PROMPT, RunSettings(), "me")
    deadline = time.monotonic() + 120
    while studio.run(run_id).step("generate").state is not StepState.RUNNING and time.monotonic() < deadline:
        time.sleep(0.02)
    seen = studio.run(run_id)
    assert seen.step("lyrics").state is StepState.DONE
    assert 0 <= seen.step("generate").fraction <= 1
    studio.cancel(run_id)
    run = studio.wait(run_id, 120)
    assert run.state is RunState.CANCELLED
    assert run.step("lyrics").state is StepState.DONE
    assert run.step("generate").state is StepState.CANCELLED


def test_the_queue_tells_its_length_and_refuses_more_than_it_can_hold(open_studio):
    studio = open_studio(HouseEngines(pace_s=600))
    first = studio.start(PROMPT, RunSettings(), "me")
    second = studio.start(PROMPT.model_copy(update={"seed": 2}), RunSettings(), "me")
    deadline = time.monotonic() + 120
    while studio.run(first).state is not RunState.RUNNING and time.monotonic() < deadline:
        time.sleep(0.02)
    assert (studio.run(second).state, studio.run(second).queue_position) == (RunState.QUEUED, 1)
    with pytest.raises(BusyError):
        for seed in range(10):
            studio.start(PROMPT.model_copy(update={"seed": 10 + seed}), RunSettings(), "me")
    for run_id in (first, second):
        studio.cancel(run_id)


def test_a_song_without_anything_to_make_it_from_is_refused(open_studio):
    with pytest.raises(InputError) as refused:
        open_studio().start(SongRequest(prompt="  "), RunSettings(), "me")
    assert refused.value.remedy


def test_an_upload_goes_from_assemble_to_export_whatever_is_wrong_with_it(open_studio, finish, tmp_path):
    studio = open_studio()
    stems = {}
    for number, name in enumerate(("Lead Vox.wav", "kit.wav")):
        write(tmp_path / name, Audio(np.roll(band().samples, 999 * number, axis=0) + 0.08, 44_100))
        stems[name] = tmp_path / name
    upload = studio.upload(stems)
    assert set(upload.sounds) == {"lead vox", "kit"}
    run = finish(studio, SongRequest(upload=upload))
    assert run.state is RunState.DONE, (run.blame, [f for s in run.steps for f in s.findings][:1])
    generate = run.step("generate")
    assert any(f.check == "dc_offset" and f.severity is Severity.WARN for f in generate.findings)
    assert {a.name for a in run.step("separate").artifacts} == {"lead vox", "kit"}


SIDE_FILE = b"\0\x05\x16\x07\0\x02\0\0Mac OS X        " + bytes(4000)


def test_what_macos_keeps_beside_a_file_is_left_out_and_reported(open_studio, tmp_path):
    studio = open_studio()
    files = {name: tmp_path / name for name in ("vocals.wav", "drums.wav", "._vocals.wav", "._drums.wav")}
    for number, (name, path) in enumerate(files.items()):
        if name.startswith("."):
            path.write_bytes(SIDE_FILE)
        else:
            write(path, Audio(np.roll(band().samples, 999 * number, axis=0), 44_100))
    upload = studio.upload(files)
    assert set(upload.sounds) == {"vocals", "drums"}
    assert set(upload.names.values()) == set(files)
    assert set(SongRequest(upload=upload).uploaded_names) == {"vocals.wav", "drums.wav"}
    one = studio.upload({name: files[name] for name in ("vocals.wav", "._vocals.wav")})
    assert set(one.sounds) == {"song"}


def test_a_side_file_alone_is_named_as_what_it_is(open_studio, tmp_path):
    path = tmp_path / "._vocals.wav"
    path.write_bytes(SIDE_FILE)
    with pytest.raises(InputError, match="macOS keeps beside"):
        open_studio().upload({path.name: path})


def test_a_text_file_named_wav_is_refused_in_one_sentence(open_studio, tmp_path):
    path = tmp_path / "song.wav"
    path.write_text("this is not sound")
    with pytest.raises(InputError) as refused:
        open_studio().upload({"song.wav": path})
    assert refused.value.message.endswith(".") and refused.value.remedy


def test_hosted_visitors_see_only_their_own_songs(open_studio, finish):
    studio = open_studio(hosted=True)
    run = finish(studio, owner="ann")
    assert [r.id for r in studio.runs("ann")] == [run.id]
    assert studio.runs("bob") == ()
    assert len(run.id) >= 20


def test_local_mode_lists_every_song(open_studio, finish):
    studio = open_studio()
    run = finish(studio, owner="command-line")
    assert [r.id for r in studio.runs("browser")] == [run.id]


def test_deleting_a_song_frees_its_sounds_but_not_those_of_others(open_studio, finish):
    studio = open_studio()
    kept = finish(studio)
    gone = finish(studio, PROMPT.model_copy(update={"seed": 7}))
    studio.delete(gone.id)
    with pytest.raises(NotFoundError):
        studio.run(gone.id)
    with pytest.raises(NotFoundError):
        studio.audio(gone.step("generate").main.key)
    assert studio.audio(kept.step("master").main.key).frames > 0


def test_a_song_survives_the_studio_that_made_it(open_studio, finish):
    first = finish(open_studio())
    reopened = open_studio()
    again = reopened.run(first.id)
    assert again.state is RunState.DONE
    assert again.step("master").main.measurement == first.step("master").main.measurement
    assert reopened.picture(again.step("master").main.key).low.size


def test_a_run_that_was_at_work_when_its_studio_died_is_interrupted(open_studio):
    studio = open_studio(HouseEngines(pace_s=600))
    run_id = studio.start(PROMPT, RunSettings(), "me")
    later = open_studio()
    assert later.run(run_id).state.live
    studio._presence.close()
    assert later.run(run_id).state is RunState.INTERRUPTED
    assert later.runs("me")[0].state is RunState.INTERRUPTED
    studio.cancel(run_id)


def test_a_visitor_who_left_ends_the_hosted_job(open_studio, monkeypatch):
    monkeypatch.setattr("core.runs.work.VIEWER_GONE_AFTER_S", 0.2)
    studio = open_studio(HouseEngines(pace_s=600), hosted=True)
    run_id = studio.start(PROMPT, RunSettings(), "me")
    assert studio.wait(run_id, 120).state is RunState.CANCELLED


def test_a_looked_at_file_has_readings_findings_and_no_run(open_studio, tmp_path):
    write(tmp_path / "x.wav", band())
    studio = open_studio()
    seen, key = studio.look(tmp_path / "x.wav", "x.wav")
    assert seen.measurement.integrated_lufs is not None and seen.picture.low.size and seen.findings
    assert studio.audio(key).frames == band().frames
    assert studio.runs("me") == ()


@pytest.mark.parametrize(
    ("said", "reachable", "hosted"),
    [(None, False, False), (None, True, True), ("1", False, True), ("0", True, False)],
)
def test_a_server_that_others_can_reach_is_hosted_unless_it_is_said(
    said, reachable, hosted, home, monkeypatch
):
    if said is not None:
        monkeypatch.setenv("GAINSTAGE_HOSTED", said)
    studio = Studio.open(reachable_by_others=reachable)
    assert studio.hosted is hosted
    assert home.is_dir()
    studio.close()


def test_the_command_line_of_a_hosted_machine_is_its_operators(home, monkeypatch):
    monkeypatch.setenv("GAINSTAGE_HOSTED", "1")
    studio = Studio.open(by_operator=True)
    assert studio.hosted is False
    studio.close()


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE runs SET request=json_set(request,'$.of_another_version',1) WHERE id='old'",
        "UPDATE runs SET request=replace(request,'{','[') WHERE id='old'",
        "UPDATE runs SET state='another' WHERE id='old'",
        "CREATE TABLE later (held BLOB); INSERT INTO later SELECT CAST(request AS BLOB) FROM runs; "
        "DELETE FROM runs WHERE id='old'",
    ],
)
def test_sounds_that_any_row_names_outlive_the_deletion_of_another_song(open_studio, harm):
    studio = open_studio()
    key, _ = studio.keep(band())
    upload = Upload(sounds={"song": key}, names={"song": "a.wav"})
    studio._index.add("old", "me", SongRequest(upload=upload), RunSettings(), 0)
    studio._index.add("other", "me", SongRequest(upload=upload), RunSettings(), 0)
    for name in ("old", "other"):
        studio._index.set_state(name, RunState.DONE, 0)
    database = sqlite3.connect(studio.home / "index.sqlite")
    database.executescript(harm)
    database.close()
    studio.delete("other")
    assert studio.audio(key).frames


def test_a_sound_uploaded_but_not_used_yet_outlives_the_deletion_of_a_song(open_studio):
    studio = open_studio()
    key, _ = studio.keep(band())
    studio._index.add("other", "me", SongRequest(prompt="x"), RunSettings(), 0)
    studio._index.set_state("other", RunState.DONE, 0)
    studio.delete("other")
    assert studio.audio(key).frames
