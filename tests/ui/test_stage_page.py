"""A stage's page: what is changed, presets, and what a visitor is told."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.stages.mix import MixSettings
from tests.ui.conftest import markup
from tests.ui.fake_studio import MODEL, FakeStudio
from tests.ui.test_pages import made

Site = Callable[..., AppTest]


def test_changes_are_marked_counted_timed_and_discarded(site: Site, fake: FakeStudio) -> None:
    test = site("mix", made(fake))
    mono = next(t for t in test.toggle if t.key.endswith("mono_check"))
    label = mono.label
    assert "No changes." in markup(test)
    mono.set_value(True).run()
    assert next(t for t in test.toggle if t.key.endswith("mono_check")).label == (
        f"{label} :small[(:blue[was off], default off)]"
    )
    assert "Unsaved changes: 1." in markup(test)
    assert "Re-makes Mix, Master, Export: about 2.4 s." in markup(test)
    test.button(key="discard_changes").click().run()
    assert not next(t for t in test.toggle if t.key.endswith("mono_check")).value
    assert "No changes." in markup(test) and not any(call[0] == "change" for call in fake.calls)


def test_a_preset_moves_the_controls_and_apply_makes_it(site: Site, fake: FakeStudio) -> None:
    run = made(fake)
    test = site("mix", run)
    next(t for t in test.toggle if t.key.endswith("mono_check")).set_value(True).run()
    test.text_input(key="preset_name_mix").set_value("mono")
    test.run()
    test.button(key="preset_save_mix").click().run()
    test.button(key="preset_reset_mix").click().run()
    assert not next(t for t in test.toggle if t.key.endswith("mono_check")).value
    test.button(key="preset_load_mix").click().run()
    assert next(t for t in test.toggle if t.key.endswith("mono_check")).value
    assert not any(call[0] == "change" for call in fake.calls)
    test.button(key="apply").click().run()
    assert fake.run(run).settings.mix == MixSettings(mono_check=True)
    assert "No changes." in markup(test)


def test_a_visitor_is_not_told_the_operators_remedies(site: Site, fake: FakeStudio) -> None:
    fake.hosted = True
    html = markup(site("generate"))
    assert MODEL.title in html and "not ready" in html
    assert "There is no CUDA device." not in html and "make models" not in html
