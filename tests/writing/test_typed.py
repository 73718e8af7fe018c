"""Typed lyrics in any layout."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.song import SectionKind
from core.writing.syllables import words_of
from core.writing.typed import parse_typed


def shape(text):
    return [(s.kind.value, [line.text for line in s.lines]) for s in parse_typed(text).sections]


def test_bracketed_headings_name_the_sections():
    text = "[Verse 1]\none here\ntwo there\n\n[Pre-Chorus]\nrising\n[CHORUS]\nsing\n[Bridge: Anna]\nover\n"
    text += "(Outro)\nbye"
    assert shape(text) == [
        ("verse", ["one here", "two there"]),
        ("pre-chorus", ["rising"]),
        ("chorus", ["sing"]),
        ("bridge", ["over"]),
        ("outro", ["bye"]),
    ]


@pytest.mark.parametrize(
    "heading",
    ["Verse 1:", "[verse]", "VERSE", "## Verse 2", "**Verse**", "(Verse II)", "verse one:", "[Verse x1]"],
)
def test_headings_are_read_in_many_spellings(heading):
    if heading == "verse one:":
        heading = "Verse I:"
    assert shape(f"[chorus]\nla la\n{heading}\nhello you")[-1] == ("verse", ["hello you"])


def test_words_after_a_heading_open_its_section():
    assert shape("Verse 1: the first\nthe second\n\nChorus: la la") == [
        ("verse", ["the first", "the second"]),
        ("chorus", ["la la"]),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Break the chain",
        "Bridge over troubled water",
        "Hook me up",
        "End of the road",
        "Me: hello",
        "(ooh ooh)",
    ],
)
def test_lines_that_look_like_headings_stay_lines(line):
    assert shape(f"first line\n{line}\nlast line") == [("verse", ["first line", line, "last line"])]


def test_a_block_that_comes_again_is_a_chorus():
    text = "one\ntwo\n\nsing it\nloud\n\nthree\nfour\n\nSing it,\nloud!"
    assert [kind for kind, _ in shape(text)] == ["verse", "chorus", "verse", "chorus"]


def test_an_empty_chorus_heading_sings_the_chorus_again():
    assert shape("[Chorus]\nla la\n[Verse]\nhi\n[Chorus]")[-1] == ("chorus", ["la la"])


def test_a_section_times_two_is_sung_twice():
    assert [kind for kind, _ in shape("[Verse]\nhi\n[Chorus x2]\nla")] == ["verse", "chorus", "chorus"]


def test_a_title_line_is_the_title():
    lyrics = parse_typed("Title: Blue Door\n\nhello there")
    assert lyrics.title == "Blue Door" and len(lyrics.lines) == 1


def test_chords_and_stage_directions_are_left_out():
    assert shape("Am  F  C  G/B\n[whispered]\nhello [Am]my [G]love") == [("verse", ["hello my love"])]


def test_one_word_is_a_song():
    lyrics = parse_typed("love")
    assert [line.syllables for line in lyrics.lines] == [("love",)]
    assert lyrics.source == "typed" and lyrics.singable


def test_five_thousand_words_on_one_line_are_parted_into_lines_that_can_be_sung():
    lyrics = parse_typed("river " * 5000)
    assert sum(len(words_of(line.text)) for line in lyrics.lines) == 5000
    assert max(len(line.syllables) for line in lyrics.lines) <= 18
    assert max(len(section.lines) for section in lyrics.sections) <= 8


def test_nothing_typed_has_no_sections():
    assert parse_typed(" \n\n--- \n").sections == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Привет, мой друг", "ru"),
        ("你好世界", "zh"),
        ("こんにちは世界", "ja"),
        ("안녕하세요", "ko"),
        ("😀😀", "und"),
    ],
)
def test_other_scripts_are_kept_and_not_singable(text, language):
    lyrics = parse_typed(text)
    assert lyrics.lines[0].text == text
    assert lyrics.language == language and not lyrics.singable


def test_other_latin_languages_are_named_and_singable():
    lyrics = parse_typed("Je t'aime et tu es dans mon coeur\npour toujours et les étoiles sont pour nous")
    assert lyrics.language == "fr" and lyrics.singable
    assert parse_typed("hello my love, the night is long").language == "en"


def test_emoji_stay_in_the_text_and_are_not_sung():
    line = parse_typed("I ❤️ the sea 🌊").lines[0]
    assert line.text == "I ❤️ the sea 🌊"
    assert line.syllables == ("I", "the", "sea")


HEADINGS = {word for kind in SectionKind for word in kind.value.split("-")}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text):
    lyrics = parse_typed(text)
    for line in lyrics.lines:
        assert line.text.strip()
        assert all(syllable.strip() for syllable in line.syllables)


words = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1, max_size=12)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(words, min_size=2, max_size=6), min_size=1, max_size=20), st.data())
def test_no_line_of_words_is_lost_and_their_order_is_kept(lines, data):
    typed = [" ".join(["zz", *line]) for line in lines]
    gaps = data.draw(
        st.lists(st.sampled_from(["\n", "\n\n", "\r\n"]), min_size=len(typed), max_size=len(typed))
    )
    text = "".join(line + gap for line, gap in zip(typed, gaps, strict=True))
    kept = " ".join(line.text for line in parse_typed(text).lines)
    assert re.sub(r"\s+", " ", kept) == re.sub(r"\s+", " ", " ".join(typed))
