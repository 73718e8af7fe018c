"""Marks of values that differ from the last render or the default."""

from __future__ import annotations

from core.ui.marks import Beside
from tests.ui.form_models import Band, Settings, Size

RENDERED = Settings(target_lufs=-12.5, size=Size.LARGE, seed=3)
BESIDE = Beside(RENDERED, Settings())


def test_a_value_that_is_the_rendered_one_and_the_default_has_no_mark() -> None:
    assert BESIDE.mark("clips", 1) == ""
    assert BESIDE.mark("also", [Size.SMALL, Size.LARGE]) == ""
    assert Beside().mark("clips", 7) == ""


def test_what_was_rendered_and_the_default_stand_behind_a_value_that_differs() -> None:
    assert BESIDE.mark("target_lufs", -9.0) == " :small[(:blue[was −12.5], default −14)]"
    assert BESIDE.mark("target_lufs", -14.0) == " :small[(:blue[was −12.5])]"
    assert BESIDE.mark("target_lufs", -12.5) == " :small[(default −14)]"
    assert BESIDE.mark("size", Size.SMALL) == " :small[(:blue[was Large])]"
    assert BESIDE.mark("seed", None) == " :small[(:blue[was 3])]"
    assert BESIDE.mark("also", []) == " :small[(:blue[was Large, Small], default Large, Small)]"


def test_a_text_in_a_mark_is_no_markup_and_short() -> None:
    mark = Beside(Settings(name="*a*"), None).mark("name", "b")
    assert r"\*a\*" in mark
    assert len(Beside(Settings.model_construct(name="n" * 99)).mark("name", "")) < 60


def test_a_model_inside_is_marked_against_the_one_inside() -> None:
    inner = Beside(Settings(room=Band(gain_db=2)), Settings()).within("room")
    assert inner.mark("gain_db", 2.0) == " :small[(default 0)]"
    assert Beside(None, Settings()).within("seed") == Beside()
