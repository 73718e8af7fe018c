# ruff: noqa: E501
"""Layouts in which people paste lyrics: every line is classified, and only words are sung."""

from __future__ import annotations

import pytest

from core.song import SongRequest
from core.writing.plan import make_plan
from core.writing.typed import RowKind, classify, no_voice_asked, parse_typed

TUNE = ["Paper boats are sailing", "Down the gutter stream"]
HOOK = ["Let it rain, let it rain", "All the night and all the day"]


def shape(text):
    return [(s.kind.value, [line.text for line in s.lines]) for s in parse_typed(text).sections]


SONG = [("verse", TUNE), ("chorus", HOOK)]
T, H = "\n".join(TUNE), "\n".join(HOOK)
SAME_SONG = {
    "blank between": f"[Verse]\n{T}\n\n[Chorus]\n{H}\n",
    "blank behind headings": f"[Verse]\n\n{T}\n\n[Chorus]\n\n{H}\n\n",
    "many blanks": f"\n\n[Verse]\n\n\n{T}\n\n\n\n[Chorus]\n\n\n{H}\n\n\n",
    "no blanks": f"[Verse]\n{T}\n[Chorus]\n{H}",
    "windows ends": f"[Verse]\n{T}\n\n[Chorus]\n{H}\n".replace("\n", "\r\n"),
    "spaces on blank lines": f"[Verse]  \n{T}\n \t \n[Chorus]\n{H}\n  ",
    "rules between": f"[Verse]\n{T}\n---\n[Chorus]\n{H}\n***\n",
    "colon": f"Verse 1:\n{T}\n\nChorus:\n{H}",
    "markdown": f"## Verse 1\n{T}\n\n## Chorus\n{H}",
    "bold": f"**Verse 1**\n{T}\n\n**Chorus:**\n{H}",
    "bold brackets": f"**[Verse 1]**\n{T}\n\n**[Chorus]**\n{H}",
    "parentheses": f"(Verse 1)\n{T}\n\n(Chorus)\n{H}",
    "voices": f"[Verse 1: Ada]\n{T}\n\n[Chorus: Ada & Ben (with Cleo)]\n{H}",
    "dash": f"[Verse 1 - Ada]\n{T}\n\n[Chorus - everybody]\n{H}",
    "nested brackets": f"[Verse 1 [softly]]\n{T}\n\n[Chorus (loud)]\n{H}",
    "direction behind": f"[Verse 1] [whispered]\n{T}\n\n[Chorus] (softly)\n{H}",
    "adjectives": f"[Gentle acoustic verse]\n{T}\n\n[Big anthemic chorus, full band]\n{H}",
    "chat": f"Sure! Here are the lyrics you asked for:\n\n[Verse]\n{T}\n\n[Chorus]\n{H}\n\nLet me know if you'd like changes!",
    "fence": f"```\n[Verse]\n{T}\n\n[Chorus]\n{H}\n```",
    "quote": "\n".join(f"> {row}" for row in f"[Verse]\n{T}\n[Chorus]\n{H}".split("\n")),
    "html": f"<p>[Verse]<br>\n{TUNE[0]}<br/>\n{TUNE[1]}<br>\n\n[Chorus]<br>\n<i>{HOOK[0]}</i><br>\n{HOOK[1]}</p>",
    "site": f"12 ContributorsPaper Boats Lyrics\n[Verse]\n{T}\n\nYou might also like\n[Chorus]\n{H}\n7Embed",
    "facts": f"Title: Paper Boats\nArtist: Ada\nKey: G\nCapo: 2\nTempo: 92 bpm\n\n[Verse]\n{T}\n\n[Chorus]\n{H}",
    "chord rows": f"[Verse]\nG      D/F#   Em7\n{TUNE[0]}\nCadd9     D\n{TUNE[1]}\n\n[Chorus]\n| G | D |\n{HOOK[0]}\nAm7  Dsus4\n{HOOK[1]}",
    "chords inside": f"[Verse]\n[G]Paper [D/F#]boats are [Em7]sailing\n[C]{TUNE[1]}\n[Chorus]\n[Am7]Let it [Dsus4]rain, let it rain\n{HOOK[1]} [G]",
    "chordpro": f"{{title: Paper Boats}}\n{{key: G}}\n{{start_of_verse}}\n[G]{T}\n{{end_of_verse}}\n\n{{soc}}\n{H}\n{{eoc}}\n{{comment: softly}}",
    "chordpro labels": f"{{t:Boats}}\n{{sov: Verse 1}}\n{T}\n{{eov}}\n{{start_of_chorus: Chorus}}\n{H}\n{{end_of_chorus}}",
    "chordpro comments": f"{{c: Verse 1}}\n{T}\n\n{{c:Chorus}}\n{H}",
    "tablature": f"[Verse]\n{T}\n\ne|--0--2--3--|\nB|--1--3--0--|\nG|--0-----0--|\n\n[Chorus]\n{H}",
    "chordpro tab": f"[Verse]\n{T}\n{{sot}}\nriff 0 2 3\n{{eot}}\n[Chorus]\n{H}",
    "directions": f"[Verse]\n[acoustic guitar, soft]\n{T}\n(softly)\n\n[Chorus]\n{H}\n[fade out]",
    "german": f"[Strophe 1]\n{T}\n\n[Refrain]\n{H}",
    "french": f"[Couplet 1]\n{T}\n\n[Refrain]\n{H}",
    "spanish": f"[Verso 1]\n{T}\n\n[Estribillo]\n{H}",
    "italian": f"[Strofa 1]\n{T}\n\n[Ritornello]\n{H}",
    "portuguese": f"[Verso 1]\n{T}\n\n[Refrão]\n{H}",
    "polish": f"[Zwrotka 1]\n{T}\n\n[Refren]\n{H}",
    "czech": f"[Sloka 1]\n{T}\n\n[Refrén]\n{H}",
    "russian": f"[Куплет 1]\n{T}\n\n[Припев]\n{H}",
    "ukrainian": f"[Куплет 1]\n{T}\n\n[Приспів]\n{H}",
    "turkish": f"[Kıta 1]\n{T}\n\n[Nakarat]\n{H}",
    "swedish": f"[Vers 1]\n{T}\n\n[Refräng]\n{H}",
    "danish": f"[Vers 1]\n{T}\n\n[Omkvæd]\n{H}",
    "finnish": f"[Säkeistö 1]\n{T}\n\n[Kertosäe]\n{H}",
    "japanese": f"[ヴァース 1]\n{T}\n\n【サビ】\n{H}",
    "chinese": f"[主歌 1]\n{T}\n\n[副歌]\n{H}",
    "korean": f"[벌스 1]\n{T}\n\n[후렴]\n{H}",
    "greek": f"[Κουπλέ 1]\n{T}\n\n[Ρεφρέν]\n{H}",
    "invisible signs": f"\ufeff[Verse]\u200b\n{TUNE[0]}\u00ad\n{TUNE[1]}\n\n[Chorus]\n{H}",
}


@pytest.mark.parametrize("layout", SAME_SONG)
def test_one_song_is_read_out_of_every_layout(layout):
    assert shape(SAME_SONG[layout]) == SONG


WORDS_ALONE = {
    "lrc": "[ti:Boats]\n[ar:Ada]\n[offset:+100]\n[00:12.00]Paper boats are sailing\n[00:15:30]Down the gutter stream",
    "lrc of minutes": "[00:12]Paper boats are sailing\n[01:02]Down the gutter stream",
    "enhanced lrc": "[00:12.00]<00:12.00>Paper <00:12.50>boats <00:13.00>are sailing\n[00:15.00]Down the gutter stream",
    "srt": "1\n00:00:12,000 --> 00:00:15,000\nPaper boats are sailing\n2\n00:00:15,000 --> 00:00:18,000\n<i>Down the gutter stream</i>",
    "webvtt": "WEBVTT\n00:12.000 --> 00:15.000 align:start\n<v Ada>Paper boats are sailing</v>\n00:15.000 --> 00:18.000\nDown the gutter stream",
    "ultrastar": "#TITLE:Boats\n#ARTIST:Ada\n#BPM:300\n: 0 4 60 Pa\n: 5 4 62 per\n: 10 4 62  boats\n* 15 4 64  are\n: 20 4 64  sail\n: 25 2 62 ing\n- 30\n: 32 4 60 Down\n: 37 4 60  the\n: 41 4 60  gut\n: 45 3 60 ter\nF 50 4 60  stream\n: 55 4 60 ~\nE",
    "numbered": "1. Paper boats are sailing\n2. Down the gutter stream\n3. Paper boats are sailing",
    "notes": "♪ Paper boats are sailing ♪\n♪ Down the gutter stream ♪",
    "bullets": "- Paper boats are sailing\n- Down the gutter stream",
    "italics": "*Paper boats are sailing*\n_Down the gutter stream_",
    "messenger": "[12/03/2024, 10:32] Ada: Paper boats are sailing\n[12/03/2024, 10:33] Ada: Down the gutter stream",
    "a duet": "Ada: Paper boats are sailing\nBen: Down the gutter stream",
    "who sings": "Ada:\nPaper boats are sailing\nBen & Cleo:\nDown the gutter stream",
    "directions inside": "Paper boats [sighs] are sailing\nDown the gutter stream (softly)",
    "entities": "Paper boats&nbsp;are sailing\nDown the gutter stream",
}


@pytest.mark.parametrize("layout", WORDS_ALONE)
def test_what_stands_around_the_words_is_not_sung(layout):
    lines = [line.text for line in parse_typed(WORDS_ALONE[layout]).lines]
    assert lines[:2] == TUNE and set(lines) <= set(TUNE)


def test_a_line_with_several_stamps_is_sung_at_each_of_them_in_order():
    text = "[00:12.00]one here\n[00:20.00][00:40.00]sing it\n[00:30.00]two there"
    assert [line.text for line in parse_typed(text).lines] == ["one here", "sing it", "two there", "sing it"]


@pytest.mark.parametrize("mark", ["(x2)", "x2", "[x2]", "(2x)", "×2", "(bis)", "(repeat)", "(2 times)"])
def test_a_repeated_line_is_sung_twice(mark):
    assert [line.text for line in parse_typed(f"let it rain {mark}\nall day").lines] == [
        "let it rain"
    ] * 2 + ["all day"]


@pytest.mark.parametrize("mark", ["x2", "(x2)", "[repeat]", "2x"])
def test_a_repeat_on_its_own_line_repeats_its_block(mark):
    assert shape(f"[Chorus]\n{H}\n{mark}\n\n[Verse]\n{T}") == [("chorus", HOOK * 2), ("verse", TUNE)]


@pytest.mark.parametrize(
    "heading", ["[Chorus]", "[Repeat Chorus]", "Chorus", "Repeat chorus", "{chorus}", "[Refrain]"]
)
def test_a_chorus_that_stands_alone_is_sung_again(heading):
    text = f"[Chorus]\n{H}\n\n[Verse]\n{T}\n\n{heading}\n\n[Bridge]\nover"
    assert shape(text)[2] == ("chorus", HOOK)
    assert len(shape(text)) == 4


def test_a_chorus_of_two_paragraphs_is_repeated_whole():
    text = "[Chorus]\none one\n\ntwo two\n\n[Verse]\nhello\n\n[Chorus]\n"
    assert [lines for _, lines in shape(text)] == [
        ["one one"],
        ["two two"],
        ["hello"],
        ["one one"],
        ["two two"],
    ]


def test_a_section_of_two_paragraphs_is_sung_once():
    assert shape(f"[Chorus]\n{H}\n\nand more\n\n[Outro]\nbye") == [
        ("chorus", HOOK),
        ("chorus", ["and more"]),
        ("outro", ["bye"]),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "A day in the life",
        "I am a bridge",
        "Add a little more",
        "(la la la)",
        "(all day long)",
        "Be",
        "I love you 3 times a day",
        "I told you twice",
        "Final words",
        "Music is playing",
        "Here is a song for you",
        "Of course I love you",
        "She said: hold on",
        "Dear John:hold on",
        "5 o'clock",
        "99 red balloons",
        "10:15 on a Saturday",
    ],
)
def test_words_that_look_like_something_else_are_sung(line):
    assert [one.text for one in parse_typed(f"first line\n{line}\nlast line").lines][1] == line


@pytest.mark.parametrize(
    "text",
    [
        "[inst]",
        "[instrumental]",
        "[Instrumental]\n",
        "(instrumental)",
        "Instrumental:",
        "[intro]\n[instrumental]\n[outro]",
        "[no vocals]",
        "[solo]",
    ],
)
def test_lyrics_that_ask_for_no_voice_make_an_instrumental(text):
    assert no_voice_asked(text)
    plan = make_plan(SongRequest(prompt="warm folk", typed_lyrics=text, duration_s=10), None)
    assert plan.instrumental and any("ask for an instrumental" in note for note in plan.notes)


@pytest.mark.parametrize(
    "text", ["", "[verse]\n[chorus]", "[inst]\nbut words", "instrumental love song", "hello"]
)
def test_other_lyrics_do_not(text):
    assert not no_voice_asked(text)


def test_every_line_has_a_kind_and_a_reason():
    text = f"Title: Boats\nArtist: Ada\n[Verse]\nG D Em C\n{TUNE[0]}\n[softly]\n[00:10.00]{TUNE[1]}\nx2\n\ne|--0--2--3--|"
    rows = classify(text)
    assert [row.kind.value for row in rows] == [
        "title", "noise", "heading", "chords", "words", "direction", "words", "repeat", "blank", "noise",
    ]  # fmt: skip
    assert all(row.reason for row in rows) and [row.typed for row in rows] == text.split("\n")
    assert rows[4].kind is RowKind.WORDS and rows[4].words == TUNE[0]


LETTERS = {
    "heading": "H", "words": "W", "chords": "C", "direction": "D", "stamp": "S", "repeat": "R", "title": "T",
    "noise": "N", "blank": ".",
}  # fmt: skip
KINDS = {
    "blank behind headings": "H.WW.H.WW.", "many blanks": "..H..WW...H..WW..", "no blanks": "HWWHWW",
    "spaces on blank lines": "HWW.HWW.", "rules between": "HWW.HWW.", "chat": "N.HWW.HWW.N",
    "fence": "NHWW.HWWN", "quote": "HWWHWW", "site": "THWW.NHWWN", "facts": "TNNNN.HWW.HWW",
    "chord rows": "HCWCW.HCWCW", "chords inside": "HWWHWW", "chordpro": "TDHWW..HWW.D",
    "chordpro labels": "THWW.HWW.", "tablature": "HWW.NNN.HWW", "chordpro tab": "HWWDN.HWW",
    "directions": "HDWWD.HWWH", "lrc": "TSSWW", "lrc of minutes": "WW", "enhanced lrc": "WW", "srt": "SSWSSW",
    "webvtt": "SSWSW", "ultrastar": "TSSWW", "numbered": "WWW", "notes": "WW", "bullets": "WW", "italics": "WW",
    "messenger": "WW", "a duet": "WW", "who sings": "DWDW", "directions inside": "WW", "entities": "WW",
}  # fmt: skip
"""What each line of a layout is; of those that are not listed "HWW.HWW"."""


def test_every_line_of_64_layouts_is_what_it_is():
    layouts = SAME_SONG | WORDS_ALONE
    read = {
        name: "".join(LETTERS[row.kind.value] for row in classify(text)) for name, text in layouts.items()
    }
    assert len(layouts) >= 60
    assert read == {name: KINDS.get(name, "HWW.HWW") for name in layouts}
