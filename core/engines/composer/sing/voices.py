"""The embedded voice's family: which voices there are, whose throat each has, and where its network lies.

One comes with the package hibari-tts; the others are optional weights of the same form (Apache-2.0),
distilled from voices of Kokoro-82M, and come through the Models page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from core.engines.weights import Weights, found

_MANS_THROAT = -4.0


class VoiceName(StrEnum):
    """Who sings."""

    HEART = "heart"
    """The one that comes with the package."""
    KORE = "kore"
    FENRIR = "fenrir"
    EMMA = "emma"
    FABLE = "fable"


@dataclass(frozen=True)
class Network:
    """One voice as the singer loads it: the package's own, or a ``file``; pronounced as it was trained."""

    file: Path | None = None
    british: bool = False
    throat_semitones: float = 0.0
    """Its own throat against the package's voice: a man's is four semitones longer."""

    @property
    def is_mans(self) -> bool:
        """Whether it is a man's."""
        return self.throat_semitones < 0.0


EMBEDDED = Network()


@dataclass(frozen=True)
class _Optional:
    """A voice that is downloaded: its file in the family's repository, and what it is."""

    file: str
    about: str
    british: bool = False
    throat_semitones: float = 0.0


_OPTIONAL: Mapping[VoiceName, _Optional] = {
    VoiceName.KORE: _Optional("voices/af_kore.int8.onnx", "Another American woman"),
    VoiceName.FENRIR: _Optional(
        "voices/am_fenrir_v2.int8.onnx", "An American man", throat_semitones=_MANS_THROAT
    ),
    VoiceName.EMMA: _Optional("voices/bf_emma.int8.onnx", "A British woman", british=True),
    VoiceName.FABLE: _Optional(
        "voices/bm_fable.int8.onnx", "A British man", british=True, throat_semitones=_MANS_THROAT
    ),
}


def _weights(name: VoiceName, voice: _Optional) -> Weights:
    about = f"{voice.about} for the built-in band: for any processor."
    repository = "maureesewilliams/hibari"
    return Weights(f"hibari-{name}", repository, (voice.file,), 8, "Apache-2.0", about, "hibari")


VOICES: Mapping[VoiceName, Weights] = {name: _weights(name, voice) for name, voice in _OPTIONAL.items()}
"""The published weights of each optional voice."""


def network_of(name: VoiceName) -> tuple[Network, tuple[str, ...]]:
    """Return who sings when ``name`` is asked for, and a sentence on it; the usual one if missing."""
    if name is VoiceName.HEART:
        return EMBEDDED, ()
    voice, weights = _OPTIONAL[name], VOICES[name]
    folder = found(weights)
    if folder is None:
        return EMBEDDED, (
            f"The voice {name} is not on this machine: the usual voice sings. It comes with the Models page, "
            f"or with python -m core models get {weights.name}.",
        )
    network = Network(folder / voice.file, voice.british, voice.throat_semitones)
    return network, (f"The voice {name} sings.",)


def voice_id(name: VoiceName) -> str:
    """Return what changes with the file of the voice that is asked for; empty while the usual one sings."""
    file = network_of(name)[0].file
    if file is None:
        return ""
    status = file.stat()
    return f"voice {name} {status.st_size} {status.st_mtime_ns}"
