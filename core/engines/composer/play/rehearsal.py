"""What the band's first song would wait for, loaded before it: two bars that are played to nobody.

Composing reads the dictionary, playing starts the players' processes, singing loads the voice. It is done in
threads, so that a song that comes in the middle takes over what there is.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import Score
from core.engines.composer.play.players import Players
from core.engines.composer.play.render import play
from core.engines.composer.settings import BandSettings
from core.engines.composer.sing.voice import Voice
from core.progress import Report, silent
from core.song import Line, Lyrics, LyricSection, Plan, PlanSection, SectionKind

_RATE = 44_100
_PATIENCE_S = 0.05
"""How often a rehearsal asks whether it is to go on: a song may be waiting for it."""
_PLAN = Plan(
    prompt="",
    title="",
    genre="pop",
    tempo_bpm=120.0,
    key="C major",
    instruments=("piano",),
    sections=(PlanSection(kind=SectionKind.VERSE, bars=2, energy=0.5, sung=True),),
    seed=1,
)
_FRAMES = round(_PLAN.duration_s * _RATE)
_LINE = Line(text="Sing a little while", syllables=("Sing", "a", "lit", "tle", "while"))
_LYRICS = Lyrics(
    title="", source="typed", sections=(LyricSection(kind=SectionKind.VERSE, lines=(_LINE,)),), singable=True
)


class Rehearsal:
    """The band's rehearsal, held at most once."""

    def __init__(self, voice: Voice, players: Callable[[], Players]) -> None:
        self._voice, self._players = voice, players
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="rehearsal")
        self._played: Future[Score] | None = None

    def hold(self, report: Report) -> None:
        """Play, then sing; raises what the band raises, or what ``report`` does.

        What was begun then goes on by itself.
        """
        if self._played is None:
            self._played = self._pool.submit(self._play)
        score = _awaited(self._played, report)
        _awaited(self._voice.start(score, _FRAMES, _RATE), report)

    def over(self, report: Report) -> None:
        """Wait until the playing part is over, if one was begun: a song would load the same once more.

        What went wrong in it is not raised: the song finds it out for itself.
        """
        if self._played is not None:
            _done(self._played, report)

    def _play(self) -> Score:
        score = arrange(_PLAN, _LYRICS, BandSettings()).score
        play(score, self._players(), _FRAMES, _RATE, silent)
        return score


def _awaited(job: Future[Any], report: Report) -> Any:
    _done(job, report)
    return job.result()


def _done(job: Future[Any], report: Report) -> None:
    while not wait((job,), timeout=_PATIENCE_S).done:
        report(0.0, "Getting ready")
