"""The embedded writer: words that fit the plan, rhyme, and come once."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations, pairwise
from statistics import median

import pytest

from core.song import SectionKind, SongRequest
from core.writing.corpus import themes
from core.writing.lyricist import Scheme, Style, write_lyrics
from core.writing.plan import make_plan
from core.writing.pronunciation import phones_of, rhymes
from core.writing.story import Stage, draw_story
from core.writing.syllables import words_of
from core.writing.themes import matter_of, tones_allowed

pytestmark = pytest.mark.slow

SEA = "warm lo-fi piano about the sea"
PROMPTS = (SEA, "angry metal about my broken robot", "happy disco", "sad ballad in the rain", "", "песня 🌊")


def plan_of(prompt=SEA, seed=42, seconds=120.0):
    return make_plan(SongRequest(prompt=prompt, seed=seed, duration_s=seconds))


def fifty_songs():
    for seed in range(50):
        plan = plan_of(PROMPTS[seed % len(PROMPTS)], seed, (45.0, 120.0, 200.0)[seed % 3])
        yield plan, write_lyrics(plan)


@pytest.fixture(scope="module")
def songs():
    return list(fifty_songs())


def last_words(lines):
    return [words_of(line.text)[-1] for line in lines]


@pytest.mark.slow
def test_every_sung_section_has_as_many_lines_as_its_bars_hold(songs):
    for plan, lyrics in songs:
        wanted = [(s.kind, plan.lines_in(s)) for s in plan.sections if plan.lines_in(s)]
        assert [(s.kind, len(s.lines)) for s in lyrics.sections] == wanted


@pytest.mark.slow
def test_lines_have_the_syllables_that_the_plan_asks_for(songs):
    off = Counter(
        abs(len(line.syllables) - plan.syllables_per_line) for plan, lyrics in songs for line in lyrics.lines
    )
    assert max(off) <= 1
    assert off[0] > 0.85 * off.total()


@pytest.mark.slow
@pytest.mark.parametrize("meter", ["", "in 3/4", "in 6/8"])
def test_lines_keep_to_the_plan_at_every_tempo(meter):
    for bpm in range(48, 204, 4):
        plan = plan_of(f"song about the sea at {bpm} bpm {meter}", seed=bpm, seconds=90.0)
        counts = {len(line.syllables) for line in write_lyrics(plan).lines}
        aim = plan.syllables_per_line
        assert counts and counts <= {aim - 1, aim, aim + 1}, (bpm, aim, counts)


def test_no_line_comes_twice_outside_the_chorus(songs):
    for _, lyrics in songs:
        lines = [x.text for s in lyrics.sections if s.kind is not SectionKind.CHORUS for x in s.lines]
        assert max(Counter(lines).values(), default=1) == 1


@pytest.mark.slow
def test_no_line_of_some_hundred_songs_has_the_same_word_twice_running():
    abouts = ("my home", "winter", "of all things", "again", "time", "the old legend", "summer", "me")
    lines = 0
    for seed in range(240):
        plan = plan_of(f"song about {abouts[seed % len(abouts)]}", seed, (30.0, 60.0, 90.0)[seed % 3])
        for line in write_lyrics(plan).lines:
            words = [word.lower() for word in words_of(line.text)]
            assert all(one != other for one, other in pairwise(words)), line.text
            lines += 1
    assert lines > 2000


def test_the_chorus_comes_back_with_its_words_and_its_hook():
    lyrics = write_lyrics(plan_of(seconds=180.0))
    choruses = [s.lines for s in lyrics.sections if s.kind is SectionKind.CHORUS]
    assert len(choruses) >= 2
    for one, other in pairwise(choruses):
        assert all(a == b for a, b in zip(one, other, strict=False))
    assert max(Counter(line.text for line in choruses[0]).values()) == 2


def test_without_a_hook_no_line_of_the_chorus_comes_twice():
    lyrics = write_lyrics(plan_of(seconds=60.0), Style(hook=False))
    chorus = next(s.lines for s in lyrics.sections if s.kind is SectionKind.CHORUS)
    assert len(set(chorus)) == len(chorus)


@pytest.mark.parametrize(
    ("scheme", "pairs"),
    [(Scheme.ABAB, [(0, 2), (1, 3)]), (Scheme.AABB, [(0, 1), (2, 3)]), (Scheme.ABCB, [(1, 3)])],
)
def test_verses_rhyme_truly_where_the_scheme_says_so(scheme, pairs):
    fours = 0
    for seed in range(8):
        lyrics = write_lyrics(plan_of(seed=seed), Style(scheme=scheme))
        for section in lyrics.sections:
            if section.kind is SectionKind.CHORUS:
                continue
            for start in range(0, len(section.lines) - 3, 4):
                ends = last_words(section.lines[start : start + 4])
                fours += 1
                assert all(rhymes(ends[a], ends[b]) for a, b in pairs), ends
    assert fours > 5


def test_the_same_plan_gives_the_same_words_and_another_seed_or_prompt_others():
    assert write_lyrics(plan_of()) == write_lyrics(plan_of())
    texts = {write_lyrics(plan_of(seed=seed)).text for seed in range(20)}
    assert len(texts) == 20
    assert len({write_lyrics(plan_of(prompt)).text for prompt in PROMPTS}) == len(PROMPTS)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        (SEA, "tide boat sea bay wave shore harbour water"),
        ("rock about the city at night", "city street neon train lights windows"),
        ("a christmas song", "snow winter cold frost ice"),
        ("punk about robots", "robots machine wire screen code signal"),
    ],
)
def test_the_prompt_chooses_the_images(prompt, words):
    hits = 0
    for seed in range(5):
        text = write_lyrics(plan_of(prompt, seed)).text.lower()
        hits += any(word in text for word in words.split())
    assert hits >= 4


def test_the_prompts_own_subject_is_sung():
    texts = [write_lyrics(plan_of("country song about my old truck", seed)).text.lower() for seed in range(5)]
    assert all("my old truck" in text for text in texts)


SUBJECTS = (
    "the sea",
    "my dog Max",
    "freedom",
    "robots falling in love",
    "old trucks",
    "my grandmother",
    "New York",
)


@pytest.mark.parametrize("about", SUBJECTS)
def test_the_chorus_names_the_subject(about):
    for seed, genre in enumerate(("pop", "sad ballad", "happy disco")):
        lyrics = write_lyrics(plan_of(f"{genre} song about {about}", seed, 150.0))
        chorus = next(s.lines for s in lyrics.sections if s.kind is SectionKind.CHORUS)
        assert any(about.removesuffix(" falling in love").lower() in x.text.lower() for x in chorus)
        assert not any("falling" in x.text.lower() for x in lyrics.lines), "the noun's verb was cut off"


def test_whom_a_song_is_for_is_its_subject():
    lyrics = write_lyrics(plan_of("A wedding song for Anna and Tom, warm acoustic", 5))
    assert "Anna and Tom" in lyrics.text and lyrics.title == "Anna and Tom"
    lyrics = write_lyrics(plan_of("ballad for my wife", 5))
    assert "my wife" in lyrics.text and lyrics.title == "My Wife"
    assert "a video" not in write_lyrics(plan_of("song for a video game", 5)).text.lower()


def test_two_songs_on_one_theme_share_few_lines():
    shares = []
    for about in ("the sea", "rain", "my wife"):
        songs = [
            {x.text for x in write_lyrics(plan_of(f"pop about {about}", s, 150.0)).lines} for s in range(8)
        ]
        shares += [len(a & b) / min(len(a), len(b)) for a, b in combinations(songs, 2)]
    assert median(shares) <= 0.2


def test_one_place_goes_from_verse_to_verse():
    told = 0
    for seed in range(12):
        plan = plan_of("pop about the sea", seed, 150.0)
        verses = [
            " ".join(x.text for x in s.lines)
            for s in write_lyrics(plan).sections
            if s.kind is SectionKind.VERSE
        ]
        places = [p for p in ("the harbour", "the pier", "the lighthouse", "the beach") if p in verses[0]]
        told += any(place in verses[1] for place in places)
    assert told >= 8


@pytest.mark.parametrize("stage", list(Stage))
def test_every_couplet_of_the_story_rhymes_and_can_be_read_with_everybody_in_it(stage):
    rng = random.Random(1)
    stories = [draw_story(theme, rng) for theme in (*themes(), "nothing") for _ in range(6)]
    for story in stories:
        couplets = story.couplets(stage)
        assert len(couplets) >= 7
        for couplet in couplets:
            ends = [{w.last_word for w in v.wordings("")} for v in (couplet.first, couplet.second)]
            assert all(rhymes(one, other) for one in ends[0] for other in ends[1]), couplet
            for verse in (couplet.first, couplet.second):
                assert "{" not in verse.source
                assert all(phones_of(word) for w in verse.wordings("") for word in words_of(w.text)), verse


@pytest.mark.parametrize(
    ("prompt", "tones"),
    [
        ("a wedding song in E minor", {0, 1}),
        ("warm song in E minor", {0}),
        ("song in E minor", {0, -1}),
        ("song in C major", {0}),
        ("song about my divorce in C major", {0, -1}),
    ],
)
def test_the_tone_comes_from_mood_and_occasion_before_the_key(prompt, tones):
    assert set(tones_allowed(matter_of(plan_of(prompt), random.Random(1)).tone)) == tones


def test_a_wedding_is_in_major_unless_a_key_is_asked_for():
    keys = {plan_of("wedding song", seed).key.split()[1] for seed in range(12)}
    assert keys == {"major"}


@pytest.mark.parametrize(
    "prompt",
    ["hi-hat rolls and catchy kazoo", "wubba male falsetto", "xyzzy plugh"],
)
def test_no_title_is_made_of_words_that_were_not_understood(prompt):
    plan = plan_of(prompt)
    assert plan.not_understood
    title = {word.lower() for word in words_of(plan.title)}
    assert not title & {word.lower() for word in plan.not_understood}, plan.title


def test_an_instrumental_has_no_words():
    plan = plan_of().model_copy(update={"instrumental": True})
    assert write_lyrics(plan).sections == ()


def test_twenty_minutes_are_filled():
    plan = plan_of(seconds=1200.0)
    lyrics = write_lyrics(plan)
    wanted = sum(plan.lines_in(section) for section in plan.sections)
    lines = [x.text for s in lyrics.sections if s.kind is not SectionKind.CHORUS for x in s.lines]
    assert len(lyrics.lines) == wanted > 100
    assert len(set(lines)) == len(lines)
