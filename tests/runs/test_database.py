"""An index that is damaged, moved or gone: rebuilt from the copies of its runs, or the loss is told."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from core.errors import StorageError
from core.machine.home import DAMAGED_INDEX
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from tests.runs.small_chain import small  # noqa: F401

pytestmark = pytest.mark.usefixtures("small")


def damage(home, how):
    path = home / "index.sqlite"
    content = bytearray(path.read_bytes())
    if how == "head":
        content[:100] = b"x" * 100
    elif how == "cut":
        del content[len(content) // 2 :]
    else:
        content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(bytes(content))


@pytest.fixture
def finished(open_studio, finish):
    """A closed studio's home with a song whose master was changed once and undone."""
    studio = open_studio()
    run = finish(studio)
    studio.change(run.id, RunSettings().with_values({"master.ceiling_dbtp": "-3"}))
    studio.wait(run.id)
    studio.undo(run.id)
    run = studio.wait(run.id)
    studio.keep_song(run.id)
    studio._index.save(run.id)
    studio.close()
    return studio.home, run


@pytest.mark.parametrize("how", ["head", "cut", "pages"])
def test_a_damaged_index_is_set_aside_and_rebuilt_with_every_song(open_studio, finished, small, how):  # noqa: F811
    home, run = finished
    damage(home, how)
    studio = open_studio()
    studio.housekeeping.settle()
    assert "rebuilt, with 1 of 1 songs" in studio._index.database.notice
    assert [path.name for path in home.glob(f"{DAMAGED_INDEX}*.sqlite")]
    again = studio.run(run.id)
    assert again == run
    assert studio._index.kept() == {run.id}
    studio.redo(run.id)
    redone = studio.wait(run.id)
    assert (redone.state, redone.settings.master.ceiling_dbtp) == (RunState.DONE, -3)
    assert small["generate"].runs == 1  # its result came back, too


def test_an_index_damaged_under_an_open_studio_is_rebuilt_with_one_sentence(open_studio, finished):
    home, run = finished
    studio = open_studio()
    damage(home, "pages")
    with pytest.raises(StorageError, match="rebuilt, with 1 of 1 songs"):
        studio._index.database._db.execute("PRAGMA shrink_memory")
        studio.run(run.id)
        studio._index.set_state(run.id, RunState.DONE, 0)
    assert studio.run(run.id).steps == run.steps


def test_a_copy_that_is_damaged_itself_is_left_and_counted(open_studio, finished):
    home, _ = finished
    (copy,) = (home / "runs").glob("*.json")
    copy.write_text(copy.read_text().replace("calm", "loud"))
    damage(home, "head")
    studio = open_studio()
    assert "with 0 of 1 songs" in studio._index.database.notice
    assert copy.exists()


def test_a_deleted_song_leaves_no_copy(open_studio, finished):
    home, run = finished
    studio = open_studio()
    studio.delete(run.id)
    assert not list((home / "runs").glob("*.json"))


def test_runs_of_an_earlier_version_get_their_copies(open_studio, finished):
    home, run = finished
    shutil.rmtree(home / "runs")
    studio = open_studio()
    studio.housekeeping.settle()
    assert studio._index.database.files.has(run.id)


def test_a_home_that_vanishes_is_told_and_goes_on_when_it_is_back(open_studio, finished, finish):
    home, run = finished
    studio = open_studio()
    home.rename(home.with_name("elsewhere"))
    with pytest.raises(StorageError, match="is gone"):
        studio.run(run.id)
    with pytest.raises(StorageError, match="is gone"):
        finish(studio)
    assert not home.exists()
    home.with_name("elsewhere").rename(home)
    assert studio.run(run.id) == run
    assert finish(studio).state is RunState.DONE


def test_an_index_that_was_deleted_comes_back_from_the_copies(open_studio, finished):
    home, run = finished
    studio = open_studio()
    for path in home.glob("index.sqlite*"):
        path.unlink()
    assert studio.run(run.id) == run


def test_a_closed_index_is_not_opened_again(open_studio, finished):
    home, _ = finished
    studio = open_studio()
    studio.close()
    for path in home.glob("index.sqlite*"):
        path.unlink()
    with pytest.raises(StorageError):
        studio.runs("me")
    assert not (home / "index.sqlite").exists()


def test_what_is_no_damage_keeps_the_index(open_studio, finished):
    home, _ = finished
    studio = open_studio()
    with (
        pytest.raises(StorageError, match="cannot be read or written"),
        studio._index.database.writing() as db,
    ):
        db.execute("INSERT INTO runs VALUES (1)")
    assert studio._index.database.notice == ""
    assert sqlite3.connect(home / "index.sqlite").execute("SELECT count(*) FROM runs").fetchone() == (1,)


@pytest.mark.parametrize("how", ["empty", "gone"])
def test_an_index_that_is_empty_or_gone_at_the_start_is_rebuilt_with_every_song(open_studio, finished, how):
    """As after a power cut, or a backup that left it out: else the sounds would be swept a day later."""
    home, run = finished
    for path in home.glob("index.sqlite*"):
        path.unlink()
    if how == "empty":
        (home / "index.sqlite").write_bytes(b"")
    studio = open_studio()
    assert "rebuilt, with 1 of 1 songs" in studio._index.database.notice
    assert studio.run(run.id) == run


def test_a_new_home_has_no_notice(open_studio):
    assert open_studio()._index.database.notice == ""


def test_hostile_copies_of_runs_are_left_out_and_the_rest_come_back(open_studio, finished):
    home, run = finished
    (home / "runs" / "deep.json").write_text("[" * 100_000)
    (home / "runs" / "odd.json").write_text('{"rows":{"runs":[{"id":1,"x); DROP":2}]},"results":[]}')
    (home / "runs" / "bytes.json").write_bytes(b"\xff\xfe")
    (home / "runs" / "folder.json").mkdir()
    damage(home, "head")
    studio = open_studio()
    assert "with 1 of 5 songs" in studio._index.database.notice
    assert studio.run(run.id) == run


def test_a_file_where_a_folder_is_to_be_is_one_sentence(open_studio, finished):
    home, run = finished
    studio = open_studio()
    shutil.rmtree(home / "runs")
    (home / "runs").write_text("a file")
    with studio._index.database.reading() as db, pytest.raises(StorageError, match="cannot be written"):
        studio._index.database.files.save(db, run.id)


def test_an_index_that_another_program_holds_is_named_as_that(open_studio, finished):
    home, run = finished
    studio = open_studio()
    with studio._index.database.reading() as db:
        db.execute("PRAGMA busy_timeout=50")
    holder = sqlite3.connect(home / "index.sqlite", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="Another program holds the index"):
        studio.keep_song(run.id)
    holder.close()
    studio.keep_song(run.id)
