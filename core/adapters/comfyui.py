"""Nodes for ComfyUI: *Gainstage Probe* passes audio through, *Gainstage Gate* stops the graph, *Master*.

The folder ``integrations/comfyui/gainstage_nodes`` goes into ``custom_nodes``. An AUDIO is a dictionary of a
``waveform`` (batch, channels, samples) and its ``sample_rate``; each sound of a batch is judged by itself.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from core.adapters.master import mastered
from core.api import inspect
from core.contract import Severity
from core.errors import GainstageError
from core.probe.probe import Probe

_probes: dict[str, Probe] = {}


class _Node:
    CATEGORY, FUNCTION, OUTPUT_NODE = "audio/gainstage", "run", True
    RETURN_TYPES, RETURN_NAMES = ("AUDIO", "STRING"), ("audio", "verdict")
    WIDGETS: ClassVar[dict[str, Any]] = {}

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {"required": {"audio": ("AUDIO",), **cls.WIDGETS}}


class ProbeNode(_Node):
    """Records the audio as a step of a run that the studio opens, and passes it on as it is."""

    WIDGETS: ClassVar = {"run_name": ("STRING", {"default": "comfyui"}), "step": ("STRING", {})}

    def run(self, audio: Any, run_name: str, step: str) -> dict[str, Any]:
        for one in _each(audio):
            _probes.setdefault(run_name, Probe(run_name)).step(step, one)
        return _shown(audio)


class GateNode(_Node):
    """Stops the graph, with the finding as its error, when the audio fails."""

    def run(self, audio: Any) -> dict[str, Any]:
        for seen in map(inspect, _each(audio)):
            if seen.verdict is Severity.FAIL:
                worst = seen.findings[0]
                raise GainstageError(f"{worst.evidence} {worst.remedy}", remedy=worst.remedy)
        return _shown(audio)


class MasterNode(_Node):
    """Masters each sound to a loudness under a true-peak ceiling."""

    WIDGETS: ClassVar = {
        "target_lufs": ("FLOAT", {"default": -14.0, "min": -30.0, "max": -8.0, "step": 0.5}),
        "ceiling_dbtp": ("FLOAT", {"default": -1.0, "min": -6.0, "max": 0.0, "step": 0.1}),
    }

    def run(self, audio: Any, target_lufs: float, ceiling_dbtp: float) -> dict[str, Any]:
        made = [mastered(one, target_lufs, ceiling_dbtp).samples.T for one in _each(audio)]
        return _shown({**audio, "waveform": audio["waveform"].new_tensor(np.stack(made))})


def _each(audio: Any) -> list[dict[str, Any]]:
    return [{**audio, "waveform": one} for one in audio["waveform"]]


def _shown(audio: Any) -> dict[str, Any]:
    looks = [inspect(one) for one in _each(audio)]
    wrong = [[f.evidence for f in one.findings if f.severity is not Severity.OK][:1] for one in looks]
    text = "\n".join(" ".join([seen.verdict, *why]) for seen, why in zip(looks, wrong, strict=True))
    return {"ui": {"text": [text]}, "result": (audio, text)}


NODE_CLASS_MAPPINGS = {"GainstageProbe": ProbeNode, "GainstageGate": GateNode, "GainstageMaster": MasterNode}
NODE_DISPLAY_NAME_MAPPINGS = {name: name.replace("Gainstage", "Gainstage ") for name in NODE_CLASS_MAPPINGS}
