"""Songs that were deleted and can be brought back for a while."""

from __future__ import annotations

import pytest

from core.errors import BusyError, StorageError
from core.ui import trash
from tests.ui.fake_studio import FakeStudio
from tests.ui.test_pages import made


def deletions(fake: FakeStudio) -> list[object]:
    return [call[1] for call in fake.calls if call[0] == "delete"]


def test_a_song_is_deleted_for_good_when_its_time_is_over(fake: FakeStudio, monkeypatch) -> None:
    first, second = made(fake), made(fake)
    now = 1_000.0
    monkeypatch.setattr(trash.time, "time", lambda: now)
    trash.put(fake, [first])
    now += trash.UNDO_S - 1
    trash.put(fake, [second])
    trash.empty(fake)
    assert deletions(fake) == [] and set(trash.deleted(fake.home)) == {first, second}
    now += 1
    trash.empty(fake)
    assert deletions(fake) == [first] and set(trash.deleted(fake.home)) == {second}


def test_what_is_brought_back_is_not_deleted_later(fake: FakeStudio, monkeypatch) -> None:
    run = made(fake)
    trash.put(fake, [run])
    trash.restore(fake.home, [run])
    monkeypatch.setattr(trash, "UNDO_S", 0.0)
    trash.empty(fake)
    assert deletions(fake) == []


def test_a_song_at_work_waits_and_one_that_is_gone_is_forgotten(fake: FakeStudio, monkeypatch) -> None:
    run = made(fake)
    trash.put(fake, [run, "gone"])

    def busy(run_id: str) -> None:
        if run_id == run:
            raise BusyError("It is at work.", remedy="Wait.")
        FakeStudio.delete(fake, run_id)

    monkeypatch.setattr(fake, "delete", busy)
    trash.empty(fake, [run, "gone"])
    assert set(trash.deleted(fake.home)) == {run}


def test_deleting_empties_the_trash_later_in_a_thread(tmp_path, monkeypatch) -> None:
    fake = FakeStudio(tmp_path)
    run = made(fake)
    waits: list[float] = []

    class Timer:
        def __init__(self, after_s: float, deed, args) -> None:
            waits.append(after_s)
            self._deed, self._args = deed, args

        def start(self) -> None:
            monkeypatch.setattr(trash, "UNDO_S", 0.0)
            self._deed(*self._args)

    monkeypatch.setattr(trash.threading, "Timer", Timer)
    trash.put(fake, [run])
    assert waits[0] > 60 and deletions(fake) == [run] and trash.deleted(tmp_path) == {}


def test_a_damaged_file_is_reported(tmp_path) -> None:
    (tmp_path / "deleted.json").write_text("[1")
    with pytest.raises(StorageError, match="damaged"):
        trash.deleted(tmp_path)
