"""Chords in typed lyrics become the plan's, and a line's reading can be corrected."""

import pytest

from core.song import SongRequest
from core.writing.given_plan import playable
from core.writing.plan import make_plan
from core.writing.typed import classify, corrected, parse_typed, with_chords
from core.writing.typed.chords_used import chords_in

ROWS = """[Verse]
C  Am  F  G
Paper boats are sailing
C  F  G  C
Down the gutter stream

[Chorus]
F G
let it rain
Am F
all day"""


def plan(text, **asked):
    request = SongRequest(prompt="folk ballad", typed_lyrics=text, duration_s=60, **asked)
    return make_plan(request, parse_typed(text))


def test_the_chords_of_each_section_are_played_in_it():
    given = playable(with_chords(plan(ROWS), ROWS))
    assert given.key == "C major"
    verse = next(one for one in given.sections if one.kind.value == "verse")
    chorus = next(one for one in given.sections if one.kind.value == "chorus")
    assert set(verse.chords) <= {"I", "vi", "IV", "V"} and verse.chords[0] == "I"
    assert set(chorus.chords) <= {"IV", "V", "vi"} and chorus.chords[0] == "IV"
    assert all(len(section.chords) == section.bars for section in given.sections)


@pytest.mark.parametrize(
    ("chords", "key", "numerals"),
    [
        ("Am F C G", "A minor", ["i", "bVI", "bIII", "bVII"]),
        ("F#m D A E", "F# minor", ["i", "bVI", "bIII", "bVII"]),
        ("Bb Eb F7 Bb", "Bb major", ["I", "IV", "V7", "I"]),
        ("Dm7 G7 Cmaj7 Cmaj7", "C major", ["ii7", "V7", "Imaj7", "Imaj7"]),
        ("G/B Cadd9 Dsus4 G", "G major", ["I", "IVadd9", "Vsus4", "I"]),
        ("Em7b5 A7 Dm Dm", "D minor", ["iiø7", "V7", "i", "i"]),
        ("Bdim C C C", "C major", ["viidim", "I", "I", "I"]),
    ],
)
def test_spellings_become_numerals_in_the_key_that_they_make(chords, key, numerals):
    text = f"[Verse]\n{chords}\nla la la la"
    given = with_chords(plan("[Verse]\nla la la la").model_copy(update={"tempo_bpm": 300.0}), text)
    assert given.key == key
    heard = [chord for section in playable(given).sections for chord in section.chords]
    assert set(heard) == set(numerals)


def test_a_key_that_is_named_is_taken():
    assert with_chords(plan(ROWS), f"Key: F\n{ROWS}").key == "F major"


@pytest.mark.parametrize("text", ["", "Paper boats are sailing", "[Verse]\nG\nla la"])
def test_without_chords_nothing_is_offered(text):
    assert with_chords(plan("la la"), text) is None


def test_inline_chords_belong_to_their_line():
    ((kind, lines),) = chords_in("[Chorus]\n[Am7]Let it [Dsus4]rain\nand rain\n[G]all day")
    assert kind.value == "chorus" and [len(line) for line in lines] == [2, 1]


@pytest.mark.parametrize("typed", ["[softly]", "G  D  Em  C", "Artist: Ada", "e|--0--2--3--|", "[Chorus]"])
def test_a_line_that_is_not_sung_can_be_sung_and_taken_back(typed):
    text = f"Paper boats\n{typed}\nthe end"
    sung = corrected(text, typed, sung=True)
    assert " ".join(typed.split()) in [line.text for line in parse_typed(sung).lines]
    marked = next(row.typed for row in classify(sung) if row.reason == "you said that it is sung")
    assert corrected(sung, marked, sung=False) == text


def test_a_sung_line_can_be_left_out_wherever_it_stands():
    text = "one here\nlet it rain\ntwo there\nlet it rain"
    out = corrected(text, "let it rain", sung=False)
    assert [line.text for line in parse_typed(out).lines] == ["one here", "two there"]
    assert corrected(out, "%% let it rain", sung=True) == text


@pytest.mark.parametrize("line", ["%%", "\\", "\\ "])
def test_a_lone_mark_is_no_mark(line):
    assert "you" not in classify(f"hello\n{line}")[1].reason
