"""Faults of the last two stages: a master over its ceiling, and files that do not hold what they should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.audio import Audio
from core.contract import Severity
from core.delivery import EncodeOptions, Format, Tags, deliver
from core.dsp.limiter import limit
from core.faults.model import Delivery, Evidence, Fault
from core.stages.base import Output
from core.values import Json

MASTER = "master.wav"


def _over_the_ceiling(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Let one peak pass, as a limiter without oversampling does."""
    audio = delivery.output.sounds[delivery.target]
    out = audio.samples.copy()
    at = int(np.argmax(np.abs(out).max(axis=1)))
    out[max(0, at - 8) : at + 9] *= 10 ** (1.0 / 20)
    return delivery.with_sound(Audio(out, audio.sample_rate))


def _brickwalled(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Limit by 14 dB more, say nothing of it, and turn it back to the same loudness."""
    audio = delivery.output.sounds[delivery.target]
    crushed = limit(audio, gain_db=14.0, ceiling_dbtp=-1.0, release_s=0.04).audio
    rms = [float(np.sqrt(np.square(a.samples, dtype=np.float64).mean())) for a in (audio, crushed)]
    return delivery.with_sound(Audio(crushed.samples * np.float32(rms[0] / rms[1]), audio.sample_rate))


def _overshooting(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Encode a master that stands at full scale as MP3: its decoded peaks pass 0 dBTP."""
    audio = delivery.output.sounds[delivery.target]
    loud = audio.samples * np.float32(1.0 / np.abs(audio.samples).max())
    path = delivery.scratch / "master.mp3"
    found = deliver(Audio(loud, audio.sample_rate), path, Format.MP3, Tags(), EncodeOptions(mp3_kbps=96))
    told: Json = {"format": "mp3", "bits": None, "lossy": True, "padding_frames": 2304, "wrong_tags": []}
    files = {**delivery.output.figures["files"], path.name: {**told, "clipped_samples": 0}}
    return replace(
        delivery.output,
        sounds={path.name: found.audio},
        figures={**delivery.output.figures, "files": files},
    )


def _cut_short(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The disk took nine tenths of the file."""
    audio = delivery.output.sounds[delivery.target]
    return delivery.with_sound(Audio(audio.samples[: int(0.9 * audio.frames)], audio.sample_rate))


def _stem_differs(delivery: Delivery, rng: np.random.Generator) -> Output:
    exact = dict(delivery.output.figures["stems_exact"])
    exact[next(iter(exact))] = False
    return replace(delivery.output, figures={**delivery.output.figures, "stems_exact": exact})


def _without_tags(delivery: Delivery, rng: np.random.Generator) -> Output:
    files = dict(delivery.output.figures["files"])
    files[MASTER] = {**files[MASTER], "wrong_tags": ["title"]}
    return replace(delivery.output, figures={**delivery.output.figures, "files": files})


def _unwritable(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Write the file into a folder that is a file."""
    blocked = delivery.scratch / "no folder"
    blocked.write_bytes(b"")
    audio = delivery.output.sounds[delivery.target]
    deliver(audio, blocked / MASTER, Format.WAV_24, Tags())
    return delivery.output


DELIVERY_FAULTS: tuple[Fault, ...] = (
    Fault(
        "over_the_ceiling",
        "A peak over the ceiling",
        "The limiter looked at samples alone, and one true peak passed by 1 dB.",
        Evidence.PROMISE,
        ("ceiling",),
        stages=("master",),
        befalls=_over_the_ceiling,
    ),
    Fault(
        "brickwalled",
        "Brickwalled",
        "14 dB more of limiting than was declared, at the same loudness.",
        Evidence.PROMISE,
        ("squash",),
        stages=("master",),
        befalls=_brickwalled,
    ),
    Fault(
        "lossy_overshoot",
        "A lossy file overshoots",
        "An MP3 of a master at full scale decodes to peaks over 0 dBTP.",
        Evidence.PROMISE,
        ("file_peak", "file_level"),
        severity=Severity.WARN,
        stages=("export",),
        befalls=_overshooting,
    ),
    Fault(
        "cut_short",
        "A file cut short",
        "The disk was full after nine tenths of the file.",
        Evidence.IN_OUT,
        ("file_length",),
        stages=("export",),
        befalls=_cut_short,
    ),
    Fault(
        "stem_file_differs",
        "A stem's file differs",
        "A stem's file does not decode to the samples that were written.",
        Evidence.IN_OUT,
        ("stem_files",),
        stages=("export",),
        befalls=_stem_differs,
    ),
    Fault(
        "without_tags",
        "A tag is lost",
        "The title that was written is not in the file.",
        Evidence.PROMISE,
        ("file_tags",),
        severity=Severity.WARN,
        stages=("export",),
        befalls=_without_tags,
    ),
    Fault(
        "unwritable",
        "A file that cannot be written",
        "The folder for the file is not a folder.",
        Evidence.PROVENANCE,
        ("storage",),
        stages=("export",),
        befalls=_unwritable,
    ),
)
