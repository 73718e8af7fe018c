"""The times of timed lyrics set the form; names before a colon make a duet."""

import pytest

from core.song import SectionKind, SongRequest
from core.writing.plan import make_plan
from core.writing.typed import parse_typed, speakers_of, with_times
from core.writing.typed.timed import timed_lines
from core.writing.typed.times_used import section_starts

LRC = """[ti:Rain]
[Verse]
[00:08.00]Rain is falling on the river
[00:12.00]All the boats have gone away
[00:16.00]
[Chorus]
[00:40.00]Carry me home <00:41.50>tonight again
[00:44.00]Carry me home to the bay
"""
SRT = """1
00:00:08,000 --> 00:00:11,000
Rain is falling on the river

2
00:00:12,500 --> 00:00:15,000
All the boats have gone away
"""
VTT = """WEBVTT

00:08.000 --> 00:11.000
Rain is falling on the river

01:00:12.500 --> 01:00:15.000
All the boats have gone away
"""
ULTRASTAR = """#TITLE:Rain
#BPM:300
#GAP:8000
: 0 4 60 Rain
: 4 4 60  is
- 10
: 40 4 60 Fall
: 44 4 60 ing
E
"""


def plan_of(text, prompt="folk, 120 bpm", duration_s=90.0):
    typed = parse_typed(text)
    return make_plan(SongRequest(prompt=prompt, typed_lyrics=text, duration_s=duration_s), typed), typed


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (LRC, [8.0, 12.0, 16.0, 40.0, 44.0]),
        (SRT, [8.0, 12.5]),
        (VTT, [8.0, 3612.5]),
        (ULTRASTAR, [8.0, 10.0]),
        ("[00:20.00][00:10.00]la la", [10.0, 20.0]),
        ("no times here", []),
        ("#BPM:0\n: 0 1 1 a\n: 1 1 1 b", []),
    ],
    ids=["lrc", "srt", "vtt", "ultrastar", "several stamps", "none", "no tempo"],
)
def test_times_are_read_from_each_form(text, times):
    assert [at for at, _ in timed_lines(text)] == times


def test_each_section_begins_at_the_bar_nearest_to_its_words():
    plan, typed = plan_of(LRC)
    given = with_times(plan, typed, LRC)
    at, starts = 0, {}
    for section in given.sections:
        if section.sung:
            starts[section.kind] = at * plan.bar_s
        at += section.bars
    assert starts[SectionKind.VERSE] == pytest.approx(8.0, abs=plan.bar_s / 2)
    assert starts[SectionKind.CHORUS] == pytest.approx(40.0, abs=plan.bar_s / 2)
    assert [s.kind for s in given.sections][:3] == [SectionKind.INTRO, SectionKind.VERSE, SectionKind.SOLO]
    assert [s.kind for s in given.sections if s.sung] == [s.kind for s in typed.sections]
    for section, words in zip([s for s in given.sections if s.sung], typed.sections, strict=True):
        assert given.lines_in(section) >= len(words.lines)
    assert given.tempo_bpm == plan.tempo_bpm


def test_lines_closer_than_they_can_be_sung_come_later_and_it_is_noted():
    hurried = LRC.replace("[00:40", "[00:09").replace("[00:44", "[00:10").replace("[00:16.00]\n", "\n")
    plan, typed = plan_of(hurried)
    given = with_times(plan, typed, hurried)
    assert "faster tempo" in given.notes[-1]
    assert SectionKind.SOLO not in [s.kind for s in given.sections]


def test_without_times_or_with_a_part_untimed_the_form_stays():
    plain = "[Verse]\nRain is falling on the river\n\n[Chorus]\nCarry me home tonight"
    plan, typed = plan_of(plain)
    assert with_times(plan, typed, plain) is None
    half = plain.replace("Rain", "[00:08.00]Rain")
    assert section_starts(parse_typed(half), half) is None


def test_names_before_a_colon_make_a_duet():
    lines = ("Rain is falling on the river", "All the boats have gone away", "Carry me home", "To the bay")
    text = "\n".join(f"{name}: {line}" for name, line in zip(("Anna", "Ben") * 2, lines, strict=True))
    assert speakers_of(text) == ("Anna", "Ben")
    plan, typed = plan_of(text)
    assert plan.duet
    assert "Anna" not in typed.sections[0].lines[0].text
    assert not plan_of(text.replace("Ben:", "Anna:"))[0].duet
    request = SongRequest(prompt="folk", typed_lyrics=text, duration_s=30.0, instrumental=True)
    assert not make_plan(request, None).duet
