"""Texts that repeat a piece thousands of times are read: no pattern takes them in ever more ways."""

import re
import signal

import pytest

from core.song import MAX_LYRICS_CHARACTERS, MAX_PROMPT_CHARACTERS, SongRequest
from core.writing.plan import make_plan
from core.writing.typed import parse_typed, with_chords
from core.writing.typed.marks import is_chord_row, without_chords

MOST_S = 10
"""Each takes under two seconds; before, each took minutes to for ever."""
PUMPS = (" ", "\t", "_", "7", ",", "# ", "maj7", "99", "sus", "(x2)", "a, ", "[00:01.00]", "embed", "(9")


@pytest.fixture(autouse=True)
def ended():
    def over(*_):
        pytest.fail(f"not read within {MOST_S} s")

    before = signal.signal(signal.SIGALRM, over)
    signal.alarm(MOST_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def pumped(piece, most, begin):
    return (begin + piece * most)[: most - 1] + "\0"


@pytest.mark.parametrize("begin", ["", "[Am"])
@pytest.mark.parametrize("piece", PUMPS)
def test_lyrics_of_one_piece_are_read(piece, begin):
    text = pumped(piece, MAX_LYRICS_CHARACTERS, begin)
    lyrics = parse_typed(text)
    plan = make_plan(SongRequest(prompt="folk", typed_lyrics=text, duration_s=20), lyrics)
    with_chords(plan, text)


@pytest.mark.parametrize("piece", PUMPS)
def test_a_prompt_of_one_piece_is_read(piece):
    assert make_plan(SongRequest(prompt=pumped(piece, MAX_PROMPT_CHARACTERS, "song about the ")))


@pytest.mark.parametrize("digits", [3, 40, 4000])
def test_a_chord_of_many_digits_is_decided_at_once(digits):
    chord = f"Am{'9' * digits}"
    assert not is_chord_row(f"{chord}x")
    assert without_chords(f"[{chord}x]") == f"[{chord}x]"


@pytest.mark.parametrize(
    "chord", ["C7", "Cmaj7", "C7(b9)", "C(add9)", "F#m7b5", "Bbsus4/F", "Cmaj9#11", "Asus2", "G13(#11)"]
)
def test_chords_in_brackets_and_parentheses_are_taken_out(chord):
    assert without_chords(f"[{chord}]so") == "so"
    assert without_chords(f"({chord})so") == "so"


def test_a_line_without_end_keeps_its_words_in_lines_of_a_thousand_characters():
    words = [f"word{n}" for n in range(600)]
    lyrics = parse_typed(" ".join(words))
    read = [word for section in lyrics.sections for line in section.lines for word in line.text.split()]
    assert [re.sub(r"\W", "", word) for word in read] == words
