"""Plans and words for the composer's tests."""

from __future__ import annotations

import atexit
from functools import cache

import numpy as np

from core.engines.composer.model import TUNE
from core.engines.composer.play.players import Players
from core.engines.composer.play.soundfont import checked_soundfont
from core.engines.composer.sing.singer import Performance
from core.engines.composer.sing.voice import Voice
from core.engines.composer.worker import Worker
from core.progress import silent
from core.song import Line, Lyrics, LyricSection, Plan, SongRequest
from core.writing.plan import make_plan

LINES = (
    ("The morning light is calling me", ("The", "morn", "ing", "light", "is", "call", "ing", "me")),
    ("across the silver sea tonight", ("a", "cross", "the", "sil", "ver", "sea", "to", "night")),
    ("I carry all the words you said", ("I", "car", "ry", "all", "the", "words", "you", "said")),
    ("and let the river go", ("and", "let", "the", "riv", "er", "go")),
)


def plan_for(prompt="pop", *, seconds=60.0, seed=42, instrumental=False) -> Plan:
    return make_plan(SongRequest(prompt=prompt, duration_s=seconds, seed=seed, instrumental=instrumental))


def words_for(plan: Plan, *, singable=True) -> Lyrics:
    """Return lyrics that fill every sung line of the plan."""
    sections = []
    for section in plan.sections:
        count = plan.lines_in(section)
        if count:
            lines = tuple(Line(text=LINES[k % 4][0], syllables=LINES[k % 4][1]) for k in range(count))
            sections.append(LyricSection(kind=section.kind, lines=lines))
    return Lyrics(title="Test", sections=tuple(sections), source="typed", singable=singable)


class ToneSinger:
    """Sings every note as a plain tone at its pitch: a known signal in the singer's place."""

    def __init__(self) -> None:
        self.heard = []
        """The lines of the tune that it was given."""
        self.behind = []

    def perform(self, lines, total_s, sample_rate, report):
        self.heard = [line for line in lines if line.role in TUNE]
        self.behind = [line for line in lines if line.role not in TUNE]
        out = np.zeros((round(total_s * sample_rate), 2), np.float32)
        for line in lines:
            for note in line.notes:
                report(0.5, "singing")
                start = int(note.start_s * sample_rate)
                time = np.arange(int(note.duration_s * sample_rate)) / sample_rate
                tone = 0.2 * np.sin(2 * np.pi * 440 * 2 ** ((note.midi - 69) / 12) * time)
                out[start : start + len(tone)] += tone[: len(out) - start, None].astype(np.float32)
        return Performance(out, ("The tone sang.",))


@cache
def the_players() -> Players:
    """The processes that all tests share."""
    players = Players(checked_soundfont(), count=2)
    atexit.register(players.close)
    return players


def compose(
    plan: Plan,
    lyrics: Lyrics | None = None,
    *,
    rate=22_050,
    clips=1,
    overlap_s=0.0,
    singer=None,
    options=None,
):
    """Return (values, sounds) of one song; with a tone in the singer's place."""
    worker = Worker(Voice(lambda: singer or ToneSinger()), the_players())
    return worker.compose(
        {
            "plan": plan.model_dump(mode="json"),
            "lyrics": lyrics.model_dump(mode="json") if lyrics else None,
            "seed": plan.seed,
            "sample_rate": rate,
            "clips": clips,
            "overlap_s": overlap_s,
            "options": options or {},
        },
        {},
        silent,
    )
