"""The embedded writer: words that fit the plan, rhyme, and come once."""

from __future__ import annotations

from collections import Counter

import pytest

from core.song import SectionKind, SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan
from core.writing.syllables import line_of
from core.writing.verses import ANY, THEMES

SEA = "warm lo-fi piano about the sea"


def plan_of(prompt=SEA, seed=42, seconds=120.0):
    return make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=seconds))


@pytest.mark.parametrize("seconds", [20.0, 60.0, 180.0])
def test_every_sung_section_has_as_many_lines_as_its_bars_hold(seconds):
    plan = plan_of(seconds=seconds)
    lyrics = write_lyrics(plan)
    wanted = [plan.lines_in(section) for section in plan.sections if plan.lines_in(section)]
    assert [len(section.lines) for section in lyrics.sections] == wanted
    assert all(line.syllables for line in lyrics.lines)


def test_no_line_comes_twice_outside_the_chorus():
    for seed in range(20):
        lyrics = write_lyrics(plan_of(seed=seed, seconds=180.0))
        verses = [x.text for s in lyrics.sections if s.kind is not SectionKind.CHORUS for x in s.lines]
        assert max(Counter(verses).values(), default=1) == 1


def test_the_chorus_comes_back_with_its_words():
    lyrics = write_lyrics(plan_of(seconds=180.0))
    choruses = [s.lines[:4] for s in lyrics.sections if s.kind is SectionKind.CHORUS]
    assert len(choruses) >= 2
    assert choruses[0][:2] == choruses[1][:2]


def test_the_same_plan_gives_the_same_words_and_another_seed_others():
    assert write_lyrics(plan_of()) == write_lyrics(plan_of())
    assert write_lyrics(plan_of()).text != write_lyrics(plan_of(seed=43)).text


def test_the_prompt_chooses_the_theme():
    assert any(
        word in write_lyrics(plan_of()).text.lower() for word in ("tide", "boat", "sea", "bay", "wave")
    )
    assert "train" in write_lyrics(plan_of("rock about the city at night", seconds=180.0)).text.lower()


def test_stored_lines_are_short_enough_to_sing_and_come_once():
    lines = [line for theme in THEMES for couplet in theme.couplets for line in couplet]
    lines += [line for couplet in ANY for line in couplet]
    assert max(Counter(lines).values()) == 1
    for line in lines:
        assert 6 <= len(line_of(line).syllables) <= 11, line
