"""What is read from a prompt, and what is honestly left over."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.writing import keys
from core.writing.genres import GENRES
from core.writing.instruments import BY_NAME
from core.writing.moods import MOODS
from core.writing.progressions import progressions
from core.writing.prompt import read_prompt


def test_there_are_at_least_24_genres_and_16_moods():
    assert len(GENRES) >= 24
    assert len(MOODS) >= 16


@pytest.mark.parametrize("genre", GENRES, ids=lambda genre: genre.name)
def test_every_word_of_a_genre_names_it_and_its_band_exists(genre):
    for word in genre.words:
        assert read_prompt(f"a {word} song").genre is genre, word
    assert all(name in BY_NAME for name in genre.band)
    assert progressions(genre.harmony, True) and progressions(genre.harmony, False)


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.name)
def test_every_word_of_a_mood_is_understood(mood):
    for word in mood.words:
        assert mood in read_prompt(f"{word} tune").moods, word


@pytest.mark.parametrize("tool", BY_NAME.values(), ids=lambda tool: tool.name)
def test_every_instrument_is_understood_by_its_name(tool):
    assert tool in read_prompt(f"with {tool.name}").instruments


@pytest.mark.parametrize(
    ("text", "tonic", "mode"),
    [
        ("in F# minor", "F#", "minor"),
        ("a song in Bb", "Bb", None),
        ("Ebm house", "Eb", "minor"),
        ("B flat major waltz", "Bb", "major"),
        ("key of c sharp minor", "C#", "minor"),
        ("D dorian funk", "D", "dorian"),
        ("in a minor with strings", "A", "minor"),
    ],
)
def test_keys_are_read(text, tonic, mode):
    reading = read_prompt(text)
    assert (reading.tonic, reading.mode) == (tonic, mode)


@pytest.mark.parametrize(
    "text", ["a major hit", "I am here", "be happy", "in a minor key", "Clapton", "add bass"]
)
def test_ordinary_words_are_not_keys(text):
    assert read_prompt(text).tonic is None


def test_a_minor_key_without_tonic_is_a_mode():
    assert read_prompt("a song in a minor key").mode == "minor"


@pytest.mark.parametrize(
    ("text", "tempo"),
    [("120 bpm", 120), ("at 92.5bpm", 92.5), ("tempo 70", 70), ("128 beats per minute", 128)],
)
def test_tempo_numbers_are_read(text, tempo):
    assert read_prompt(text).tempo_bpm == tempo


@pytest.mark.parametrize(("text", "beats"), [("in 3/4", 3), ("6/8 ballad", 6), ("7/8", 7), ("three four", 3)])
def test_meters_are_read(text, beats):
    assert read_prompt(text).beats_per_bar == beats


@pytest.mark.parametrize("text", ["instrumental", "no vocals", "without any singing", "karaoke", "no lyrics"])
def test_a_song_without_a_voice_can_be_asked_for(text):
    assert read_prompt(f"pop, {text}").instrumental is True


def test_declined_players_are_left_out_each_of_them():
    assert read_prompt("rock, no drums or bass, without piano").without == ["drums", "bass", "piano"]


def test_a_declined_genre_is_not_played():
    assert read_prompt("not metal, just folk").genre.name == "folk"


def test_contradictions_are_settled_and_told():
    reading = read_prompt("instrumental with vocals, slow and fast, piano but no piano")
    assert reading.instrumental is True
    assert reading.speed < 0
    assert "piano" not in [tool.name for tool in reading.instruments]
    assert len(reading.notes) == 3


def test_two_genres_are_both_told_of():
    reading = read_prompt("jazzy hip hop")
    assert (reading.genre.name, reading.second_genre.name) == ("hip hop", "jazz")
    assert "hip hop" in reading.notes[0] and "jazz" in reading.notes[0]


def test_what_is_not_understood_is_reported_and_small_words_are_not():
    reading = read_prompt("warm lo-fi piano about the glittering sea")
    assert reading.not_understood == ["glittering", "sea"]
    assert {"warm", "lo fi", "piano"} <= set(reading.understood)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read_without_complaint(text):
    reading = read_prompt(text)
    assert reading.tonic is None or reading.tonic in keys.PITCH_CLASS
    assert all(word.strip() for word in reading.not_understood)


def test_every_content_word_is_accounted_for():
    text = "тёплая песня 海の歌 🎵 sea jazz"
    reading = read_prompt(text)
    assert reading.not_understood == ["海の歌", "sea"]
    assert reading.understood == ["тёплая", "jazz"]


@pytest.mark.parametrize(
    ("said", "bpm"),
    [
        ("bpm: 140", 140),
        ("BPM 92", 92),
        ("bpm=128", 128),
        ("140bpm", 140),
        ("140 BPM", 140),
        ("tempo: 87 bpm", 87),
        ("tempo of around 87", 87),
        ("Tempo (BPM): 101", 101),
        ("♩=92", 92),
        ("♩ = 92", 92),
        ("at around 90", 90),
        ("about 75 beats per minute", 75),
        ("75 beats/min", 75),
        ("92.5 bpm", 92.5),
    ],
)
def test_a_tempo_is_read_in_every_spelling(said, bpm):
    reading = read_prompt(f"{said}, drum and bass")
    assert reading.tempo_bpm == bpm
    assert not reading.not_understood


@pytest.mark.parametrize("said", ["at around 30 seconds", "from the 90s", "about 2 bars"])
def test_other_figures_are_no_tempo(said):
    assert read_prompt(f"jazz {said}").tempo_bpm is None


@pytest.mark.parametrize(
    "said",
    [
        "no drums, no vocals",
        "-drums -vocals",
        "drums: none, vocals: none",
        "drums: off; voice off",
        "vocals=no, drums=0",
        "negative prompt: drums, vocals",
        "exclude drums, vocals",
        "avoid: vocals, drums",
        "without drums or vocals",
        "–vocals, −drums",
    ],
)
def test_what_is_not_wanted_is_left_out_however_it_is_said(said):
    reading = read_prompt(f"ambient piano, {said}")
    assert reading.instrumental is True and reading.without == ["drums"]
    assert [tool.name for tool in reading.instruments] == ["piano"]


def test_a_hyphen_within_a_word_and_a_range_negate_nothing():
    reading = read_prompt("lo-fi hip-hop with drums - vocals by a choir, post-rock")
    assert not reading.without and reading.instrumental is not True
