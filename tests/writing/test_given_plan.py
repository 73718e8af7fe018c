"""Plans that were edited, or uploaded as a file: what is read, what is refused, and in which words."""

import json

import pytest

from core.engines.composer.compose.theory import _QUALITIES, chord
from core.errors import GainstageError, InputError, SettingsError
from core.song import SongRequest
from core.writing.chords import SUFFIXES, is_chord
from core.writing.genres import GENRES
from core.writing.given_plan import VERSION, plan_text, playable, played, read_plan
from core.writing.plan import make_plan

PLAN = make_plan(SongRequest(prompt="sad piano ballad about the sea", duration_s=40, seed=3))


@pytest.mark.parametrize("genre", GENRES, ids=lambda one: one.name)
def test_every_plan_that_is_made_comes_back_from_its_file_as_it_was(genre):
    plan = make_plan(SongRequest(prompt=f"{genre.name} song about rain", duration_s=45, seed=1))
    assert read_plan(plan_text(plan)) == plan


def changed(**fields):
    return plan_text(PLAN.model_copy(update=fields))


def sections(**fields):
    return (PLAN.sections[0].model_copy(update=fields), *PLAN.sections[1:])


REFUSED = {
    "no JSON": ("{'version': 1", "it is no JSON"),
    "another JSON": ('{"a": 1}', "The file is no plan"),
    "a list": ("[1]", "The file is no plan"),
    "a newer one": (json.dumps({"version": VERSION + 1}), "reads up to 1"),
    "an empty one": (json.dumps({"version": VERSION}), "cannot be played"),
    "a key that is none": (changed(key="H major"), "'H major' is no key"),
    "a mode that is none": (changed(key="A funny"), "'A funny' is no key"),
    "a genre that is none": (changed(genre="vaporwave-9"), "no genre 'vaporwave-9'"),
    "an instrument that is none": (changed(instruments=("kazoo-9",)), "no instrument 'kazoo-9'"),
    "no section": (changed(sections=()), "has no section"),
    "a chord that is none": (changed(sections=sections(chords=("I", "XI"))), "'XI' in section 1"),
    "a suffix that is none": (changed(sections=sections(chords=("V13b5",))), "is no chord"),
    "no bars": (changed(sections=sections(bars=0)), "bars must be at least 1"),
    "a day": (changed(sections=sections(bars=40_000)), "at most 20 min"),
    "tempo 5": (changed(tempo_bpm=5.0), "must be at least 30"),
    "tempo 900": (changed(tempo_bpm=900.0), "must be at most 300"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_played_is_refused_in_one_sentence_with_a_remedy(name):
    text, words = REFUSED[name]
    with pytest.raises(InputError) as caught:
        read_plan(text)
    assert words in caught.value.message
    assert caught.value.remedy and "\n" not in caught.value.message


def test_an_edited_plan_is_refused_as_a_setting():
    with pytest.raises(SettingsError):
        playable(PLAN.model_copy(update={"key": "H major"}))


def test_a_given_plan_is_played_with_the_seed_of_the_request():
    given = played(PLAN, SongRequest(prompt="anything", seed=99))
    assert (given.seed, given.sections, given.instrumental) == (99, PLAN.sections, False)
    assert played(PLAN, SongRequest(instrumental=True)).instrumental


@pytest.mark.parametrize("text", ["i", "bVI", "V7", "IVmaj7", "ii\u00f87", "#iv", "VIIdim", "Isus4"])
def test_chords_that_a_plan_may_hold_are_those_that_the_band_plays(text):
    assert is_chord(text)
    assert chord(text, "A minor").tones


@pytest.mark.parametrize("text", ["", "H", "iX", "C", "V13", "bb7", "IVmaj9"])
def test_what_the_band_would_not_play_is_no_chord(text):
    assert not is_chord(text)
    with pytest.raises((ValueError, GainstageError)):
        chord(text, "A minor")


def test_the_band_knows_every_suffix():
    assert set(SUFFIXES) == set(_QUALITIES)


@pytest.mark.parametrize("harm", ["bars", "nesting"])
def test_a_hostile_plan_is_refused_in_one_sentence(harm):
    plan = json.loads(plan_text(make_plan(SongRequest(prompt="piano"), None)))
    plan["sections"] = [{"kind": "verse", "bars": 10**400, "energy": 0.5}]
    text = {"bars": json.dumps(plan), "nesting": "[" * 200_000}[harm]
    with pytest.raises(InputError) as refused:
        read_plan(text)
    assert "\n" not in refused.value.message and refused.value.remedy
