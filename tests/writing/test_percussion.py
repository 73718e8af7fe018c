"""Percussion in a prompt: named, left out, by itself, and in a plan that was edited."""

import pytest

from core.errors import SettingsError
from core.song import SongRequest
from core.writing.given_plan import playable
from core.writing.percussion import KIT_PIECES, PERCUSSION
from core.writing.plan import make_plan
from core.writing.prompt import read_prompt


def plan_of(prompt):
    return make_plan(SongRequest(prompt=prompt, seed=4, duration_s=24.0))


@pytest.mark.parametrize("struck", PERCUSSION, ids=lambda struck: struck.name)
def test_every_word_of_a_percussion_names_it_and_leaves_it_out(struck):
    for word in struck.words:
        read = read_prompt(f"latin song with {word}")
        assert (read.percussion, read.not_understood) == ([struck.name], []), word
        assert read_prompt(f"latin song, no {word}").without == [struck.name], word


@pytest.mark.parametrize("piece", KIT_PIECES, ids=lambda piece: piece.name)
def test_a_piece_of_the_kit_is_left_out_by_itself(piece):
    for word in piece.words:
        read = read_prompt(f"trap without {word}")
        assert (read.without, read.percussion) == ([piece.name], []), word


@pytest.mark.parametrize(
    ("prompt", "percussion", "without"),
    [
        ("salsa with congas, timbales and cowbell", ("congas", "timbales", "cowbell"), ()),
        ("folk, shaker and tambourine", ("shaker", "tambourine"), ()),
        ("no drums but bongos, folk", ("bongos",), ("drums",)),
        ("only congas and bass, instrumental", ("congas",), ("drums", "harmony")),
        ("just claps and accordion, instrumental", ("claps",), ("drums", "bass")),
        ("drums and congas, latin", ("congas",), ()),
        ("no percussion, latin", (), ("drums",)),
        ("tambourine but no tambourine, soul", (), ("tambourine",)),
    ],
)
def test_percussion_is_beside_the_kit_or_in_its_place(prompt, percussion, without):
    plan = plan_of(prompt)
    assert (plan.percussion, plan.without) == (percussion, without)


def test_a_plan_without_percussion_is_written_as_it_was():
    assert "percussion" not in plan_of("pop").model_dump()
    assert plan_of("pop with shaker").model_dump()["percussion"] == ("shaker",)


@pytest.mark.parametrize(
    ("change", "named"),
    [({"percussion": ("gong",)}, "gong"), ({"solo": "kazoo"}, "kazoo")],
)
def test_an_edited_plan_names_what_nobody_plays(change, named):
    with pytest.raises(SettingsError, match=named):
        playable(plan_of("pop").model_copy(update=change))


def test_a_section_for_somebody_who_is_not_there_is_refused():
    plan = plan_of("pop")
    first = plan.sections[0].model_copy(update={"only": ("kazoo",)})
    with pytest.raises(SettingsError, match="kazoo"):
        playable(plan.model_copy(update={"sections": (first, *plan.sections[1:])}))
