"""How a line is read: a vowel for every note, whatever is written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.composer.sing.phonemes import HUMS, VOWELS, Reader
from core.engines.composer.sing.voice_graph import VoiceGraph
from core.writing.syllables import syllables_of

WORDS = (
    "the",
    "river",
    "beautiful",
    "fire",
    "every",
    "rhythm",
    "I'm",
    "hmm",
    "cwm",
    "zorblax",
    "x",
    "Привет",
    "海",
    "42",
)


@pytest.fixture(scope="module")
def reader():
    return Reader(VoiceGraph().vocabulary)


def notes_of(read):
    return [note for nucleus in read.nuclei for note in nucleus.notes]


@pytest.mark.parametrize(
    ("text", "syllables", "sung"),
    [
        ("morning light", ("morn", "ing", "light"), ["ɔ", "ɪ", "I"]),
        ("over", ("o", "ver"), ["O", "ə"]),
        ("hmm", ("hmm",), ["m"]),
    ],
)
def test_every_syllable_has_its_vowel(reader, text, syllables, sung):
    read = reader.read(text, syllables)
    assert [read.phonemes[nucleus.at] for nucleus in read.nuclei] == sung
    assert notes_of(read) == list(range(len(syllables)))
    assert read.unread == ()


def test_two_vowels_on_one_note_share_it_and_one_vowel_holds_two_notes(reader):
    shared = reader.read("fire", ("fire",)).nuclei
    assert [(nucleus.notes, nucleus.share) for nucleus in shared] == [((0,), (0, 2)), ((0,), (1, 2))]
    held = reader.read("light", ("li", "ght")).nuclei
    assert [(nucleus.notes, nucleus.share) for nucleus in held] == [((0, 1), (0, 1))]


def test_syllables_that_do_not_spell_the_line_are_read_by_themselves(reader):
    assert notes_of(reader.read("over", ("oh", "ho", "ver"))) == [0, 1, 2]


def test_a_word_it_cannot_read_is_sung_on_la_and_told(reader):
    read = reader.read("海 la", ("海", "la"))
    assert read.unread == ("海",)
    assert read.phonemes == tuple("lˈɑ lˌɑ")


@settings(max_examples=60, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))
def test_any_line_has_every_note_sung_once_and_in_order(reader, words):
    syllables = tuple(part for word in words for part in syllables_of(word))
    read = reader.read(" ".join(words), syllables)
    assert sorted(set(notes_of(read))) == list(range(len(syllables)))
    assert notes_of(read) == sorted(notes_of(read))
    assert [nucleus.at for nucleus in read.nuclei] == sorted({nucleus.at for nucleus in read.nuclei})
    assert all(read.phonemes[nucleus.at] in VOWELS | HUMS for nucleus in read.nuclei)
