"""``inspect`` over many files: a stream in order, on several cores, with flat memory."""

from __future__ import annotations

import gc
import importlib
import json
import threading
import weakref

import numpy as np
import pytest

from core import audio as audio_module
from core.audio import Audio, write
from core.cli import inspect_files
from core.cli.inspect_files import MOST_AT_ONCE, looks
from core.cli.main import main
from core.errors import AudioFileError
from tests.meter.signals import noise

RATE = 8_000
inspect_module = importlib.import_module("core.inspect")


@pytest.fixture
def album(tmp_path):
    paths = []
    for number in range(9):
        path = tmp_path / f"track {number}.wav"
        write(path, noise(RATE, 1.0, seed=number, channels=2))
        paths.append(str(path))
    return paths


def test_no_more_files_are_in_memory_than_are_looked_at_at_once(album, monkeypatch):
    alive: weakref.WeakSet[Audio] = weakref.WeakSet()
    most, lock = [0], threading.Lock()
    real = inspect_module.reading_of

    def reading(path):
        found = real(path)
        with lock:
            alive.add(found.audio)
            most[0] = max(most[0], len(alive))
        return found

    monkeypatch.setattr(inspect_module, "reading_of", reading)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    gc.disable()  # what a cycle holds would not be let go at once
    try:
        held = list(looks(album))
    finally:
        gc.enable()
    assert [look.path for look in held] == album
    assert 1 <= most[0] <= 2
    assert not alive


def test_many_cores_do_not_mean_as_many_files(album, monkeypatch):
    at_work, most, lock = [0], [0], threading.Lock()
    real = inspect_files._one

    def counting(path):
        with lock:
            at_work[0] += 1
            most[0] = max(most[0], at_work[0])
        try:
            return real(path)
        finally:
            with lock:
                at_work[0] -= 1

    monkeypatch.setattr(inspect_files, "_one", counting)
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    list(looks(album))
    assert most[0] <= MOST_AT_ONCE


def test_two_files_are_looked_at_side_by_side(album, monkeypatch):
    both = threading.Barrier(2, timeout=30)
    real = inspect_files._one

    def meeting(path):
        both.wait()
        return real(path)

    monkeypatch.setattr(inspect_files, "_one", meeting)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert len(list(looks(album[:8]))) == 8


def test_a_file_is_told_before_the_last_is_read(album, monkeypatch):
    first_was_told = threading.Event()
    real = inspect_files._one

    def waiting(path):
        if path == album[-1]:
            assert first_was_told.wait(30)
        return real(path)

    monkeypatch.setattr(inspect_files, "_one", waiting)
    found = looks(album)
    assert next(found).path == album[0]
    first_was_told.set()
    assert [look.path for look in found] == album[1:]


def test_an_unreadable_file_among_several_is_told_at_its_place_and_the_others_are_judged(album, capsys):
    with open(album[1], "wb") as file:
        file.write(b"no sound")
    assert main(["inspect", *album[:3], "--json"]) == 2
    files = json.loads(capsys.readouterr().out)["files"]
    assert [one["file"] for one in files] == album[:3]
    assert [("error" in one, "verdict" in one) for one in files] == [
        (False, True),
        (True, False),
        (False, True),
    ]
    assert files[1]["error"]["remedy"]
    assert main(["inspect", *album[:3]]) == 2
    printed = capsys.readouterr()
    assert album[0] in printed.out and album[2] in printed.out
    assert album[1] in printed.err and "remedy" in printed.err


def test_one_that_fails_its_checks_and_one_that_cannot_be_read_end_as_input_that_cannot_be_used(
    album, capsys
):
    write(album[0], Audio(np.zeros((RATE, 2), dtype=np.float32), RATE))
    assert main(["inspect", *album[:2]]) == 3
    assert main(["inspect", "none.wav", *album[:2]]) == 2
    assert main(["inspect", *album[:2], "none.wav"]) == 2
    capsys.readouterr()


def test_a_file_alone_raises_what_is_wrong_with_it(album):
    with open(album[0], "wb") as file:
        file.write(b"no sound")
    with pytest.raises(AudioFileError):
        list(looks(album[:1]))
    assert audio_module.read(album[1]).frames == RATE
