"""A timbre reference on the Generate page: where an engine takes one, uploaded, kept and removed."""

from __future__ import annotations

from core.audio import write
from core.ui.session import DRAFT
from tests import sounds


def page_of(site, engine):
    page = site("generate")
    return next(one for one in page.selectbox if one.label == "Engine").set_value(engine).run()


def uploads(page):
    return [each for each in page.file_uploader if each.label == "Timbre reference"]


def test_it_is_offered_for_the_engine_that_takes_one_alone(site, fake):
    assert uploads(page_of(site, "ace-step")) and not uploads(page_of(site, "composer"))
    assert not uploads(page_of(site, "auto"))


def test_an_uploaded_reference_is_in_the_next_songs_settings_until_it_is_removed(site, fake, tmp_path):
    page = page_of(site, "ace-step")
    write(tmp_path / "like.wav", sounds.band())
    content = (tmp_path / "like.wav").read_bytes()
    uploads(page)[0].set_value([("like.wav", content, "audio/wav")]).run()
    held = page.session_state[DRAFT].generate.timbre
    assert held.name == "like.wav" and fake.audio(held.key).duration_s > 0
    assert any("Reference: like.wav" in text.value for text in page.text)
    next(each for each in page.button if each.label == "Remove").click().run()
    assert page.session_state[DRAFT].generate.timbre is None and not page.exception
