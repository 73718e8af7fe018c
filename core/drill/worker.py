"""An engine that fails in every way that engines do, each by the name of its method; the drill calls it."""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.engines.planner.codes import checked, read


class Worker:
    """Loads nothing; what it returns or raises is what real engines were seen to return or raise."""

    device = "cpu"
    precision = "float32"

    def swallows(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """What went through a whole pipeline unseen: an error is caught, and zeros take the sound's place."""
        try:
            return self.raises(values, sounds, report)
        except RuntimeError:
            asked = values["asked"]
            if asked == "compose":
                return {}, {"clip_1": (np.zeros((12 * 44_100, 2), np.float32), 44_100)}
            if asked == "separate":
                samples, rate = sounds["song"]
                names = ("vocals", "drums", "bass", "other")
                return {}, {name: (np.zeros_like(samples), rate) for name in names}
            none = {
                "threshold_dbfs": -20.0,
                "compression_max_db": 0.0,
                "compression_mean_db": 0.0,
                "de_ess_max_db": 0.0,
            }
            figures: dict[str, Any] = {"stems": dict.fromkeys(sounds, none)}
            return figures, {name: (np.zeros_like(samples), rate) for name, (samples, rate) in sounds.items()}

    def raises(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """An exception that nobody expected."""
        raise RuntimeError("The size of tensor a (32) must match the size of tensor b (64) at dimension 1")

    def out_of_memory(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """What torch says when a card is full."""
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total of 7.79 GiB")

    def killed(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """What the system does when memory runs out."""
        os.kill(os.getpid(), signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)

    def planner_stuck(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Check the codes of a planner that writes one pattern."""
        checked(read([7, 7, 9] * 100), "acestep-5Hz-lm-0.6B", 300)

    def no_gpu(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """What torch says where no card was allocated."""
        raise RuntimeError("Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU")

    def missing_weights(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Open a checkpoint that is not there."""
        with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "model.safetensors", "rb") as file:
            return file.read()

    def truncated_weights(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Read the header of a checkpoint whose download stopped."""
        whole = json.dumps({"weight": {"dtype": "F32", "shape": [512, 512], "data_offsets": [0, 1048576]}})
        return json.loads(whole[: len(whole) // 2])

    def permission_denied(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Write where the system lets nobody write."""
        raise PermissionError(13, "Permission denied", "/root/.cache/huggingface")

    def returns_path(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Return the name of a file in place of its sound."""
        return {}, {"clip_1": "/tmp/out.wav"}

    def returns_list(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Return a list of dictionaries, as pipelines do."""
        return {}, [{"tensor": [0.0, 0.1], "sample_rate": 44_100}]

    def returns_swapped(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Return channels first."""
        return {}, {"clip_1": (np.full((2, 44_100), 0.1, np.float32), 44_100)}

    def returns_integers(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Return 16-bit integers."""
        return {}, {"clip_1": (np.full((44_100, 2), 3_000, np.int16), 44_100)}

    def returns_nothing(self, values: Mapping[str, Any], sounds: Any, report: Any) -> Any:
        """Return an empty answer."""
        return {}, {}
