"""An error on a page says each thing once."""

from __future__ import annotations

import pytest

from core.errors import ErrorReport
from core.ui import problem


class Page:
    """Takes what is drawn in place of Streamlit."""

    def __init__(self):
        self.drawn = []

    def html(self, text):
        self.drawn.append(text)

    def code(self, text, **_):
        self.drawn.append(text)

    def expander(self, label):
        self.drawn.append(label)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


@pytest.fixture
def page(monkeypatch):
    drawn = Page()
    monkeypatch.setattr(problem, "st", drawn)
    return drawn


def shown(page, *, evidence=(), detail=""):
    said = {"kind": "input", "message": "200 samples are NaN.", "remedy": "Again."}
    problem.show_error(ErrorReport(**said, evidence=evidence, detail=detail))
    return " ".join(page.drawn)


def test_evidence_that_is_the_message_is_not_said_twice(page):
    text = shown(page, evidence=("200 samples are NaN.",), detail="200 samples are NaN.\n")
    assert text.count("200 samples are NaN.") == 1
    assert "What shows it" not in text
    assert "What the library said" not in text


def test_evidence_and_detail_that_say_more_stay(page):
    text = shown(
        page, evidence=("200 samples are NaN.", "no kernel image"), detail="RuntimeError: no kernel image"
    )
    assert text.count("200 samples are NaN.") == 1
    assert "<li>no kernel image</li>" in text
    assert "RuntimeError" in text


@pytest.mark.parametrize("detail", ["", "  \n"])
def test_no_detail_is_no_empty_box(page, detail):
    assert "What the library said" not in shown(page, detail=detail)
