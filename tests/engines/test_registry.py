"""Engines of other packages, found by their entry points: usable, broken, of the wrong form, or gone."""

import sys
from importlib.metadata import EntryPoint

import pytest

from core.engines.base import EngineCard, EngineSettings
from core.engines.opened import open_engines
from core.engines.registry import CARDS, GROUP, registered
from core.errors import EngineMissingError, NotFoundError, SettingsError
from core.runs.pipeline import RunSettings
from core.settings import count
from core.stages.choice import named_engine, not_installed

CODE = {
    "good": """
from core.engines.base import Availability, EngineCard, EngineSettings
from core.settings import count
class Own(EngineSettings):
    voices: int = count(2, 1, 8, "voices", "Voices", "How many sing.")
CARD = EngineCard(name="choir", title="Choir", stage="generate", worker="tests.engines.fake_worker",
    version="1", summary="Sings.", licence="MIT", how_to_add="Install choir.", settings=Own)
def available():
    return Availability(True, "it is here.")
""",
    "raising": "import a_library_that_is_not_there",
    "another": """
from core.engines.composer.card import CARD, available
""",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    for name, code in CODE.items():
        (tmp_path / f"package_{name}.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield lambda name, module: EntryPoint(name, f"package_{module}", GROUP)
    for name in CODE:
        sys.modules.pop(f"package_{name}", None)


@pytest.fixture
def opened():
    opened = []

    def opening(*points):
        opened.append(open_engines(registered(points)))
        return opened[-1]

    yield opening
    for engines in opened:
        engines.close()


def test_an_engine_of_another_package_is_there_with_its_settings(package, opened):
    engines = opened(package("generate.choir", "good"))
    card = engines.card("choir")
    assert card in engines.cards("generate") and card.settings().voices == 2
    assert engines.availability("choir").ready
    assert [c.name for c in engines.cards("generate")][-1] == "choir", "ours come first"
    reply = engines.call("choir", "echo", values={"a": 1}, sounds={}, report=lambda fraction, message: None)
    assert reply.values["a"] == 1


def test_one_that_fails_while_importing_is_unavailable_with_its_reason_and_the_rest_works(package, opened):
    engines = opened(package("generate.choir", "raising"), package("separate.splitter", "raising"))
    state = engines.availability("choir")
    assert not state.ready
    assert "a_library_that_is_not_there" in state.reason and "reinstall" in state.remedy
    assert [card.name for card in engines.cards("separate")][-1] == "splitter"
    assert all(engines.card(card.name) is card for card in CARDS)
    with pytest.raises(EngineMissingError, match="choir cannot run here: it fails while it is imported"):
        named_engine("choir", engines, "", {})


@pytest.mark.parametrize("name", ["generate.choir", "choir", "separate.composer"])
def test_one_whose_card_is_anothers_is_unavailable(package, opened, name):
    engines = opened(package(name, "another"))
    added = [card for stage in ("generate", "separate", "choir") for card in engines.cards(stage)
             if card.name not in {known.name for known in CARDS}]  # fmt: skip
    assert len(added) == 1
    assert "is not that of" in engines.availability(added[0].name).reason


def test_one_of_a_name_that_is_taken_does_not_replace_ours(package, opened):
    engines = opened(package("generate.composer", "another"))
    assert engines.availability("generate.composer").reason == "there is another engine composer."
    assert engines.card("composer").version


# A run that names an engine that is gone


def test_settings_of_an_engine_that_is_gone_open_and_are_kept():
    stored = '{"schema_number": 2, "generate": {"engine": "choir", "options": {"choir": {"voices": 3}}}}'
    settings = RunSettings.model_validate_json(stored)
    assert settings.generate.engine == "choir"
    again = RunSettings.model_validate_json(settings.model_dump_json())
    assert again == settings and again.model_dump()["generate"]["options"] == {"choir": {"voices": 3}}


def test_one_sentence_says_what_is_missing(opened):
    engines = opened()
    settings = RunSettings.model_validate({"generate": {"engine": "choir", "options": {"choir": {"v": 3}}}})
    said = not_installed("generate", settings.generate, engines)
    assert "name choir, an engine that is not installed here" in said and said.count(".") == 1
    assert not_installed("generate", RunSettings().generate, engines) == ""
    assert (
        not_installed("separate", RunSettings().separate.model_copy(update={"engine": "true_stems"}), engines)
        == ""
    )
    with pytest.raises(NotFoundError, match="There is no engine choir here") as caught:
        named_engine("choir", engines, "", {})
    assert caught.value.remedy


def test_a_misspelt_engine_is_refused_when_its_settings_are_set():
    with pytest.raises(SettingsError, match="generate has no engine choir"):
        RunSettings().with_values({"generate.options.choir.voices": "3"})
    with pytest.raises(SettingsError, match=r"There is no setting generate\.choir"):
        RunSettings().with_values({"generate.choir.voices": "3"})


def test_a_value_out_of_bounds_is_refused_with_its_place():
    with pytest.raises(SettingsError) as caught:
        RunSettings().with_values({"generate.musicgen.top_k": "-1"})
    assert caught.value.message == "generate.options.musicgen.top_k must be at least 0; it is -1."


@pytest.mark.parametrize(
    ("path", "engine"),
    [
        ("generate.band.drums_take", "composer"),
        ("generate.ace_step.steps", "ace-step"),
        ("generate.acestep.steps", "acestep"),
        ("generate.musicgen.top_k", "musicgen"),
        ("generate.audiocraft.top_k", "audiocraft"),
        ("separate.demucs.shifts", "demucs"),
    ],
)
def test_the_paths_of_the_first_version_lead_to_the_same_settings(path, engine):
    settings = RunSettings().with_values({path: "3"})
    stage, _, name = path.split(".")
    assert getattr(settings.of(stage).options[engine], name) == 3


def test_settings_of_a_later_version_are_refused_in_one_sentence():
    with pytest.raises(ValueError, match="stored by a later version"):
        RunSettings.model_validate({"schema_number": 99})


def test_a_card_reads_settings_that_were_stored_before_its_package_was_there():
    class Own(EngineSettings):
        voices: int = count(2, 1, 8, "voices", "Voices", "How many sing.")

    stored = RunSettings.model_validate({"generate": {"options": {"choir": {"voices": 3}}}})
    card = EngineCard("choir", "Choir", "generate", "w", "1", "s", "MIT", "none", settings=Own)
    assert card.options(stored.generate.options) == Own(voices=3)
