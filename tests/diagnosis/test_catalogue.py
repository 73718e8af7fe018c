"""Every known failure is told from its raw words, and from every other."""

from __future__ import annotations

import re
import time

import pytest

from core.diagnosis import Scenario, diagnose
from core.diagnosis.catalogue import CATALOGUE
from core.diagnosis.recognise import SHOWN, claimants
from core.diagnosis.text import parts_of
from core.errors import EngineDiedError, EngineError, ErrorReport
from tests.diagnosis.messages import RAW, UNKNOWN, traceback_of

CASES = [(name, text) for name, texts in RAW.items() for text in texts]
IDS = [f"{name}-{text.strip().splitlines()[-1][:40]}" for name, text in CASES]


@pytest.mark.parametrize(("name", "text"), CASES, ids=IDS)
def test_a_raw_message_is_claimed_by_its_entry_and_no_other(name, text):
    assert claimants(text) == (name,)
    found = diagnose(text)
    assert found is not None and found.name == name
    assert found.causes and found.remedy.endswith((".", ")")) and found.sentence.endswith(".")


@pytest.mark.parametrize(("name", "text"), CASES, ids=IDS)
def test_the_evidence_is_a_line_of_what_was_said(name, text):
    told = diagnose(text).evidence[0].removeprefix("… ").removesuffix(" …")
    assert told and told in text
    assert len(told) <= SHOWN


def test_every_entry_has_a_message_of_its_own():
    names = [entry.name for entry in CATALOGUE]
    assert len(names) == len(set(names))
    assert set(names) == set(RAW)


def test_the_four_scenarios_of_the_first_studio_have_entries():
    four = {Scenario.NO_GPU, Scenario.NOT_LOADED, Scenario.SILENT, Scenario.REFUSED}
    assert four <= {entry.scenario for entry in CATALOGUE}


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_groups_that_are_told_are_in_every_sign(entry):
    wanted = set(re.findall(r"\{(\w+)\}", entry.sentence + entry.remedy))
    for sign in entry.signs:
        assert wanted <= set(re.compile(sign).groupindex), sign


def alternatives(sign):
    """Cut a sign at the strokes that are in no group or class."""
    depth, start, found = 0, 0, []
    tokens = re.finditer(r"\\.|\[(?:\\.|[^\]\\])*\]|[(|)]", sign)
    for token in tokens:
        depth += {"(": 1, ")": -1}.get(token[0], 0)
        if token[0] == "|" and depth == 0:
            found.append(sign[start : token.start()])
            start = token.end()
    return [*found, sign[start:]]


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.name)
def test_every_sign_was_seen_in_a_real_message(entry):
    seen = [part for texts in RAW.values() for text in texts for part in told_in(text)]
    for sign in entry.signs:
        for each in alternatives(sign):
            assert any(re.search(each, part, re.IGNORECASE) for part in seen), each


def told_in(text):
    parts = parts_of(text)
    return parts.last, parts.earlier, parts.warned


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_known_stays_unknown(text):
    assert diagnose(text) is None
    assert claimants(text) == ()


# Which of several failures is meant


def test_the_last_error_counts_before_the_one_it_was_met_in():
    text = (
        traceback_of("ModuleNotFoundError: No module named 'flash_attn'")
        + "\nDuring handling of the above exception, another exception occurred:\n\n"
        + traceback_of("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.")
    )
    assert diagnose(text).name == "cuda_out_of_memory"


def test_a_vague_last_error_gives_way_to_the_exact_one_behind_it():
    text = (
        traceback_of(RAW["gated_repository"][0].splitlines()[-1])
        + "\nThe above exception was the direct cause of the following exception:\n\n"
        + traceback_of(RAW["cannot_load"][0])
    )
    assert diagnose(text).name == "gated_repository"


def test_a_warning_does_not_hide_how_the_process_ended():
    warned = (
        "torch/cuda/__init__.py:182: UserWarning: CUDA initialization: Found no NVIDIA driver on your system."
    )
    died = EngineDiedError(
        "Spleeter ended in the middle of its work (signal SIGSEGV).", remedy="x", detail=warned
    )
    assert diagnose(died).name == "crashed"
    assert diagnose(warned).name == "driver_missing"


def test_a_crash_whose_log_says_why_is_told_by_its_log():
    log = "terminate called after throwing an instance of 'c10::Error'\n  what():  No CUDA GPUs are available"
    died = EngineDiedError("Demucs ended in the middle of its work (signal SIGABRT).", remedy="x", detail=log)
    assert diagnose(died).name == "no_gpu_visible"


def test_source_lines_of_a_traceback_say_nothing():
    text = traceback_of("KeyError: 'x'", 'raise OSError("[Errno 28] No space left on device")')
    assert diagnose(text) is None


def test_exceptions_reports_and_text_are_all_read():
    report = ErrorReport(kind="engine", message="It failed.", remedy="", detail="MemoryError")
    assert diagnose(report).name == "out_of_memory"
    assert diagnose(PermissionError(13, "Permission denied", "/x")).name == "permission_denied"
    assert diagnose(EngineError("CUDA out of memory", remedy="x")).name == "cuda_out_of_memory"


def test_colours_and_the_frames_that_rich_draws_are_seen_through():
    drawn = "╭── Traceback ──╮\n│ \x1b[31mHIP error: invalid device function\x1b[0m │\n╰───╯"
    assert diagnose(drawn).name == "amd_card_not_supported"


def test_a_name_in_the_message_is_told():
    found = diagnose("ModuleNotFoundError: No module named 'diffusers.pipelines'")
    assert "diffusers.pipelines" in found.sentence and "diffusers.pipelines" in found.remedy


def test_braces_in_a_message_do_no_harm():
    found = diagnose("ModuleNotFoundError: No module named 'x' {0} {package}")
    assert found.sentence == "The Python package x is missing."


@pytest.mark.parametrize(
    "text",
    ["audio is latents are output has " * 6000, "Permission denied" * 10_000, "a" * 400_000, "\n" * 300_000],
    ids=["near misses", "one long line", "no words", "empty lines"],
)
def test_any_text_is_read_in_bounded_time(text):
    """Not a race: a pattern that runs away would take minutes."""
    began = time.monotonic()
    diagnose(text)
    assert time.monotonic() - began < 60
