"""A delivered file is delivered again only while it is the very file that was proved."""

from __future__ import annotations

import os

import pytest

from core.delivery.formats import Format
from core.delivery.reuse import ProvedFiles, file_key
from core.delivery.tags import Tags
from core.runs.pipeline import RunSettings


@pytest.fixture
def proved(tmp_path):
    return ProvedFiles(tmp_path / "proved")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "bass.wav"
    path.write_bytes(b"a sound")
    return path


def test_a_proved_file_is_the_same_file_on_disk(proved, file, tmp_path):
    assert not proved.link("k", tmp_path / "again.wav")
    proved.keep("k", file)
    assert proved.link("k", tmp_path / "again.wav")
    assert (tmp_path / "again.wav").samefile(file)
    assert not proved.link("other", tmp_path / "third.wav")


@pytest.mark.parametrize("content", [b"a sound, and more", b"A SOUND"])
def test_a_file_that_was_changed_is_not_delivered_again(proved, file, tmp_path, content):
    proved.keep("k", file)
    with file.open("r+b") as opened:
        opened.write(content)
    os.utime(file, ns=(1, 1))
    assert not proved.link("k", tmp_path / "again.wav")
    assert not (tmp_path / "again.wav").exists()


def test_bytes_that_the_disk_changed_behind_the_files_time_are_not_delivered_again(proved, file, tmp_path):
    proved.keep("k", file)
    before = file.stat().st_mtime_ns
    with file.open("r+b") as opened:
        opened.write(b"A")
    os.utime(file, ns=(before, before))
    assert not proved.link("k", tmp_path / "again.wav")


def test_a_file_that_no_export_holds_is_swept(proved, file, tmp_path):
    proved.keep("k", file)
    proved.sweep()
    assert proved.link("k", tmp_path / "again.wav")
    file.unlink()
    (tmp_path / "again.wav").unlink()
    proved.sweep()
    assert not proved.link("k", tmp_path / "once more.wav")
    assert not list((tmp_path / "proved").iterdir())


def test_a_disk_without_hard_links_has_everything_written_anew(proved, file, tmp_path, monkeypatch):
    def refused(*_):
        raise PermissionError("Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    proved.keep("k", file)
    assert not proved.link("k", tmp_path / "again.wav")


def test_the_key_holds_sound_format_tags_and_code(monkeypatch):
    def keys():
        return {
            file_key("a", Format.WAV_FLOAT, Tags(title="x")),
            file_key("b", Format.WAV_FLOAT, Tags(title="x")),
            file_key("a", Format.FLAC_24, Tags(title="x")),
            file_key("a", Format.WAV_FLOAT, Tags(title="x", comment="y")),
        }

    now = keys()
    assert len(now) == 4
    monkeypatch.setattr("core.delivery.reuse.code_version", lambda: "later")
    assert not now & keys()


@pytest.fixture
def written(monkeypatch):
    """Names of the files that are really written."""
    from core.stages import export

    names = []

    def counted(audio, path, *rest, **named):
        names.append(path.name)
        return deliver(audio, path, *rest, **named)

    deliver = export.deliver
    monkeypatch.setattr(export, "deliver", counted)
    return names


def test_a_fader_change_writes_the_master_alone_and_delivers_the_same_stems(open_studio, finish, written):
    studio = open_studio()
    run = finish(studio)
    assert len(written) == 5
    del written[:]
    # So loud that the mix is turned down, which is noted in the tags of the master.
    studio.change(run.id, run.settings.with_values({"mix.faders.bass.gain_db": "12"}))
    changed = studio.wait(run.id)
    assert changed.step("mix").notes != run.step("mix").notes
    assert written == ["master.wav"]
    before, after = run.step("export"), changed.step("export")
    assert before.files.keys() == after.files.keys() and before.key != after.key
    for name in before.files:
        same = (studio.home / before.files[name]).samefile(studio.home / after.files[name])
        assert same == name.startswith("stems/")
    assert after.figures["stems_exact"] == before.figures["stems_exact"]


def test_a_stem_that_changed_is_written_and_an_export_made_afresh_writes_all(open_studio, finish, written):
    studio = open_studio()
    run = finish(studio)
    del written[:]
    studio.rerun(run.id, "export")
    assert studio.wait(run.id).step("export").state == "done"
    assert len(written) == 5
    other = finish(studio, run.request.model_copy(update={"seed": 7}), RunSettings())
    assert len(written) == 10 and other.state == "done"


def test_stems_survive_the_deletion_of_the_song_that_wrote_them(open_studio, finish):
    studio = open_studio()
    first = finish(studio)
    second = studio.start(
        first.request.model_copy(update={"prompt": first.request.prompt}),
        first.settings.with_values({"mix.faders.bass.gain_db": "-6"}),
        "me",
    )
    kept = studio.wait(second, 120)
    studio.delete(first.id)
    for place in kept.step("export").files.values():
        assert (studio.home / place).stat().st_size > 1000
