"""How a song begins on Home: examples, length, seed and takes."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.ui.examples import EXAMPLES
from tests.ui.conftest import begin_anew, markup
from tests.ui.fake_studio import FakeStudio

Site = Callable[..., AppTest]


def test_an_example_fills_the_prompt_and_a_length_is_typed_as_a_clock(site: Site, fake: FakeStudio) -> None:
    test = site()
    test.button_group(key="example").set_value("blues").run()
    assert test.text_input(key="prompt").value == EXAMPLES["blues"]
    test.text_input(key="length").set_value("0:09")
    test.button(key="make").click().run()
    assert (fake.calls[0][1].prompt, fake.calls[0][1].duration_s) == (EXAMPLES["blues"], 9)


def test_a_length_that_is_none_is_one_sentence(site: Site, fake: FakeStudio) -> None:
    test = site()
    test.text_input(key="prompt").set_value("waltz")
    test.text_input(key="length").set_value("1:75")
    test.button(key="make").click().run()
    assert "“1:75” is not a length." in markup(test) and fake.calls == []


def test_dice_and_takes_reach_the_song_and_a_preview_has_one(site: Site, fake: FakeStudio) -> None:
    test = site()
    test.button(key="dice").click().run()
    seed = test.number_input(key="seed").value
    assert seed != 42
    test.text_input(key="prompt").set_value("waltz")
    test.button_group(key="takes_1").set_value(3)
    test.button(key="make").click().run()
    (_, request, settings) = fake.calls[0]
    assert (request.seed, settings.generate.takes) == (seed, 3)
    begin_anew(test)
    assert test.button_group(key="takes_3").value == 3
    test.button(key="probe").click().run()
    assert fake.calls[1][2].generate.takes == 1
