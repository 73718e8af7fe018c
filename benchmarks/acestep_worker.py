"""ACE-Step's worker, which can also call the bare pipeline with what it was last told: its own time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import torch

from core.engines.acestep15 import worker
from core.progress import Report

OURS = ("callback_on_step_end", "callback_on_step_end_tensor_inputs")


class Worker(worker.Worker):
    """The real worker; what the pipeline is told is noted."""

    def __init__(self) -> None:
        super().__init__()
        self._arguments: dict[str, Any] = {}

    def compose(self, values: Mapping[str, Any], sounds: Any, report: Report) -> Any:
        """Make the song, and note what the pipeline was told for it."""
        from diffusers import AceStepPipeline

        play = AceStepPipeline.__call__

        def noted(pipe: Any, *given: Any, **told: Any) -> Any:
            self._arguments = {name: value for name, value in told.items() if name not in OURS}
            return play(pipe, *given, **told)

        AceStepPipeline.__call__ = noted
        try:
            return super().compose(values, sounds, report)
        finally:
            AceStepPipeline.__call__ = play

    def bare(self, values: Mapping[str, Any], sounds: Any, report: Report) -> Any:
        """Call the pipeline alone, and return how long it took."""
        self._arguments["generator"] = torch.Generator().manual_seed(1)
        began = time.perf_counter()
        with torch.inference_mode():
            self._player.model.pipe(**self._arguments)
        return {"seconds": time.perf_counter() - began}, {}
