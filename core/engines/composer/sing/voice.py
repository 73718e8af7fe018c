"""Having the score's lines sung, beside the band: the singer works in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.engines.composer.model import Role, Score
from core.engines.composer.play.render import gain_to
from core.engines.composer.sing.sung import backing_lines, sung_lines
from core.engines.composer.sing.voices import EMBEDDED, Network
from core.engines.composer.stock.sounds import SOUNDS, USUAL
from core.errors import Cancelled
from core.machine.paging import zeros
from core.progress import Report

Samples = npt.NDArray[np.float32]
_TARGET_LUFS = -18.2


@dataclass(frozen=True, eq=False)
class Sung:
    """The voice's stem (frames, 2), the static gain it was given in dB, and the singer's notes."""

    sound: Samples
    gain_db: float
    notes: tuple[str, ...]


class Voice:
    """The embedded singer, loaded on first use and cached; of its voices one at a time.

    ``roles``: which singers are audible; the lead can be listened to without those behind it.
    """

    def __init__(
        self, make_singer: Callable[[], Any] | None = None, roles: frozenset[Role] = frozenset(Role)
    ) -> None:
        self._make_singer = make_singer
        self._roles = roles
        self._singer: Any = None
        self._network: Network | None = None
        self._stop = threading.Event()
        """Set to end the song under way; every song has its own."""
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="singer")

    def start(self, score: Score, frames: int, sample_rate: int, network: Network = EMBEDDED) -> Future[Sung]:
        """Begin to sing ``score`` with a voice; the future gives its stem at ``sample_rate``."""
        self._stop = threading.Event()
        return self._pool.submit(self._sing, score, frames, sample_rate, network, _heeding(self._stop))

    def stop(self) -> None:
        """Ask a song under way to end: it raises Cancelled at its next report."""
        self._stop.set()

    def _sing(self, score: Score, frames: int, sample_rate: int, network: Network, report: Report) -> Sung:
        if network != self._network:
            self._singer = self._make_singer() if self._make_singer else _embedded_singer(network)
            self._network = network
        lines = [line for line in (*sung_lines(score), *backing_lines(score)) if line.role in self._roles]
        performance = self._singer.perform(lines, frames / sample_rate, sample_rate, report)
        out = zeros(frames, 2)
        kept = min(frames, len(performance.sound))
        out[:kept] = performance.sound[:kept]
        louder_db = SOUNDS.get(score.genre, USUAL).voice_db
        gain_db = gain_to(out, sample_rate, _TARGET_LUFS + louder_db, "voice")
        out *= np.float32(10.0 ** (gain_db / 20.0))
        return Sung(out, gain_db, tuple(performance.notes))


def _heeding(stop: threading.Event) -> Report:
    """Return the singer's report: it only looks whether to stop, since the band reports for both."""

    def report(fraction: float, message: str) -> None:
        if stop.is_set():
            raise Cancelled

    return report


def _embedded_singer(network: Network) -> Any:
    from core.engines.composer.sing.singer import Singer

    return Singer(network=network)
