"""A run that a probe recorded, in the studio: panels, blame, comparison; nothing that makes it again."""

from __future__ import annotations

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import core as gainstage
from core.studio import Studio
from core.ui.labels import title_of
from tests.fakes import HouseEngines
from tests.sounds import band
from tests.ui.conftest import ROOT, markup

RATE = 44_100


@pytest.fixture
def studio(home, monkeypatch):
    st.cache_resource.clear()
    home.mkdir(parents=True, exist_ok=True)
    opened = Studio(home, HouseEngines())
    monkeypatch.setattr(Studio, "open", classmethod(lambda cls, **_: opened))
    yield opened
    st.cache_resource.clear()
    opened.close()


@pytest.fixture(params=[False, True], ids=["good", "broken"])
def run_id(request, studio):
    song = band().between(0.0, 3.0)
    with gainstage.probe("nightly <b>") as p:
        p.step("generate", song, prompt="rain")
        p.step("<i>denoise</i>", {"vocals": song.samples, "drums": song.samples * 0.5})
        p.step("master", np.zeros((RATE, 2)) if request.param else song, RATE)
        p.step("lyrics", None)
    return p.run_id


@pytest.mark.parametrize("page", ["", "lyrics", "generate", "mix", "master", "compare", "library"])
def test_every_page_draws_with_a_probed_run(studio, run_id, page):
    test = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=300)
    test.query_params["run"] = run_id
    test.run()
    if page:
        test.switch_page(f"pages/{page}.py").run()
    assert not test.exception
    shown = markup(test)
    assert "made a mistake" not in shown
    assert "<i>denoise" not in shown
    assert not [b for b in test.button if "rerun" in str(b.key) or "continue" in str(b.key)]
    if not page:
        assert "another program" in shown
        assert "denoise" in shown
        assert title_of(studio.home, studio.run(run_id)) == "nightly <b>"
        folded = [b.key for b in test.button if str(b.key).startswith("unfold_")]
        assert folded
        for key in folded:
            assert test.button(key=key).click().run().button(key=key).label == "Close"
        assert not test.exception
