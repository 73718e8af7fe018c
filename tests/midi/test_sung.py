"""Words of a MIDI file: put on the notes of whoever has the tune, in lines, as they are sung."""

import pytest

from core.midi.choir import behind
from core.midi.lyrics import lyrics_of
from core.midi.reading import read_midi
from core.song import SectionKind
from tests.midi.files import file_of, meta, note, program, tune

WORDS = ("The ", "morn", "ing ", "light\r", "is ", "call", "ing ", "me\r")
KEYS = (60, 62, 64, 65, 67, 65, 64, 62)


def read(*tracks):
    return read_midi(file_of(*tracks), "a.mid")


def test_each_syllable_has_its_note_and_lines_end_where_the_file_says_so():
    song = read(tune((48, 50, 52), channel=1, name="Bass"), tune(KEYS, words=WORDS))
    assert song.players[song.singer].name == "Voice"
    assert [phrase.text for phrase in song.phrases] == ["The morning light", "is calling me"]
    assert song.phrases[0].syllables == ("The", "morn", "ing", "light")
    assert [n.pitch for n in song.phrases[1].notes] == [67, 65, 64, 62]
    assert song.phrases[1].notes[0].start_s == pytest.approx(2.0)
    assert song.phrases[1].notes[0].duration_s == pytest.approx(0.45)


@pytest.mark.parametrize(
    "words",
    [
        ("The", " morn", "ing", " light", "\ris", " call", "ing", " me"),
        ("The", "morn-", "ing", "light\r", "is", "call-", "ing", "me"),
    ],
    ids=["leading spaces", "hyphens"],
)
def test_other_ways_to_write_words_are_read_the_same(words):
    song = read(tune(KEYS, words=words))
    assert [phrase.text for phrase in song.phrases] == ["The morning light", "is calling me"]


def test_a_karaoke_file_has_its_words_in_text_events_on_a_track_of_their_own():
    texts = ("\\The", " morn", "ing", " light", "/is", " call", "ing", " me")
    words = [meta(0, "track_name", name="Words"), meta(0, "text", text="@TA title")]
    words += [meta(at, "text", text=text) for at, text in enumerate(texts)]
    song = read(
        [meta(0, "text", text="a comment of three words")], words, tune(KEYS, channel=3, name="Melody")
    )
    assert [phrase.text for phrase in song.phrases] == ["The morning light", "is calling me"]
    assert song.players[song.singer].name == "Melody"


def test_a_syllable_on_several_notes_is_held_over_them():
    track = tune((60,), words=("Home ",))
    track += [*note(1, 62, 0.9), *note(2, 64, 0.9), *note(3, 60, 0.9), *note(4, 60), *note(8, 55, 0.9)]
    track += [meta(3, "lyrics", text="a "), meta(4, "lyrics", text="gain")]
    phrase = read(track).phrases[0]
    assert [n.pitch for n in phrase.notes] == [60, 62, 64, 60, 60], "and what follows a rest is not sung"
    assert "".join(phrase.syllables[:3]) == "Home" and phrase.text == "Home a gain"


def test_of_two_verses_on_the_same_notes_the_first_is_sung():
    track = tune(KEYS[:4], words=WORDS[:4])
    track += [meta(at, "lyrics", text=text) for at, text in enumerate(("Then ", "eve", "ning ", "dark"))]
    song = read(track)
    assert song.phrases[0].text == "The morning light" and "the first is sung" in song.notes[0]


def test_words_that_stand_on_no_notes_are_told_and_not_sung():
    odd = [meta(at + (0.25, 0.75)[at % 2], "lyrics", text=text) for at, text in enumerate(WORDS)]
    song = read(tune(KEYS), odd)
    assert song.phrases == () and song.singer is None and "8 syllables are not sung" in song.notes[0]
    assert lyrics_of(song) is None


def test_drums_do_not_sing():
    song = read(tune(KEYS, channel=9, words=WORDS))
    assert not song.phrases and "not sung" in song.notes[0]


def test_lines_are_parted_at_rests_and_before_breath_ends():
    rested = tune(KEYS[:4], words=("one ", "two ", "three ", "four "))
    rested += tune(KEYS[:4], start=8, words=("five ", "six ", "seven ", "eight "))
    assert [p.text for p in read(rested).phrases] == ["one two three four", "five six seven eight"]
    long = tune([60 + at % 5 for at in range(40)], words=["la "] * 40)
    assert [len(p.notes) for p in read(long).phrases] == [16, 16, 8]


def test_lyrics_have_the_files_sections_and_language():
    marks = [meta(0, "marker", text="chorus"), meta(4, "marker", text="Verse 2")]
    lyrics = lyrics_of(read(marks, tune(KEYS, words=WORDS)))
    assert [(s.kind, s.lines[0].text) for s in lyrics.sections] == [
        (SectionKind.CHORUS, "The morning light"),
        (SectionKind.VERSE, "is calling me"),
    ]
    assert lyrics.singable and lyrics.language == "en" and lyrics.source == "midi"
    verses = lyrics_of(read(tune(KEYS, words=[w.replace("\r", "\n") for w in WORDS])))
    assert [len(section.lines) for section in verses.sections] == [1, 1]
    russian = [text.encode("utf-8").decode("latin-1") for text in ("мо", "ре ", "сол", "нце")]
    assert not lyrics_of(read(tune(KEYS, words=russian))).singable


def test_a_choir_that_goes_with_the_words_sings_them_and_another_does_not():
    voices = [program(52, 1), *tune([key + 4 for key in KEYS], channel=1, name="Above")]
    low = [program(52, 2), *tune([key - 5 for key in KEYS[:4]], channel=2, name="Below")]
    own = [program(52, 3), *tune(KEYS, channel=3, name="Own way"), *note(9.5, 70, channel=3)]
    song = read(tune(KEYS, words=WORDS), voices, low, own)
    lines, places = behind(song)
    assert {song.players[at].name for at in places} == {"Above", "Below"}
    assert [(role, line.text, line.notes[0].pitch) for role, line in lines] == [
        ("harmony above", "The morning light", 64),
        ("harmony above", "is calling me", 71),
        ("harmony below", "The morning light", 55),
    ]
