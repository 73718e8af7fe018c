"""The operator's page: for whoever holds the key alone, and without a word of anybody's song."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.song import SongRequest
from core.ui import operator_view
from tests.runs.small_chain import small  # noqa: F401

KEY = "open sesame"


def page_of():
    """Draw the page."""
    from core.ui import operator_view

    operator_view.operator_page()


@pytest.fixture
def drawn(open_studio, finish, small, monkeypatch):  # noqa: F811
    monkeypatch.setenv(operator_view.VARIABLE, KEY)
    studio = open_studio(hosted=True)
    finish(studio, SongRequest(prompt="a secret tune"), owner="0123456789abcdef")

    def broken(work):
        raise OSError(28, "No space left on device")

    small["master"]._do = broken
    finish(studio, SongRequest(prompt="another secret"), owner="0123456789abcdef")
    monkeypatch.setattr("core.ui.session.studio", lambda: studio)
    test = AppTest.from_function(page_of, default_timeout=60)
    return test.run(), studio


def words(test):
    tables = " ".join(str(table.value.to_dict()) for table in test.table)
    return tables + " ".join(one.value for one in (*test.caption, *test.error, *test.metric))


def opened(test):
    test.text_input(key="operator_key").set_value(KEY)
    test.button(key="operator_open").click().run()
    assert not test.exception
    return test


def test_without_the_key_nothing_is_shown(drawn):
    test, _ = drawn
    assert not test.table
    test.text_input(key="operator_key").set_value("guess")
    test.button(key="operator_open").click().run()
    assert "That is not the key." in words(test)
    assert not test.table


def test_with_the_key_it_shows_failures_disk_and_queue_and_no_song(drawn):
    test, studio = drawn
    shown = words(opened(test))
    assert "Master stopped." in shown and "01234567" in shown
    assert "secret" not in shown
    assert not any(run.id in shown for run in studio.runs("0123456789abcdef"))


def test_cleaning_up_is_a_press(drawn):
    test, studio = drawn
    half = studio.home / "artifacts" / "aa"
    half.mkdir(exist_ok=True)
    (half / ".x.npy").write_bytes(b"x")
    import os

    os.utime(half / ".x.npy", (1, 1))
    opened(test).button(key="operator_clean").click().run()
    assert not test.exception
    assert not (half / ".x.npy").exists()


def test_without_the_variable_there_is_no_page(monkeypatch):
    monkeypatch.delenv(operator_view.VARIABLE, raising=False)
    assert not operator_view.asked_for()
