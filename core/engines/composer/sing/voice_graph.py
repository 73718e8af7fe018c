"""The embedded voice as an instrument: hibari's speech network with its clock, pitch and energy opened up.

hibari-tts (Apache-2.0) carries a text-to-speech network as one ONNX graph. Its durations, its pitch curve and
its energy curve are values inside that graph; here they become inputs, so that a melody can drive them. The
graph is edited in memory and cut into three: what is only asked for timing does not pay for sound.

One frame of duration is 25 ms; pitch and energy have two values a frame, 12.5 ms each, and every one of those
gives 300 samples at 24 kHz.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import EngineError, EngineMissingError

Curve = npt.NDArray[np.float32]
Samples = npt.NDArray[np.float32]

SAMPLE_RATE = 24_000
FRAME_S = 0.025
STEP_S = 0.0125
"""Seconds of one value of a pitch or energy curve."""
STEP_SAMPLES = 300

_DURATIONS, _PITCH, _ENERGY = "/Clip_output_0", "f0", "/Mul_62_output_0"
_SPECTRA = ("lh", "theta", "ln", "lr", "phi")


class VoiceGraph:
    """A network, the package's own or one of its family's, loaded once. Safe to use from several threads."""

    def __init__(self, file: Path | None = None) -> None:
        folder, parts = _parts(file)
        self._timing, self._prosody, self._sound = (_session(part) for part in parts)
        self.vocabulary: dict[str, int] = json.loads((folder / "vocab.json").read_text("utf-8"))

    def durations(self, ids: Sequence[int]) -> npt.NDArray[np.int64]:
        """Return how many frames each id would last in speech."""
        feeds = {"ids": _row(ids), "speed": np.ones(1, np.float32)}
        return np.asarray(self._timing.run(None, feeds)[0]).astype(np.int64)

    def energy(self, ids: Sequence[int], frames: npt.NDArray[np.int64]) -> Curve:
        """Return the energy curve (2 * sum of frames,) that the voice would give these durations."""
        feeds = {"ids": _row(ids), "dur": frames.astype(np.float32)}
        return np.asarray(self._prosody.run(None, feeds)[0][0], np.float32)

    def sound(
        self, ids: Sequence[int], frames: npt.NDArray[np.int64], pitch_hz: Curve, energy: Curve, seed: int
    ) -> Samples:
        """Return mono samples at 24 kHz; ``pitch_hz`` and ``energy`` have 2 * sum(frames) values.

        Where ``pitch_hz`` is 0 nothing is voiced. ``seed`` fixes the breath noise.
        """
        from hibari import dsp

        feeds = {
            "ids": _row(ids),
            "dur": frames.astype(np.float32),
            "f0_in": pitch_hz[None].astype(np.float32),
            "en_in": energy[None].astype(np.float32),
        }
        spectra = [part[0] for part in self._sound.run(None, feeds)]
        steps = spectra[0].shape[1]
        sound = dsp.synth(*spectra, pitch_hz[:steps].astype(np.float32), np.random.default_rng(seed))
        return np.asarray(sound, np.float32)


def _row(ids: Sequence[int]) -> npt.NDArray[np.int64]:
    return np.asarray([ids], np.int64)


def _parts(file: Path | None) -> tuple[Path, tuple[Any, Any, Any]]:
    """Return the package's folder and a voice's three parts: timing, prosody, sound."""
    try:
        import hibari
        import onnx
        import onnxruntime  # noqa: F401
        from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
    except ImportError as error:
        raise EngineMissingError(
            "The embedded voice is not installed.",
            causes=(str(error),),
            remedy="Install requirements-lite.txt, or make the song instrumental.",
        ) from error
    folder = Path(hibari.__file__).parent / "assets"
    try:
        model = onnx.load(str(file or folder / "hibari.onnx"))
    except (OSError, ValueError, DecodeError) as error:
        if file is not None:
            raise EngineMissingError(
                f"The voice {file.name} cannot be read.",
                causes=("its download is damaged",),
                remedy="Download it again on the Models page, or choose the voice heart.",
                detail=str(error),
            ) from error
        raise EngineMissingError(
            "The embedded voice's network cannot be read.",
            causes=("the package hibari-tts is damaged",),
            remedy="Install hibari-tts 0.2.1 again.",
            detail=str(error),
        ) from error
    _open(model)
    extractor = onnx.utils.Extractor(model)
    return folder, (
        extractor.extract_model(["ids", "speed"], [_DURATIONS]),
        extractor.extract_model(["ids", "dur"], [_ENERGY]),
        extractor.extract_model(["ids", "dur", "f0_in", "en_in"], list(_SPECTRA)),
    )


def _open(model: Any) -> None:
    """Make inputs of what the network computes for itself; raises EngineError when it is another one."""
    from onnx import TensorProto, helper

    rewired = 0
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            is_clock = node.op_type == "Cast" and name == _DURATIONS
            is_pitch = node.op_type == "Relu" and name == _PITCH
            if is_clock or is_pitch or name == _ENERGY:
                node.input[place] = "dur" if is_clock else "f0_in" if is_pitch else "en_in"
                rewired += 1
    if rewired != 3:
        raise EngineError(
            "The embedded voice has another network than the singer knows.",
            causes=("another version of hibari-tts is installed",),
            remedy="Install hibari-tts 0.2.1.",
            detail=f"{rewired} of 3 places found",
        )
    new = {"dur": ["L"], "f0_in": [1, "F"], "en_in": [1, "F"]}
    for name, shape in new.items():
        model.graph.input.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))


def _session(model: Any) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
