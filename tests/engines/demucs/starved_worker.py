"""Demucs in a process whose memory can be ended."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from core.engines.demucs.worker import Worker as Demucs


class Worker(Demucs):
    """The worker as it is, and one more thing to ask of it."""

    def starve(self, values, sounds, report):
        """Allow no more memory than is held now."""
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (pages * os.sysconf("SC_PAGE_SIZE"), most))
        return {}, {}
