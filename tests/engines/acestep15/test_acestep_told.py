"""What ACE-Step is told: the caption, the words and their sections, how many steps, and in which passes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.acestep15 import caption, words
from core.engines.acestep15.caption import describe, fitted
from core.engines.acestep15.order import read_order
from core.engines.acestep15.passes import schedule
from core.engines.acestep15.presets import steps_for
from core.engines.acestep15.settings import AceStepSettings
from core.engines.acestep15.words import INSTRUMENTAL, Passage, grouped, lyrics_of, passages
from core.errors import EngineInputError
from core.writing.keys import MODES
from tests.engines.acestep15.songs import BAR_S, RING_S, asked, section, song
from tests.engines.acestep15.songs import words as written


def order(plan=None, lyrics=None, **more):
    return read_order(asked("somewhere", plan, lyrics, **more), {})


# The caption and what stands beside it


def test_the_plans_facts_follow_the_prompt_where_it_does_not_name_them():
    told = describe(order(song(prompt="Warm lo-fi piano about the sea.", without=("drums",))))
    assert told.caption == "Warm lo-fi piano about the sea, calm, bass, no drums"
    assert (told.bpm, told.key, told.meter, told.language) == (120, "A minor", "4", "en")
    assert told.notes == ()


def test_the_plan_can_be_kept_from_it():
    assert describe(order(song(prompt="Rain"), tell_plan=False)).caption == "Rain"


@pytest.mark.parametrize("mode", MODES)
def test_every_key_of_a_plan_is_told_as_a_major_or_minor_one(mode):
    told = describe(order(song(key=f"F# {mode}")))
    near = "minor" if mode in ("minor", "dorian", "phrygian") else "major"
    assert told.key == f"F# {near}"
    assert bool(told.notes) == (mode not in ("major", "minor"))


@pytest.mark.parametrize(("beats", "meter"), [(3, "3"), (4, "4"), (6, "6"), (5, ""), (7, "")])
def test_a_meter_that_it_does_not_know_is_left_to_it_and_said_so(beats, meter):
    told = describe(order(song(beats_per_bar=beats)))
    assert told.meter == meter
    assert bool(told.notes) == (not meter)


def test_a_language_that_it_does_not_know_is_left_to_it_and_said_so():
    for language, code, notes in (("de-AT", "de", 0), ("yue", "yue", 0), ("und", "unknown", 1)):
        told = describe(order(lyrics=written(("verse", "la"), language=language)))
        assert (told.language, len(told.notes)) == (code, notes)


def test_an_instrumental_has_no_language_and_no_words():
    plan = song(instrumental=True)
    told = order(plan, written(("verse", "not to be sung")))
    assert describe(told).language == "unknown" and describe(told).caption.endswith("instrumental")
    assert lyrics_of(passages(told)) == INSTRUMENTAL


@given(st.text(max_size=2000))
def test_a_caption_is_never_longer_than_it_is_read(prompt):
    # One token a letter, and 100 around it.
    told = fitted(describe(order(song(prompt=prompt))), prompt, lambda text: 100 + len(text))
    assert 100 + len(told.caption) <= caption.READS
    assert told.caption.split() == prompt.split()[: len(told.caption.split())] or told.notes or told.caption


def test_the_plans_facts_go_before_any_word_of_the_prompt_does():
    prompt = "w" * 70 + " " + "x" * 80
    told = fitted(describe(order(song(prompt=prompt))), prompt, lambda text: 100 + len(text))
    assert told.caption == prompt
    assert "the plan's genre, moods and instruments were not added" in told.notes[-1]


# The words


def form():
    return song(
        section("intro", sung=False),
        section("verse", 2),
        section("chorus", 2),
        section("verse", 2),
        section("outro", sung=False),
    )


SUNG = written(("verse", "one", "two"), ("chorus", "three"), ("verse", "four"))


def test_each_section_of_the_form_has_its_tag_and_its_lines():
    text = lyrics_of(passages(order(form(), SUNG)))
    assert text == "[Intro]\n\n[Verse 1]\none\ntwo\n\n[Chorus]\nthree\n\n[Verse 2]\nfour\n\n[Outro]"


def test_the_passages_last_as_long_as_the_form_and_its_ring():
    lasts = [passage.duration_s for passage in passages(order(form(), SUNG))]
    assert lasts == [BAR_S, 2 * BAR_S, 2 * BAR_S, 2 * BAR_S, pytest.approx(BAR_S + RING_S)]


def test_lyrics_that_the_form_has_no_room_for_are_not_lost():
    plan = song(section("verse"), section("chorus"))
    lyrics = written(("verse", "one"), ("chorus", "two"), ("bridge", "three"), ("chorus", "four"))
    text = lyrics_of(passages(order(plan, lyrics)))
    assert text == "[Verse]\none\n\n[Chorus]\ntwo\n\n[Bridge]\nthree\n\n[Chorus]\nfour"


kinds = st.sampled_from(["intro", "verse", "pre-chorus", "chorus", "bridge", "solo", "outro"])
sections = st.lists(st.builds(section, kinds, st.integers(1, 16), st.booleans()), min_size=1, max_size=12)
blocks = st.lists(
    st.tuples(kinds, st.text(st.characters(categories=("L",)), min_size=1, max_size=8)), max_size=14
)


@given(sections, blocks, st.integers(1, 10), st.floats(0.0, 10.0), st.booleans())
def test_every_line_is_sung_once_in_order_and_every_clip_lasts_as_long_as_its_sections(
    form, lines, clips, overlap_s, one
):
    lyrics = written(*((kind, f"{text}{number}") for number, (kind, text) in enumerate(lines)))
    told = order(song(*form), lyrics)
    # 300 tokens a block leave room for few of them at a time.
    plan = schedule(
        passages(told),
        48_000,
        clips,
        overlap_s,
        10.0,
        lambda text: 10 + 300 * (text.count("[") if len(lines) <= 6 else 1),
        one_performance=one,
    )
    played = [passage for passes in plan.performances for group in passes for passage in group]
    sung = [line for passage in played for line in passage.text.split("\n") if line and line[0] != "["]
    assert sung == [f"{text}{number}" for number, (_, text) in enumerate(lines)]
    assert plan.cut.spans[-1][1] == round(sum(p.duration_s for p in passages(told)) * 48_000)
    for passes, frames in zip(plan.performances, plan.frames, strict=True):
        lasts = sum(passage.duration_s for group in passes for passage in group)
        assert abs(lasts * 48_000 - frames) <= len(form) + 1


def test_a_song_beyond_ten_minutes_is_played_in_parts_that_leave_room_for_their_context():
    parts = [Passage(f"[Verse {n}]", 100.0) for n in range(12)]
    groups = grouped(parts, lambda text: 1, 10.0)
    assert [len(group) for group in groups] == [6, 5, 1]
    with pytest.raises(EngineInputError) as caught:
        grouped([Passage("[Solo]", 700.0)], lambda text: 1, 10.0)
    assert "[Solo] lasts 700 s" in caught.value.message


def test_words_are_parted_between_sections_and_only_as_often_as_they_must():
    parts = [Passage("x" * 900, 20.0)] * 5
    assert [len(group) for group in grouped(parts, len, 10.0)] == [2, 2, 1]
    assert all(len(lyrics_of(group)) <= words.READS for group in grouped(parts, len, 10.0))


# The steps


def steps(turbo, **settings):
    told, notes = steps_for(AceStepSettings(**settings), turbo=turbo)
    return (told.count, told.guidance, told.shift), len(notes)


def test_turbo_takes_eight_steps_at_shift_three_and_base_fifty_at_one():
    assert steps(True) == ((8, 1.0, 3.0), 0)
    assert steps(False) == ((50, 7.0, 1.0), 0)


def test_a_preset_that_is_not_the_models_is_taken_and_said_to_be():
    assert steps(False, preset="turbo") == ((8, 1.0, 3.0), 1)
    assert steps(True, preset="base") == ((50, 1.0, 1.0), 1)


def test_steps_guidance_and_shift_can_be_set_one_by_one():
    assert steps(False, steps=30, guidance=5.0, shift=3.0) == ((30, 5.0, 3.0), 0)
    assert steps(True, shift=2.0) == ((8, 1.0, 2.0), 0)
