"""The child's side of the effect chain."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from core.dsp.effect_chain import ChainSettings
from core.engines.child import DiskSound, let_go

Sounds = dict[str, tuple[npt.NDArray[np.float32], int]]
PIECE_FRAMES = 1 << 18

THREADS = 2
"""pedalboard works outside Python's lock, so two stems go at a time."""


class Worker:
    """Runs each stem through its chain; ``process`` is the one method."""

    device = "cpu"
    precision = "float32"

    def process(
        self, values: dict[str, Any], sounds: Sounds, report: Callable[[float, str], None]
    ) -> tuple[dict[str, Any], dict[str, tuple[DiskSound, int]]]:
        """Return the stems (frames, channels) through ``values["chains"]``, one ChainSettings for each name.

        Each goes to the disk when it is done: in memory are those of two at most.

        The reply's ``values["stems"]`` holds a :class:`core.engines.effects.chain.ChainReport` for each.
        """
        from core.engines.effects.chain import ChainReport, run_chain

        chains = {name: ChainSettings.model_validate(chain) for name, chain in values["chains"].items()}

        def one(name: str) -> tuple[DiskSound, ChainReport]:
            samples, rate = sounds[name]
            out, done = run_chain(_planes(samples), rate, chains[name])
            file = DiskSound(*samples.shape)
            for start in range(0, len(samples), PIECE_FRAMES):
                file.write(out[:, start : start + PIECE_FRAMES].T)
            return file, done

        reports: dict[str, Any] = {}
        made: dict[str, tuple[DiskSound, int]] = {}
        with ThreadPoolExecutor(THREADS) as pool:
            for index, (name, (out, done)) in enumerate(zip(sounds, pool.map(one, sounds), strict=True)):
                report((index + 1) / len(sounds), f"{name} through its chain")
                made[name] = (out, sounds[name][1])
                reports[name] = asdict(done)
        return {"stems": reports}, made


def _planes(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a copy (channels, frames); what reading ``samples`` took is given back."""
    planes = np.ascontiguousarray(samples.T)
    let_go(samples)
    return planes
