"""Titles and tags that people give their songs."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import InputError, StorageError
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.ui.labels import LONGEST_TITLE, Label, labels, put_label, rename, title_of
from tests.ui.fake_studio import FakeStudio


def test_a_label_is_there_again_and_others_stay(tmp_path: Path) -> None:
    put_label(tmp_path, "a", "  My\n song ", "Demo, rough mix,demo,")
    put_label(tmp_path, "b", "", "live")
    assert labels(tmp_path) == {"a": Label("My song", ("demo", "rough mix")), "b": Label("", ("live",))}
    rename(tmp_path, "a", "x" * 500)
    assert labels(tmp_path)["a"] == Label("x" * LONGEST_TITLE, ("demo", "rough mix"))
    put_label(tmp_path, "a", " ", "")
    assert set(labels(tmp_path)) == {"b"}


def test_a_song_without_a_title_of_its_own_keeps_the_one_it_came_with(fake: FakeStudio) -> None:
    run = fake.run(fake.start(SongRequest(prompt="waltz", duration_s=4), RunSettings(), "me"))
    assert title_of(fake.home, run) == "The Sea at Night"
    rename(fake.home, run.id, "Mine")
    assert title_of(fake.home, run) == "Mine"
    rename(fake.home, run.id, "")
    assert title_of(fake.home, run) == "The Sea at Night"


def test_too_many_tags_are_one_sentence_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="9 tags"):
        put_label(tmp_path, "a", "", ",".join("abcdefghi"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", ["{", "[]", '{"a": 3}', '{"a": {"title": "x"}}', "\x00"])
def test_a_damaged_file_is_told_and_never_overwritten(tmp_path: Path, content: str) -> None:
    (tmp_path / "labels.json").write_text(content)
    with pytest.raises(StorageError, match="damaged"):
        rename(tmp_path, "a", "x")
    assert (tmp_path / "labels.json").read_text() == content
