"""ACE-Step's worker, and what the benchmark on a graphics card asks of it besides."""

from __future__ import annotations

import time
from typing import Any

from core.engines.acestep15.worker import Worker as AceStep


class Worker(AceStep):
    """The worker as it is, with the pipeline's own time and the card's memory read beside it."""

    def bare(self, values: Any, sounds: Any, report: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Run the loaded pipeline alone for ``values["seconds"]`` and return how long it took."""
        import torch

        pipe = self._player.model.pipe
        began = time.perf_counter()
        pipe(
            prompt="warm lo-fi piano",
            lyrics="[Verse]\nThe tide comes in",
            audio_duration=float(values["seconds"]),
            num_inference_steps=8,
            guidance_scale=1.0,
            generator=torch.Generator().manual_seed(1),
        )
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        return {"seconds": time.perf_counter() - began}, {}

    def peak(self, values: Any, sounds: Any, report: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the most bytes of the card that were held since the last call; 0 without one."""
        import torch

        if not torch.cuda.is_available():
            return {"peak": 0, "device": "cpu"}, {}
        peak = torch.cuda.max_memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        return {"peak": int(peak), "device": torch.cuda.get_device_name()}, {}

    def forget(self, values: Any, sounds: Any, report: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Let the loaded model go, so that the next song has to place it anew."""
        self._player.let_go()
        return {}, {}

    def hoard(self, values: Any, sounds: Any, report: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Fill the card but for ``values["leave"]`` bytes, so that the next song runs out of memory."""
        import torch

        if torch.cuda.is_available():
            free = torch.cuda.mem_get_info()[0]
            count = max(0, free - int(values["leave"]))
            self._hoarded = torch.empty(count, dtype=torch.uint8, device="cuda")
        return {}, {}

    def release(self, values: Any, sounds: Any, report: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Give back what :meth:`hoard` holds."""
        import torch

        self._hoarded = None
        torch.cuda.empty_cache()
        return {}, {}
