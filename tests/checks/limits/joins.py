"""Clips in a song: their joins, their levels, and the words that are sung."""

import numpy as np

from core.checks.clips import ClipsKept, ClipSpread
from core.checks.join_view import joins_of
from core.checks.joins import JoinClick, JoinLevel, _fade_level_db
from core.checks.words import LineRepeats, LinesFit
from core.checks.written import OnPlan, RealWords
from core.contract import Case
from core.song import Line, Lyrics, LyricSection, Plan, PlanSection, SectionKind
from tests.checks.limits.table import RATE, Limit, noise, reached, said, sound, unlike, wave
from tests.figures import assembled, worded

FADE = RATE


def joined(likeness=0.0, fade=FADE, gain_db=0.0, click=0.0, level=1.0, error=0.0, lufs=(-20.0, -20.0)):
    """Two clips of two seconds and the song of both, which fades from one to the other.

    ``likeness``: their correlation within the fade. ``gain_db``: of the song within the fade; ``click``:
    added to one sample of it; ``error``: in the first clip's own stretch, against it.
    """
    first, second = level * noise(2 * RATE, 1), level * noise(2 * RATE, 2)
    leaving = first[RATE : RATE + fade]
    rest = unlike(second[:fade], leaving)
    coming = likeness * leaving + np.sqrt(1 - likeness**2) * rest
    second[:fade] = coming
    turn = (np.arange(fade) + 0.5) / fade * np.pi / 2
    power = np.sqrt(1 + np.sin(2 * turn) * max(-0.5, likeness))
    middle = (leaving * np.cos(turn) + coming * np.sin(turn)) / power * 10 ** (gain_db / 20)
    middle[fade // 2] += click
    head = first[:RATE] + error * unlike(noise(RATE, 3), first[:RATE])
    song = np.concatenate([head, middle, second[fade:]])
    join = {"start_frame": RATE, "fade_start_frame": RATE, "fade_frames": fade}
    clips = {
        name: sound(wave(x), name, integrated_lufs=y)
        for name, x, y in (("clip_1", first, lufs[0]), ("clip_2", second, lufs[1]))
    }
    return Case("assemble", {"song": sound(wave(song))}, clips, figures=assembled(2, joins=[join]))


def _join(case):
    return joins_of(case.outputs["song"], case, margin=0)[0]


def clicking(share):
    """A click of that share of the clips' level."""
    read = JoinClick(share=1.0, floor_dbfs=-200.0)
    size = reached(lambda x: read._left_over(_join(joined(click=x)))[0], share, 0.0, 1.0)
    return said(JoinClick, joined(click=size))


def clicking_softly(level_dbfs):
    """A click of a level between two clips that are far softer."""
    read = JoinClick(share=1e-9, floor_dbfs=0.0)
    size = reached(
        lambda x: read._left_over(_join(joined(level=1e-3, click=x)))[0], 10 ** (level_dbfs / 20), 0.0, 1.0
    )
    return said(JoinClick, joined(level=1e-3, click=size))


def cancelling(db):
    likeness = reached(lambda x: _fade_level_db(_join(joined(x)))[1], -db, -0.99, -0.4)
    return said(JoinLevel, joined(likeness))


JOINS = (
    Limit(JoinClick, "joins.JoinClick.share", 0.1, 0.005, clicking, "ok", "fail"),
    Limit(JoinClick, "joins.JoinClick.floor_dbfs", -60.0, 0.5, clicking_softly, "ok", "fail"),
    *(
        Limit(
            JoinLevel,
            "joins.JoinLevel.fail_db",
            1.5,
            0.05,
            lambda x, sign=sign: said(JoinLevel, joined(gain_db=sign * x)),
            "ok",
            "fail",
        )
        for sign in (1, -1)
    ),
    Limit(JoinLevel, "joins.JoinLevel.cancel_db", 3.0, 0.05, cancelling, "ok", "warn"),
    Limit(
        JoinLevel,
        "joins.JoinLevel.min_fade_s",
        0.02,
        (-0.001, 0),
        lambda x: said(JoinLevel, joined(fade=round(RATE * x), gain_db=3.0)),
        "unasked",
        "fail",
    ),
    Limit(
        ClipsKept,
        "clips.ClipsKept.fail_db",
        -80.0,
        0.5,
        lambda x: said(ClipsKept, joined(error=10 ** (x / 20))),
        "ok",
        "fail",
    ),
    Limit(
        ClipSpread,
        "clips.ClipSpread.warn_lu",
        3.0,
        0.05,
        lambda x: said(ClipSpread, joined(lufs=(-20.0, -20.0 - x))),
        "ok",
        "warn",
    ),
    Limit(
        ClipSpread,
        "clips.SAME",
        0.9,
        0.01,
        lambda x: said(ClipSpread, joined(x, lufs=(-20.0, -30.0))),
        "warn",
        "unasked",
    ),
)


def plan(tempo_bpm=120.0):
    verse = PlanSection(kind=SectionKind.VERSE, bars=8, energy=0.5, sung=True)
    return Plan(
        prompt="pop", title="x", genre="pop", tempo_bpm=tempo_bpm, key="C major", sections=(verse,), seed=1
    )


def lyrics(*lines, source="written"):
    """A verse of lines, each given by its number of syllables or by its text."""
    made = tuple(
        Line(text=one, syllables=(one,))
        if isinstance(one, str)
        else Line(text=f"{one}", syllables=("la",) * one)
        for one in lines
    )
    return Lyrics(title="x", sections=(LyricSection(kind=SectionKind.VERSE, lines=made),), source=source)


def worded_case(words, figures=None):
    return Case("lyrics", {}, plan=plan(), lyrics=words, figures=figures)


def crowded(per_s):
    """A line of so many syllables a second, a breath apart, at a slow tempo."""
    slow = plan(60.0)
    room_s = slow.bars_per_line * slow.bar_s - LinesFit().breath_s
    case = Case("lyrics", {}, plan=slow, lyrics=lyrics(int(room_s * per_s) + 1))
    return said(LinesFit, case)


def breathing(breath_s):
    """A line that leaves so much of its bars for a breath, at five syllables a second."""
    slow = plan(60.0)
    room_s = slow.bars_per_line * slow.bar_s - breath_s
    return said(
        LinesFit, Case("lyrics", {}, plan=slow, lyrics=lyrics(int(room_s * LinesFit().crowded_per_s)))
    )


def known_words(share):
    """A line of a hundred words, of which a share are English."""
    known = round(100 * share)
    text = " ".join(["morning"] * known + ["xqzvbk"] * (100 - known))
    return said(RealWords, worded_case(lyrics(text), worded(language_asked="English")))


def off_plan(syllables):
    lines = plan().lines_in(plan().sections[0])
    return said(OnPlan, worded_case(lyrics(*[plan().syllables_per_line + round(syllables)] * lines)))


WORDS = (
    Limit(
        LineRepeats,
        "words.FEWEST_SAME",
        3,
        (-1, 0),
        lambda x: said(LineRepeats, worded_case(chorus(round(x)))),
        "ok",
        "warn",
    ),
    Limit(LinesFit, "words.LinesFit.crowded_per_s", 5.0, (-0.25, 0), crowded, "ok", "warn"),
    Limit(LinesFit, "words.LinesFit.breath_s", 0.4, (-0.3, 0.0), breathing, "warn", "ok"),
    Limit(OnPlan, "written.OnPlan.slack", 2, (0, 1), off_plan, "ok", "warn"),
    Limit(RealWords, "written.RealWords.fewest", 0.6, 0.01, known_words, "fail", "ok"),
)


def chorus(lines):
    """A chorus of so many lines that are all the same."""
    same = (Line(text="la", syllables=("la",)),) * lines
    return Lyrics(title="x", sections=(LyricSection(kind=SectionKind.CHORUS, lines=same),), source="written")


LIMITS = (*JOINS, *WORDS)
