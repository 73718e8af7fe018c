"""A worker that runs into the failures that any machine can be made to have."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import tempfile
from pathlib import Path

import numpy as np

FRAMES = 44_100


class Worker:
    device = "cpu"
    precision = "float32"

    def is_killed(self, values, sounds, report):
        os.kill(os.getpid(), signal.SIGKILL)

    def jumps_nowhere(self, values, sounds, report):
        ctypes.string_at(1)

    def starves(self, values, sounds, report):
        """Ask for a gigabyte under a limit that leaves a quarter of one."""
        held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (held + 250_000_000, most))
        try:
            return {}, {"out": (np.ones((250_000_000, 1), np.float32), 44_100)}
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (most, most))

    def is_refused(self, values, sounds, report):
        """Open a file without the right to, as another user when this one may do everything."""
        if os.geteuid() == 0:
            os.seteuid(65_534)
        try:
            open(values["path"], "rb").close()
        finally:
            if os.getuid() == 0:
                os.seteuid(0)

    def fills_the_disk(self, values, sounds, report):
        with open("/dev/full", "wb") as file:
            file.write(bytes(1_000_000))

    def opens_too_much(self, values, sounds, report):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, hard))
        kept = []
        try:
            while True:
                kept.append(tempfile.TemporaryFile())  # noqa: SIM115
        finally:
            for file in kept:
                file.close()
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    def lacks_a_package(self, values, sounds, report):
        import a_package_that_is_not_there  # noqa: F401

    def lacks_a_program(self, values, sounds, report):
        import subprocess

        subprocess.run(["ffmpeg"], check=True, env={"PATH": "/nowhere"})

    def loads_safetensors(self, values, sounds, report):
        from safetensors.numpy import load_file

        return {"names": sorted(load_file(values["path"]))}, {}

    def loads_a_pickle(self, values, sounds, report):
        import torch

        torch.load(values["path"], weights_only=True)
        return {}, {}

    def looks_for_a_tokenizer(self, values, sounds, report):
        from transformers import AutoTokenizer

        AutoTokenizer.from_pretrained(values["path"])
        return {}, {}

    def asks_the_hub(self, values, sounds, report):
        from transformers import AutoConfig

        AutoConfig.from_pretrained("nobody/nothing")
        return {}, {}

    def wants_cuda(self, values, sounds, report):
        import torch

        torch.zeros(1, device="cuda")
        return {}, {}

    def hands_over_a_path(self, values, sounds, report):
        return {}, {"clip_1": "/tmp/outputs/output_1.wav"}

    def fails_as_nobody_knows(self, values, sounds, report):
        raise RuntimeError("the flux of the chronometer is inverted")

    def compose(self, values, sounds, report):
        """What the song is to be is of no matter: silence of the right length, as the first studio made."""
        return {"duration_s": values["duration_s"]}, {
            "clip_1": (np.zeros((round(values["duration_s"] * FRAMES), 2), np.float32), FRAMES)
        }
