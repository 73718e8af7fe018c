"""One press is one song: the same request again within two seconds is a double click, or sent twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.runs.pipeline import RunSettings
from core.song import SongRequest

ONE_PRESS_S = 2.0


@dataclass(frozen=True)
class _Press:
    request: SongRequest
    settings: RunSettings
    run_id: str
    at_s: float
    """``time.monotonic`` when it was pressed."""


class Presses:
    """What each owner asked for last; older than ``ONE_PRESS_S`` is forgotten."""

    def __init__(self) -> None:
        self._last: dict[str, _Press] = {}
        self._lock = threading.Lock()

    def once(
        self,
        owner: str,
        request: SongRequest,
        settings: RunSettings,
        *,
        begin: Callable[[], str],
        stands: Callable[[str], bool],
    ) -> str:
        """Return the id of the run that this press, or the same one a moment ago, began.

        ``begin`` starts a run and returns its id; what it raises is raised, and nothing is remembered.
        ``stands``: whether an earlier run is still the answer, neither cancelled nor deleted.
        """
        with self._lock:
            now = time.monotonic()
            self._last = {who: one for who, one in self._last.items() if now - one.at_s <= ONE_PRESS_S}
            last = self._last.get(owner)
            again = last is not None and (last.request, last.settings) == (request, settings)
            if last is not None and again and stands(last.run_id):
                return last.run_id
            run_id = begin()
            self._last[owner] = _Press(request, settings, run_id, time.monotonic())
            return run_id
