# ruff: noqa: E501
"""Lyrics as chat programs, lyric sites, players and phones hand them over: wrapped, decorated, in any script."""

from __future__ import annotations

import pytest

from core.writing.typed import classify, parse_typed, speakers_of
from core.writing.typed.headings import heading_of
from core.writing.typed.timed import timed_lines
from tests.writing.test_layouts import HOOK, LETTERS, SONG, TUNE, H, T, shape

SAME_SONG = {
    "suno tags": f"[Verse 1]\n[Female Vocal]\n{T}\n\n[Build-up]\n[Chorus]\n[Energetic, layered harmonies]\n{H}\n\n[Guitar Solo]\n[Fade Out]\n[End]",
    "chat title bold": f'**Title: "Paper Boats"**\n\n*(Verse 1)*\n{T}\n\n*(Chorus)*\n{H}\n\n⸻\n\nWould you like me to write a bridge as well?',
    "emoji heads": f"### 🎵 Verse 1\n{T}\n\n### 🎶 Chorus 🎶\n{H}",
    "emoji plain": f"🎤 Verse 1:\n{T}\n\n🔥 Chorus:\n{H}",
    "genius new": f"123 ContributorsTranslationsDeutschEspañolPaper Boats Lyrics[Verse 1: Ada]\n{T}\n\nSee Ada LiveGet tickets as low as $40You might also like[Chorus]\n{H}Embed",
    "genius read more": f"Paper Boats Lyrics\nPaper Boats is a song about rain. … Read More\n[Verse 1]\n{T}\n\n[Chorus]\n{H}",
    "equals": f"=== Verse 1 ===\n{T}\n\n=== Chorus ===\n{H}",
    "tilde": f"~ Verse 1 ~\n{T}\n\n~ Chorus ~\n{H}",
    "emdash": f"— Verse 1 —\n{T}\n\n— Chorus —\n{H}",
    "angle": f"<Verse 1>\n{T}\n\n<Chorus>\n{H}",
    "pipes": f"| Verse 1 |\n{T}\n\n| Chorus |\n{H}",
    "roman": f"VERSE I\n{T}\n\nCHORUS\n{H}",
    "spelled": f"Verse One\n{T}\n\nThe Chorus\n{H}",
    "short": f"V1:\n{T}\n\nC:\n{H}",
    "short2": f"[V1]\n{T}\n\n[CH]\n{H}",
    "numbered heads": f"1. Verse\n{T}\n\n2. Chorus\n{H}",
    "hash": f"Verse #1\n{T}\n\nChorus #1\n{H}",
    "azlyrics": f'"Paper Boats"\n\n[Ada:]\n{T}\n\n[Chorus:]\n{H}\n\nWriter(s): Ada Boat, Ben Rain',
    "lyricfind": f"[Verse]\n{T}\n\n[Chorus]\n{H}\n\nSource: LyricFind\nSongwriters: Ada Boat / Ben Rain\nPaper Boats lyrics © Rain Music Publishing",
    "musixmatch": f"[Verse]\n{T}\n\n[Chorus]\n{H}\n\nLyrics powered by www.musixmatch.com",
    "underscore dir": f"[Verse]\n_(softly)_\n{T}\n\n[Chorus]\n{H}\n_(fade)_",
    "indented": "\n".join("    " + r for r in f"[Verse]\n{T}\n\n[Chorus]\n{H}".split("\n")),
    "tabs": "\n".join("\t" + r for r in f"[Verse]\n{T}\n\n[Chorus]\n{H}".split("\n")),
    "curly quotes": f"“[Verse]\n{T}\n\n[Chorus]\n{H}”",
    "nbsp": f"[Verse\u00a01]\n{T}\n\u00a0\n[Chorus]\n{H}".replace(" ", "\u00a0"),
    "fullwidth brackets": f"［Verse 1］\n{T}\n\n（Chorus）\n{H}",
    "line sep": f"[Verse]\u2028{TUNE[0]}\u2028{TUNE[1]}\u2029[Chorus]\u2028{HOOK[0]}\u2028{HOOK[1]}",
    "old mac": f"[Verse]\n{T}\n\n[Chorus]\n{H}".replace("\n", "\r"),
    "chords german": f"[Strophe]\nH      F#m   H7\n{TUNE[0]}\nE  N.C.\n{TUNE[1]}\n\n[Refrain]\n{H}",
    "chords dashes": f"[Verse]\nC - G - Am - F\n{T}\n\n[Chorus]\nF  -  C  -  G\n{H}",
    "chords bracket row": f"[Verse]\n[Am] [F] [C] [G]\n{T}\n\n[Chorus]\n[F] [C]\n{H}",
    "chords dots": f"[Verse]\nAm . . F . . | C . G .\n{T}\n\n[Chorus]\n{H}",
    "chords paren in": f"[Verse]\n(G)Paper (D)boats are (Em)sailing\n{TUNE[1]}\n\n[Chorus]\n{H}",
    "chords half dim": f"[Verse]\nF#m7b5  Bb/D  Ebmaj7#11 Gsus2\n{T}\n\n[Chorus]\nCø  Db°7  A+ \n{H}",
    "chords x2": f"[Verse]\nAm F C G (x2)\n{T}\n\n[Chorus]\n| F | C | x4\n{H}",
    "intro chords": f"Intro: Am F C G\n\n[Verse]\n{T}\n\n[Chorus]\n{H}",
    "ultimate guitar": f"[Verse 1]\n[ch]G[/ch]     [ch]D[/ch]\n{TUNE[0]}\n[tab][ch]Em[/ch]  [ch]C[/ch]\n{TUNE[1]}[/tab]\n\n[Chorus]\n{H}",
    "tuning": f"Tuning: E A D G B E\nCapo: 2nd fret\nKey: G\n\n[Verse]\n{T}\n\n[Chorus]\n{H}",
    "arabic": f"[مقطع 1]\n{T}\n\n[لازمة]\n{H}",
    "hebrew": f"[בית 1]\n{T}\n\n[פזמון]\n{H}",
    "hindi": f"[अंतरा 1]\n{T}\n\n[मुखड़ा]\n{H}",
    "vietnamese": f"[Đoạn 1]\n{T}\n\n[Điệp khúc]\n{H}",
    "indonesian": f"[Bait 1]\n{T}\n\n[Reff]\n{H}",
    "dutch": f"[Couplet 1]\n{T}\n\n[Refrein]\n{H}",
    "romanian": f"[Strofa 1]\n{T}\n\n[Refren]\n{H}",
    "hungarian": f"[1. versszak]\n{T}\n\n[Refrén]\n{H}",
    "thai": f"[ท่อนแรก]\n{T}\n\n[ท่อนฮุก]\n{H}",
    "norwegian": f"[Vers 1]\n{T}\n\n[Refreng]\n{H}",
    "chat list": f"Here's a short song about rain:\n\n---\n\n**Verse 1**  \n{TUNE[0]}  \n{TUNE[1]}  \n\n**Chorus**  \n{HOOK[0]}  \n{HOOK[1]}  \n\n---\n\nI hope this captures the mood you were looking for! 🌧️",
    "chat think": f"<think>\nThe user wants a song.\n</think>\n\n[Verse]\n{T}\n\n[Chorus]\n{H}",
    "json lyrics": '{"lyrics": "[Verse]\\nPaper boats are sailing\\nDown the gutter stream\\n\\n[Chorus]\\nLet it rain, let it rain\\nAll the night and all the day"}',
    "escaped n": "[Verse]\\nPaper boats are sailing\\nDown the gutter stream\\n\\n[Chorus]\\nLet it rain, let it rain\\nAll the night and all the day",
    "timestamps in heads": f"[Verse 1 - 0:12]\n{T}\n\n[Chorus - 0:34]\n{H}",
    "time ranges": f"(0:12 - 0:30) Verse 1\n{T}\n\n(0:30 - 0:50) Chorus\n{H}",
    "bars in heads": f"[Verse 1, 8 bars]\n{T}\n\n[Chorus - 16 bars]\n{H}",
    "table": f"Verse 1\t{TUNE[0]}\n\t{TUNE[1]}\nChorus\t{HOOK[0]}\n\t{HOOK[1]}",
    "quoted heads": f"“Verse 1”\n{T}\n\n“Chorus”\n{H}",
    "angled heads": f"«Verse 1»\n{T}\n\n«Chorus»\n{H}",
    "latex": "\\documentclass{article}\n\\begin{document}\n\\begin{verse}\nPaper \\emph{boats} are sailing\\\\\nDown the gutter stream % quiet\n\\end{verse}\n\\section*{Chorus}\n"
    + "\\\\\n".join(HOOK)
    + "\n\\end{document}",
    "opensong": "[V1]\n.G     D\n Paper boats are sailing\n.Em    C\n Down the gutter stream\n;quiet\n[C]\n.G  D\n Let it rain, let it rain\n All the night and all the day",
    "title above facts": f"Paper Boats\nAda\nKey: G\nTempo: 92\n\nVerse 1:\n{T}\n\nChorus:\n{H}",
    "guitar site": f"Capo 2nd fret\n\n[Verse 1]\n[ch]G[/ch]      [ch]D[/ch]\n{TUNE[0]}\n[ch]Em[/ch]\n{TUNE[1]}\n\n[Chorus]\n{H}",
    "projector": f"Title: Boats\n\nVerse 1\n{T}\n\nChorus 1\n{H}\n\nCCLI Song # 1234567\n© 2020 Rain Music",
    "video": f"🎵 Lyrics 🎵\n\n[Verse 1]\n{T}\n\n[Chorus]\n{H}\n\n#folk #newmusic\nhttps://example.com/x\nSubscribe for more!",
    "slashes": f"[Verse]\n{TUNE[0]} / {TUNE[1]}\n[Chorus]\n{HOOK[0]} / {HOOK[1]}",
    "numbered lines": "\n".join(
        f"{n:2d} {x}" for n, x in enumerate(["[Verse]", *TUNE, "", "[Chorus]", *HOOK], 1)
    ),
    "strumming": f"[Verse]\nStrumming: D DU UDU\n{T}\n\n[Chorus]\n{H}",
    "yaml": f"verse_1:\n  - {TUNE[0]}\n  - {TUNE[1]}\nchorus:\n  - {HOOK[0]}\n  - {HOOK[1]}",
    "outline": f"- **Verse 1**\n    - {TUNE[0]}\n    - {TUNE[1]}\n- **Chorus**\n    - {HOOK[0]}\n    - {HOOK[1]}",
    "heads with bars": f"[Verse 1 | 90 BPM | soft]\n{T}\n\n[Chorus | big]\n{H}",
}

KINDS = {
    "suno tags": "HDWW.DHDWW.HHH", "chat title bold": "T.HWW.HWW...N", "genius new": "THWW.NNNHWWN",
    "genius read more": "TNHWW.HWW", "azlyrics": "T.DWW.HWW.N", "lyricfind": "HWW.HWW.NNN",
    "musixmatch": "HWW.HWW.N", "underscore dir": "HDWW.HWWH", "line sep": "HWWHWW", "chords german": "HCWCW.HWW",
    "chords dashes": "HCWW.HCWW", "chords bracket row": "HCWW.HCWW", "chords dots": "HCWW.HWW",
    "chords half dim": "HCWW.HCWW", "chords x2": "HCWW.HCWW", "intro chords": "H.HWW.HWW",
    "ultimate guitar": "HCWCW.HWW", "tuning": "NNN.HWW.HWW", "chat list": "N...HWW.HWW...N",
    "chat think": "NNN.HWW.HWW", "table": "HWWHWW", "latex": "..HWW.HWW.", "opensong": "HCWCWHCWW",
    "title above facts": "TNNN.HWW.HWW", "guitar site": "N.HCWCW.HWW", "projector": "T.HWW.HWW.NN",
    "video": "N.HWW.HWW.NNN", "slashes": "HWWHWW", "strumming": "HNWW.HWW", "yaml": "HWWHWW",
    "outline": "HWWHWW",
}  # fmt: skip
"""What each line is; of those that are not listed "HWW.HWW"."""


@pytest.mark.parametrize("layout", SAME_SONG)
def test_one_song_is_read_out_of_every_wrapping(layout):
    assert shape(SAME_SONG[layout]) == SONG


def test_every_line_of_a_wrapping_is_what_it_is():
    read = {
        name: "".join(LETTERS[row.kind.value] for row in classify(text)) for name, text in SAME_SONG.items()
    }
    assert read == {name: KINDS.get(name, "HWW.HWW") for name in SAME_SONG}


WORDS_ALONE = {
    "youtube": "0:12\nPaper boats are sailing\n0:15\nDown the gutter stream",
    "youtube inline": "0:12 Paper boats are sailing\n0:15 Down the gutter stream",
    "notes": "[Music]\n♪ Paper boats are sailing ♪\n♪ Down the gutter stream ♪\n[Applause]",
    "sbv": "0:00:12.000,0:00:15.000\nPaper boats are sailing\n\n0:00:15.000,0:00:18.000\nDown the gutter stream",
    "ass": "[Script Info]\nTitle: Boats\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\nDialogue: 0,0:00:12.00,0:00:15.00,Default,,0,0,0,,{\\k20}Paper {\\k30}boats are sailing\nDialogue: 0,0:00:15.00,0:00:18.00,Default,,0,0,0,,Down the gutter stream",
    "ttml": '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="12.0s" end="15.0s">Paper boats are sailing</p>\n<p begin="15.0s" end="18.0s">Down the gutter stream</p></div></body></tt>',
    "lrc a2 voices": "[00:12.00]F: Paper boats are sailing\n[00:15.00]M: Down the gutter stream",
    "lrc ms": "[00:12.123]Paper boats are sailing\n[00:15:45]Down the gutter stream",
    "srt tags": '1\n00:00:12,000 --> 00:00:15,000\n{\\an8}<font color="#fff">Paper boats are sailing</font>\n\n2\n00:00:15,000 --> 00:00:18,000\n- Down the gutter stream',
    "vtt full": "WEBVTT - song\nKind: captions\nLanguage: en\n\nNOTE by Ada\n\nSTYLE\n::cue { color: red }\n\n1\n00:12.000 --> 00:15.000 align:start position:0%\n<v Ada>Paper boats are sailing</v>\n\n00:15.000 --> 00:18.000\n<00:15.500><c>Down</c> the gutter stream",
    "json lines": '{"start": 12.0, "end": 15, "text": "Paper boats are sailing"}\n{"start": 15, "end": 18, "text": "Down the gutter stream"}',
    "json list": '[{"start": 12.0, "text": " Paper boats are sailing"},\n {"start": 15.0, "text": " Down the gutter stream"}]',
    "word times": "[12000,3000]Paper(12000,500) boats(12500,500) are(13000,300) sailing(13300,800)\n[15000,3000]Down(15000,500) the(15500,200) gutter(15700,500) stream(16200,800)",
    "krc": "[12000,3000]<0,500,0>Paper<500,300,0> boats<800,300,0> are<1100,500,0> sailing\n[15000,3000]<0,300,0>Down<300,300,0> the<600,300,0> gutter<900,300,0> stream",
    "abc": "X:1\nT:Boats\nM:4/4\nL:1/4\nK:G\nG2 B2 d2 B2|\nw: Pa-per boats are sail-ing\nG2 B2 d2 B2|\nw: Down the gut- ter stream_",
    "discord": "**Ada** — Today at 10:32 AM\nPaper boats are sailing\nDown the gutter stream",
    "mail": "On Mon, 3 Mar 2025 Ada wrote:\n> Paper boats are sailing\n> Down the gutter stream",
    "whatsapp": "[12.03.24, 21:14:05] Ada: Paper boats are sailing\n[12.03.24, 21:14:30] Ada: Down the gutter stream",
}


@pytest.mark.parametrize("layout", WORDS_ALONE)
def test_what_stands_around_the_words_is_not_sung(layout):
    assert [line.text for line in parse_typed(WORDS_ALONE[layout]).lines] == TUNE


@pytest.mark.parametrize(
    "layout",
    ["youtube", "youtube inline", "sbv", "ass", "ttml", "json lines", "json list", "word times", "krc"],
)
def test_the_times_of_other_subtitles_are_read_as_well(layout):
    assert [at for at, _ in timed_lines(WORDS_ALONE[layout])] == [12.0, 15.0]


def test_who_sings_is_read_behind_a_time():
    assert speakers_of(WORDS_ALONE["lrc a2 voices"]) == ("F", "M")


@pytest.mark.parametrize(
    "line",
    [
        "the end", "The bridge is burning", "1. I love you", "... break", "“Verse”", "chorus!", "12:30 train",
        "C", "[C]", "[B]", "B: hello", "v", "— and then", "★", "12", "solo", "intro", "bait", "ref",
    ],
)  # fmt: skip
def test_words_with_signs_around_them_head_nothing(line):
    assert heading_of(line) is None


@pytest.mark.parametrize(
    "text", ["{", "{}", '{"lyrics": 3}', '{"a": "b"}', "[" * 5000, '{"lyrics":' * 3000, "\\n\\n"]
)
def test_what_only_looks_like_a_wrapping_is_read_as_it_stands(text):
    assert isinstance(classify(text), tuple)


def test_letters_in_two_parts_name_a_section_too():
    assert shape(f"[Refra\u0303o]\n{H}") == shape(f"[Refr\u00e3o]\n{H}") == [("chorus", HOOK)]


def test_chords_behind_a_heading_are_chords_and_no_words():
    heading = heading_of("Intro: Am F C G")
    assert (heading.kind.value, heading.rest, heading.chords) == ("intro", "", "Am F C G")


@pytest.mark.parametrize(
    "text",
    [
        "either / or, I said\nand that is all",
        "1 thing I know\nand 2 things I don't",
        "99 red balloons\n100 green ones\n101 more\n102",
        "{hello}\n{world}",
        '{"a": 1}\n{"b": 2}',
        "[1, 2]\n[3, 4]",
        "“Chorus”\nis what she said",
        "K: hello\nJ: hi",
        "\\o/ hooray\n\\o/ again",
        "one\ttwo\nthree\tfour",
        "sing (1,2) and (3,4)\nand nothing else",
    ],
)
def test_what_no_program_wrote_stays_as_it_is(text):
    assert [row.typed for row in classify(text)] == text.split("\n")
