"""Forms made from settings models."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from core.ui.keys import hashed


def draw() -> None:
    import streamlit as st

    from core.ui.forms import Entry, FormPlan, settings_form
    from tests.ui.form_models import Settings, Strip

    entry = Entry(lambda stem: Strip(gain_db=-3))
    chosen = settings_form(
        Settings(), FormPlan(key="f", names=("bass", "lead *1*"), entries={"strips": entry})
    )
    st.session_state["chosen"] = None if chosen is None else chosen.model_dump(mode="json")
    st.session_state["same"] = chosen == Settings()


def opened() -> AppTest:
    return AppTest.from_function(draw, default_timeout=300).run()


def test_untouched_controls_say_the_settings_they_were_drawn_from() -> None:
    test = opened()
    assert not test.exception
    assert test.session_state["same"]


def test_each_control_has_its_title_and_unit_and_keeps_to_its_bounds() -> None:
    slider = opened().slider(key="f.target_lufs")
    assert slider.label == "Target (LUFS)"
    assert (slider.min, slider.max, slider.step) == (-30, -6, 0.5)
    assert slider.help == "Where to."


def test_every_kind_of_control_reaches_its_setting() -> None:
    test = opened()
    test.slider(key="f.target_lufs").set_value(-16.0)
    test.slider(key="f.clips").set_value(3)
    test.button_group(key="f.size").set_value("large")
    test.button_group(key="f.also").set_value(["small"])
    test.text_input(key="f.name").set_value("mine")
    test.slider(key="f.room.gain_db").set_value(2.0)
    test.toggle(key=f"f.strips.{hashed('bass')}.mute").set_value(True)
    test.run()
    chosen = test.session_state["chosen"]
    assert chosen["target_lufs"] == -16
    assert chosen["clips"] == 3
    assert chosen["size"] == "large"
    assert chosen["also"] == ["small"]
    assert chosen["name"] == "mine"
    assert chosen["room"] == {"gain_db": 2}
    assert chosen["strips"] == {"bass": {"gain_db": -3, "mute": True, "sizes": ["large", "small"]}}


def test_a_setting_that_may_be_absent_has_a_switch() -> None:
    test = opened()
    assert test.session_state["chosen"]["seed"] is None
    test.toggle(key="f.seed?").set_value(True).run()
    test.number_input(key="f.seed").set_value(7).run()
    assert test.session_state["chosen"]["seed"] == 7


def test_rows_are_added_up_to_the_limit_and_taken_away() -> None:
    test = opened()
    for _ in range(2):
        test.button(key="f.bands+").click().run()
    assert test.button(key="f.bands+").disabled
    test.slider(key="f.bands.1.gain_db").set_value(-4.0).run()
    assert test.session_state["chosen"]["bands"] == [{"gain_db": 0}, {"gain_db": -4}]
    test.button(key="f.bands-").click().run()
    assert test.session_state["chosen"]["bands"] == [{"gain_db": 0}]


def test_what_is_refused_is_a_sentence_and_no_settings() -> None:
    test = opened()
    test.text_input(key="f.name").set_value("much too long").run()
    assert not test.exception
    assert test.session_state["chosen"] is None
    assert "Name has 13 characters; at most 8 are taken." in test.get("html")[0].proto.body


def test_what_does_not_agree_is_a_sentence_too() -> None:
    test = opened()
    test.slider(key="f.target_lufs").set_value(-8.0).run()
    assert "a small one cannot be that loud" in test.get("html")[0].proto.body


def test_a_stems_name_is_shown_as_it_is() -> None:
    assert r"lead \*1\*" in [e.label for e in opened().expander]
