"""How far a download of many files is, in bytes."""

from __future__ import annotations

import time
from collections.abc import Callable

from core.models.hub import HubFile
from core.models.sizes import size
from core.progress import Report

SETTLED_S = 1.0
"""A speed measured over less says nothing."""


class Tally:
    """Adds up the bytes of ``files`` and reports them, with the speed of what comes now."""

    def __init__(
        self, report: Report, files: tuple[HubFile, ...], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._report = report
        self._clock = clock
        self._began_s = clock()
        self._total = sum(file.size for file in files)
        self._count = len(files)
        self._number = 0
        self._file: HubFile | None = None
        self._done_before = 0
        self._received_before = 0
        self._received = 0

    @property
    def fetched_bytes(self) -> int:
        """What came over the network."""
        return self._received_before + self._received

    def begin(self, file: HubFile) -> None:
        """Go on to the next file."""
        self._done_before += self._file.size if self._file else 0
        self._received_before, self._received = self.fetched_bytes, 0
        self._file = file
        self._number += 1
        self.at(0, 0)

    def at(self, here: int, received: int) -> None:
        """Report; ``here``: bytes of the file that are on the disk, ``received``: those that came now."""
        self._received = received
        done = self._done_before + here
        name = self._file.path if self._file else ""
        line = f"{name} ({self._number} of {self._count}): {size(done)} of {size(self._total)}{self._speed()}"
        self._report(done / self._total if self._total else 1.0, line)

    def _speed(self) -> str:
        passed_s = self._clock() - self._began_s
        if passed_s < SETTLED_S or not self.fetched_bytes:
            return ""
        return f", {size(self.fetched_bytes / passed_s)}/s"
