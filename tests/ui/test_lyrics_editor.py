"""The words on the lyrics page: edited line by line, single lines written anew, given back to the prompt."""

from __future__ import annotations

import pytest

from core.runs.pipeline import RunSettings
from core.song import Lyrics, LyricSection, SectionKind, SongRequest
from core.stages.lyrics import TYPED
from core.ui.lyrics_editor import beside_the_tune, with_lines
from core.writing.another_line import another_line
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan
from core.writing.syllables import line_of

REQUEST = SongRequest(prompt="sad piano ballad about rain", duration_s=60, seed=1)
PLAN = make_plan(REQUEST)
WORDS = write_lyrics(PLAN)


def lyrics(*sections: tuple[str, ...]) -> Lyrics:
    parts = tuple(
        LyricSection(kind=SectionKind.VERSE, lines=tuple(line_of(text) for text in section))
        for section in sections
    )
    return Lyrics(title="x", sections=parts, source="writer")


def test_a_changed_line_is_cut_anew_and_the_others_are_the_same_lines() -> None:
    before = lyrics(("rain on the roof", "light on the floor"), ("one more",))
    after = with_lines(before, ["rain on the roof", "  candle   light ", "one more"])
    assert after.sections[0].lines[1].text == "candle light"
    assert after.sections[0].lines[1].syllables == ("can", "dle", "light")
    assert after.sections[0].lines[0] is before.sections[0].lines[0]
    assert after.sections[1] == before.sections[1]


def test_an_emptied_line_is_left_out_and_so_is_an_emptied_section() -> None:
    before = lyrics(("a b", "c d"), ("e",))
    assert [[line.text for line in s.lines] for s in with_lines(before, ["", "c d", " "]).sections] == [
        ["c d"]
    ]


@pytest.mark.parametrize("place", [(0, 0), (0, 1), (len(WORDS.sections) - 1, 0)])
def test_another_line_fits_its_place_and_is_none_of_those_there(place: tuple[int, int]) -> None:
    old = WORDS.sections[place[0]].lines[place[1]]
    new = another_line(WORDS, *place, PLAN, take=1)
    assert new.text not in {line.text for line in WORDS.lines}
    assert abs(len(new.syllables) - len(old.syllables)) <= 2
    assert another_line(WORDS, *place, PLAN, take=1) == new
    assert another_line(WORDS, *place, PLAN, take=2).text != old.text


@pytest.fixture
def song(fake):
    return fake.start(REQUEST, RunSettings(), "me")


@pytest.fixture
def table(monkeypatch):
    """What a person does in the table: changes of rows, by their number."""
    changes: dict[int, dict[str, object]] = {}

    def edited(rows, **_):
        return [row | changes.get(n, {}) for n, row in enumerate(rows)]

    monkeypatch.setattr("core.ui.lyrics_editor.st.data_editor", edited)
    return changes


def button(test, name):
    return next(one for one in test.button if one.key and one.key.startswith(f"words_{name}-"))


def applied(test, fake) -> Lyrics | None:
    test.button(key="apply").click().run()
    verb, settings = fake.calls[-1]
    assert verb == "change"
    return settings.lyrics.words


def test_a_changed_line_is_sung_after_apply(site, fake, song, table):
    sung = fake.run(song).step("lyrics").lyrics
    test = site("lyrics", song)
    assert not test.exception
    assert test.button(key="apply").disabled and button(test, "rewrite").disabled
    table[0] = {"line": "words of my own"}
    words = applied(test.run(), fake)
    assert words.lines[0].text == "words of my own" and words.source == TYPED
    assert words.lines[1:] == sung.lines[1:]


def test_a_ticked_line_is_written_anew_and_the_others_stay(site, fake, song, table):
    sung = fake.run(song).step("lyrics").lyrics
    test = site("lyrics", song)
    table[1] = {"rewrite": True}
    test.run()
    assert button(test, "rewrite").label == "Rewrite 1 line"
    button(test, "rewrite").click().run()
    table.clear()
    words = applied(test.run(), fake)
    assert words.lines[1].text not in {line.text for line in sung.lines}
    assert [line for n, line in enumerate(words.lines) if n != 1] == [
        line for n, line in enumerate(sung.lines) if n != 1
    ]


def test_locked_lines_stay_when_the_others_are_written_anew_and_stay_locked(site, fake, song, table):
    sung = fake.run(song).step("lyrics").lyrics
    test = site("lyrics", song)
    table[0] = {"lock": True, "rewrite": True}
    test.run()
    others = len(sung.lines) - 1
    assert button(test, "rewrite").label == f"Rewrite {others} unlocked {'line' if others == 1 else 'lines'}"
    button(test, "rewrite").click().run()
    table.clear()
    test.run()
    assert "unlocked" in button(test, "rewrite").label  # The lock went on to the new table.
    words = applied(test, fake)
    assert words.lines[0] == sung.lines[0]
    assert not {line.text for line in words.lines[1:]} & {line.text for line in sung.lines[1:]}


def test_syllables_stand_beside_those_of_the_tune() -> None:
    assert [beside_the_tune(n, 9) for n in (11, 12, 6)] == ["11 / 9", "12 / 9 long", "6 / 9 short"]
    assert beside_the_tune(7, None) == "7" and beside_the_tune(0, 9) == ""


def test_edited_words_are_dropped_for_those_of_the_prompt(site, fake, table):
    settings = RunSettings()
    own = settings.lyrics.model_copy(update={"words": lyrics(("my own",))})
    song = fake.start(REQUEST, settings.model_copy(update={"lyrics": own}), "me")
    test = site("lyrics", song)
    button(test, "reset").click().run()
    assert applied(test, fake) is None
