"""The doctor's page: the machine, and a box for an error from anywhere."""

from __future__ import annotations

import pytest

from core.ui.doctor_view import PASTED, without_paths
from tests.diagnosis.messages import RAW
from tests.ui.conftest import markup


def explain(site, text):
    test = site("doctor")
    test.text_area(key=PASTED).set_value(text)
    next(button for button in test.button if button.label == "Explain").click().run()
    assert not test.exception
    return markup(test)


def test_a_pasted_error_is_explained(site):
    html = explain(site, RAW["card_not_supported"][0])
    assert "holds no code for this graphics card" in html
    assert "What to do: Install a torch built for the card" in html
    assert "What shows it:" in html and "no kernel image is available" in html


def test_an_unknown_error_says_so_and_shows_its_words(site):
    html = explain(site, "RuntimeError: the moon is full")
    assert "does not know this error" in html and "the moon is full" in html


def test_what_is_pasted_is_never_markup(site):
    html = explain(site, "ModuleNotFoundError: No module named 'x' <img src=x onerror=alert(1)>")
    assert "The Python package x is missing." in html
    assert "<img" not in html


def test_nothing_pasted_is_asked_for(site):
    assert "Paste the error first." in explain(site, "  ")


def test_the_machine_is_shown_below(site):
    html = markup(site("doctor"))
    assert "Python 3." in html and "graphics processor" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("5 GB are free in /srv/me/home/x.", "5 GB are free in the studio's home/x."),
        ("41 GB are free in /tmp.", "41 GB are free in a folder of the server."),
        ("/opt/v/bin/python: Python 3.11.", "a folder of the server: Python 3.11."),
        (
            "see https://pytorch.org/get-started and WAV/FLAC",
            "see https://pytorch.org/get-started and WAV/FLAC",
        ),
    ],
)
def test_a_visitor_sees_no_path_of_the_server(text, shown):
    assert without_paths(text, "/srv/me/home") == shown
