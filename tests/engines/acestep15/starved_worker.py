"""ACE-Step in a process whose memory can be ended, and that can kill itself in the middle of a song."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

from core.engines.acestep15.worker import Worker as AceStep


class Worker(AceStep):
    """The worker as it is, and two more things to ask of it."""

    def starve(self, values, sounds, report):
        """Allow no more memory than is held now; ``values["free"]`` takes the limit away again."""
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        held = pages * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (most if values.get("free") else held, most))
        return {}, {}

    def compose_and_be_killed(self, values, sounds, report):
        """Be killed by the system at the second step, as when memory runs out."""

        def deadly(fraction, message):
            report(fraction, message)
            if message.startswith("Step 2"):
                os.kill(os.getpid(), signal.SIGKILL)

        return self.compose(values, sounds, deadly)
