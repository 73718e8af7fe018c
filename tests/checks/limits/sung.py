"""Whether it was sung, at the limits: what the detectors answer is written down, none of them is asked."""

from types import SimpleNamespace
from unittest.mock import patch

import numpy as np

from core.checks.sung import LinesSung, TuneSung, Unsung, VoiceThere
from core.checks.sung_lines import LineRead, PlannedLine, SungNote
from core.contract import Figures, Material
from core.meter.voice import activity, pitch
from core.song import SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan
from tests.checks.limits.table import Limit, quiet, said, sound

SONG = make_plan(SongRequest(prompt="slow ballad about rain", seed=1, duration_s=12.0))
TUNE = make_plan(SongRequest(prompt="slow ballad", seed=1, duration_s=12.0, instrumental=True))
WORDS = write_lyrics(SONG)
STEM = "clip_1/vocals"
KEY = 60.0


def of_notes(count, *lengths_s):
    """What an engine reports: so many short notes, or notes of these lengths."""
    notes = [[n, n + length_s, KEY] for n, length_s in enumerate(lengths_s or (0.5,) * count)]
    return Figures(engine={"sung": {STEM: [{"line": "la", "notes": notes}]}})


def listened(check, share, **case):
    """What is said where a voice is heard in this part of the time."""
    heard = SimpleNamespace(share=lambda spans: share)
    with patch.object(activity, "activity", lambda *asked: heard):
        return answered(check, **case)


def answered(check, **case):
    stem = sound(quiet(20.0), STEM)
    return said(lambda: check(can_listen=True), stem, **{"plan": SONG, "lyrics": WORDS, **case})


def voice(share):
    return listened(VoiceThere, share, delivers=Material.CLIPS, figures=of_notes(1))


def held(*lengths_s):
    return listened(VoiceThere, 0.0, delivers=Material.CLIPS, figures=of_notes(0, *lengths_s))


def held_for(share):
    return held(4 * share, *[(4 - 4 * share) / 8] * 8)


def instrumental(share):
    return listened(Unsung, share, plan=TUNE, lyrics=None)


def tune(share, count=1000):
    line = PlannedLine("la", 0.0, 9.0, (SungNote(0.0, 1.0, KEY),) * count)
    read = (LineRead(line, "sung", round(share * count)),)
    with patch("core.checks.sung.read_lines", lambda audio, lines: read):
        return answered(TuneSung, figures=of_notes(1))


def keys(of_note, all_of_them=(KEY,)):
    """What is said of lines whose notes are read as these keys, and the whole as those."""
    read = SimpleNamespace(keys=np.array(all_of_them), within=lambda start, stop: np.full(4, of_note(start)))
    with patch.object(pitch, "pitch", lambda audio, start, stop: read):
        return answered(LinesSung, figures=of_notes(100))


def half(share):
    return keys(lambda start: KEY if start < 100 * share else KEY + 3)


def voiced(share):
    return keys(lambda start: KEY + 3, np.where(np.arange(100) < 100 * share, KEY + 3, np.nan))


def by_time(share):
    return listened(LinesSung, share, delivers=Material.STEMS)


LIMITS = (
    Limit(VoiceThere, "sung.VoiceThere.warn_share", 0.05, 0.002, voice, "warn", "ok"),
    Limit(VoiceThere, "sung.VoiceThere.fail_share", 0.02, 0.002, voice, "fail", "warn"),
    Limit(VoiceThere, "sung.HELD_S", 0.8, 0.01, held, "fail", "unasked"),
    Limit(VoiceThere, "sung.HELD_SHARE", 0.5, 0.01, held_for, "fail", "unasked"),
    Limit(Unsung, "sung.Unsung.warn_share", 0.1, 0.002, instrumental, "ok", "warn"),
    Limit(Unsung, "sung.Unsung.fail_share", 0.2, 0.002, instrumental, "warn", "fail"),
    Limit(TuneSung, "sung.TuneSung.warn_share", 0.7, 0.002, tune, "warn", "ok"),
    Limit(TuneSung, "sung.TuneSung.fail_share", 0.4, 0.002, tune, "fail", "warn"),
    Limit(
        LinesSung,
        "sung_lines.IN_TUNE_CENTS",
        50.0,
        0.5,
        lambda x: keys(lambda start: KEY + x / 100),
        "ok",
        "note",
    ),
    Limit(LinesSung, "sung_lines.HALF_OF_NOTES", 0.5, (-0.01, 0.0), half, "note", "ok"),
    Limit(LinesSung, "sung_lines.VOICED", 0.25, (-0.01, 0.0), voiced, "warn", "note"),
    Limit(LinesSung, "sung_lines.SURE_SHARE", 0.15, 0.002, by_time, "note", "ok"),
    Limit(LinesSung, "sung_lines.NO_SHARE", 0.03, 0.002, by_time, "warn", "note"),
)
