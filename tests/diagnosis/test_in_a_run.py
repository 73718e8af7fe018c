"""A run's record, its log line and its JSON carry the diagnosis of what stopped it."""

from __future__ import annotations

import errno
import json
import logging

import pytest

from core.cli.song import song_object
from core.engines.executors.door import failure
from core.runs.record import StepState
from tests.diagnosis.messages import RAW
from tests.diagnosis.test_provoked import CARD
from tests.fakes import HouseEngines, raising


def from_the_child(text, kind="engine", remedy="", message=None):
    """The error that the host makes of what a child tells."""
    last = text.strip().splitlines()[-1] if message is None else message
    return failure(CARD, {"kind": kind, "message": last, "causes": [], "remedy": remedy, "detail": text})


def stopped(open_studio, finish, error):
    return finish(open_studio(HouseEngines(harm={"composer": raising(error)}))).step("generate")


def test_the_record_has_cause_and_remedy_first_and_what_shows_it(open_studio, finish):
    step = stopped(open_studio, finish, from_the_child(RAW["card_not_supported"][0]))
    assert step.state is StepState.ERROR
    assert step.error.diagnosis == "card_not_supported"
    assert (
        step.error.message
        == "Fragile engine failed: the installed torch holds no code for this graphics card."
    )
    assert "newer" in step.error.causes[0] and "Install a torch" in step.error.remedy
    assert "no kernel image" in step.error.evidence[0]
    assert any("torch is" in line for line in step.error.evidence[1:])
    assert "Traceback" in step.error.detail


def test_the_log_and_the_json_show_it(open_studio, finish, caplog):
    studio = open_studio(
        HouseEngines(harm={"composer": raising(from_the_child(RAW["truncated_weights"][0]))})
    )
    with caplog.at_level(logging.ERROR, "gainstage.stage"):
        run = finish(studio)
    line = next(r.getMessage() for r in caplog.records if "stage=generate" in r.getMessage())
    assert "error=engine diagnosis=truncated_weights evidence=" in line and "remedy=" in line
    told = song_object(studio, run)["stages"][1]["error"]
    assert json.loads(json.dumps(told))["diagnosis"] == "truncated_weights"
    assert told["evidence"] and told["causes"] and told["remedy"]


def test_an_engines_own_explanation_of_its_files_is_kept_and_named(open_studio, finish):
    error = from_the_child(
        RAW["truncated_weights"][0], remedy="Download it again.", message="The weights of X cannot be read."
    )
    step = stopped(open_studio, finish, error)
    assert (step.error.message, step.error.remedy) == (
        "The weights of X cannot be read.",
        "Download it again.",
    )
    assert step.error.diagnosis == "truncated_weights" and step.error.evidence


@pytest.mark.parametrize("name", ["tokenizer_library", "disk_full", "card_not_supported", "no_gpu_visible"])
def test_what_the_machine_lacks_comes_before_an_engines_guess_at_its_files(name):
    error = from_the_child(
        RAW[name][0], remedy="Download the model again.", message="The tokenizer of X cannot be read."
    )
    assert error.diagnosis == name
    assert error.message.startswith("The tokenizer of X cannot be read. ")
    assert error.remedy != "Download the model again."


def test_an_engine_that_says_itself_that_memory_ran_out_is_believed():
    error = from_the_child(
        RAW["cuda_out_of_memory"][0],
        "engine_memory",
        "Make it shorter.",
        "It ran out while it made 60 s of sound.",
    )
    assert (error.message, error.remedy) == ("It ran out while it made 60 s of sound.", "Make it shorter.")
    assert error.diagnosis == "cuda_out_of_memory"


def test_a_full_disk_under_the_studio_itself_is_no_bug_of_ours(open_studio, finish):
    step = stopped(open_studio, finish, OSError(errno.ENOSPC, "No space left on device", "/x/in-0.npy"))
    assert (step.error.kind, step.error.diagnosis) == ("storage", "disk_full")
    assert "The disk is full." in step.error.message
    assert any("GB free" in line for line in step.error.evidence)


def test_memory_that_runs_out_in_the_studio_is_told_as_that(open_studio, finish):
    step = stopped(open_studio, finish, MemoryError())
    assert (step.error.kind, step.error.diagnosis) == ("memory", "out_of_memory")


@pytest.mark.parametrize("error", [ZeroDivisionError("oops"), KeyError("Permission denied"), OSError("odd")])
def test_a_bug_of_ours_stays_one(open_studio, finish, error):
    step = stopped(open_studio, finish, error)
    assert (step.error.kind, step.error.diagnosis) == ("internal", "")
