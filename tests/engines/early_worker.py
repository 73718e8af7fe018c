"""A worker that gets ready when it is told to, in ways that files decide."""

import os
import time
from pathlib import Path

from core.engines.child import WorkerError

FOLDER = Path(os.environ["EARLY_FOLDER"])


class Worker:
    device = "cpu"
    precision = "float32"

    def __init__(self):
        (FOLDER / "starting").write_text(str(os.getpid()))
        while (FOLDER / "slow").exists():
            time.sleep(0.01)
        self.prepared = 0

    def prepare(self, values, sounds, report):
        if (FOLDER / "broken").exists():
            raise WorkerError("The SoundFont is gone.", remedy="Bring it back.", kind="engine_missing")
        self.prepared += 1
        (FOLDER / "begun").touch()
        while (FOLDER / "long").exists():
            report(0.5, "Getting ready")
            time.sleep(0.01)
        return {}, {}

    def tell(self, values, sounds, report):
        if (FOLDER / "broken").exists():
            raise WorkerError("The SoundFont is gone.", remedy="Bring it back.", kind="engine_missing")
        return {"pid": os.getpid(), "prepared": self.prepared}, {}
