"""The child's side of the effect chain."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from core.dsp.effect_chain import ChainSettings

Sounds = dict[str, tuple[npt.NDArray[np.float32], int]]

THREADS = 2
"""pedalboard works outside Python's lock, so two stems go at a time."""


class Worker:
    """Runs each stem through its chain; ``process`` is the one method."""

    device = "cpu"
    precision = "float32"

    def process(
        self, values: dict[str, Any], sounds: Sounds, report: Callable[[float, str], None]
    ) -> tuple[dict[str, Any], Sounds]:
        """Return the stems (frames, channels) through ``values["chains"]``, one ChainSettings for each name.

        The reply's ``values["stems"]`` holds a :class:`core.engines.effects.chain.ChainReport` for each.
        """
        from core.engines.effects.chain import ChainReport, run_chain

        chains = {name: ChainSettings.model_validate(chain) for name, chain in values["chains"].items()}

        def one(name: str) -> tuple[npt.NDArray[np.float32], ChainReport]:
            samples, rate = sounds[name]
            planes = np.ascontiguousarray(samples.T)
            out, done = run_chain(planes, rate, chains[name])
            return np.ascontiguousarray(out.T), done

        reports: dict[str, Any] = {}
        made: Sounds = {}
        with ThreadPoolExecutor(THREADS) as pool:
            for index, (name, (out, done)) in enumerate(zip(sounds, pool.map(one, sounds), strict=True)):
                report((index + 1) / len(sounds), f"{name} through its chain")
                made[name] = (out, sounds[name][1])
                reports[name] = asdict(done)
        return {"stems": reports}, made
