"""Faults of the last stages: mixes and masters off their levels, files that do not hold what they should."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import Audio
from core.checks.figures import ExportFigures
from core.contract import Severity
from core.delivery import EncodeOptions, Format, Tags, encode
from core.delivery.delivered import Delivered, read_back
from core.faults.model import Delivery, Evidence, Fault
from core.stages.base import Output, Work

MASTER = "master.wav"
KEPT_SHARE = 0.9
"""Part of a file that the disk took before it was full."""


def _over_the_ceiling(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Let one peak pass, as a limiter without oversampling does."""
    audio = delivery.output.sounds[delivery.target]
    out = audio.samples.copy()
    at = int(np.argmax(np.abs(out).max(axis=1)))
    out[max(0, at - 8) : at + 9] *= 10 ** (1.0 / 20)
    return delivery.with_sound(Audio(out, audio.sample_rate))


def _turned(by_db: float, delivery: Delivery) -> Output:
    audio = delivery.output.sounds[delivery.target]
    return delivery.with_sound(Audio(audio.samples * np.float32(10 ** (by_db / 20)), audio.sample_rate))


def _off_target(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The master is 2 dB quieter than it says."""
    return _turned(-2.0, delivery)


def _cut_short(format: Format) -> Any:
    """Return what happens when the disk takes nine tenths of a file in this format, and nobody says so."""

    def befall(delivery: Delivery, rng: np.random.Generator) -> Output:
        written = encode(
            delivery.output.sounds[delivery.target],
            delivery.scratch / f"master{format.suffix}",
            format,
            Tags(),
            EncodeOptions(),
        )
        _shorten(written.path)
        return _as_found(delivery, read_back(written, format, Tags()))

    return befall


def _shorten(path: Path) -> None:
    kept = path.read_bytes()[: int(KEPT_SHARE * path.stat().st_size)]
    path.write_bytes(kept)


def _as_found(delivery: Delivery, found: Delivered) -> Output:
    """Return the delivery with what really lies on the disk in place of the master's file."""
    name = found.encoded.path.name
    figures = replace(delivery.figures(ExportFigures), files={name: found.figures})
    return replace(delivery.output, sounds={name: found.audio}, figures=figures)


def _stem_cut_short(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The file of one stem ends too early."""
    stem, audio = next(iter(delivery.inputs["stems"].items()))
    written = encode(audio, delivery.scratch / "stem.wav", Format.WAV_FLOAT, Tags())
    _shorten(written.path)
    found = read_back(written, Format.WAV_FLOAT, Tags())
    figures = delivery.figures(ExportFigures)
    exact = {**figures.stems_exact, stem: found.audio.key == audio.key}
    return replace(delivery.output, figures=replace(figures, stems_exact=exact))


def _without_tags(delivery: Delivery, rng: np.random.Generator) -> Output:
    """The file is whole, and says nothing of itself."""
    audio = delivery.output.sounds[delivery.target]
    wanted = Tags(title="Summer", engine="Built-in band")
    bare = replace(encode(audio, delivery.scratch / MASTER, Format.WAV_FLOAT, Tags()), tagged=True)
    _strip(bare.path)
    return _as_found(delivery, read_back(bare, Format.WAV_FLOAT, wanted))


def _strip(path: Path) -> None:
    """Take the tags out of a WAV file."""
    from mutagen.wave import WAVE

    WAVE(path).delete()  # type: ignore[no-untyped-call]


def _unwritable(work: Work[Any]) -> Work[Any]:
    """The folder for the files is a file."""
    blocked = work.scratch / "no folder"
    blocked.write_bytes(b"")
    return replace(work, scratch=blocked)


def _as_set(work: Work[Any]) -> Work[Any]:
    """Nothing happens around the stage: its settings bring the fault about."""
    return work


DELIVERY_FAULTS: tuple[Fault, ...] = (
    Fault(
        "over_the_ceiling",
        "A peak over the ceiling",
        "The limiter looked at samples alone, and one true peak passed by 1 dB.",
        Evidence.PROMISE,
        ("ceiling",),
        "limiter",
        stages=("master",),
        befalls=_over_the_ceiling,
    ),
    Fault(
        "off_target",
        "Not as loud as it says",
        "The master was turned down by 2 dB after its loudness was read.",
        Evidence.PROMISE,
        ("target_reached",),
        "changed after it was measured",
        stages=("master",),
        befalls=_off_target,
    ),
    Fault(
        "lossy_overshoot",
        "A lossy file overshoots",
        "An MP3 of a master that stands at full scale decodes to peaks over 0 dBTP.",
        Evidence.PROMISE,
        ("file_peak",),
        "lossy codec overshoots",
        severity=Severity.WARN,
        stages=("export",),
        surrounds=_as_set,
        settings={
            "master.ceiling_dbtp": "0",
            "master.target_lufs": "-10",
            "export.formats": '["mp3"]',
            "export.mp3_kbps": "96",
        },
    ),
    Fault(
        "cut_short",
        "A file cut short",
        "The disk was full after nine tenths of a WAV file, and nobody said so.",
        Evidence.IN_OUT,
        ("file_length",),
        "cut off while it was written",
        stages=("export",),
        befalls=_cut_short(Format.WAV_24),
    ),
    Fault(
        "lossy_cut_short",
        "A lossy file cut short",
        "The disk was full after nine tenths of an MP3, which plays all the same.",
        Evidence.IN_OUT,
        ("file_length",),
        "cut off while it was written",
        stages=("export",),
        befalls=_cut_short(Format.MP3),
    ),
    Fault(
        "lossless_cut_short",
        "A compressed file cut short",
        "The disk was full after nine tenths of a FLAC file, which promises more than it holds.",
        Evidence.IN_OUT,
        ("storage", "file_length"),
        "disk is full|cut off while it was written",
        stages=("export",),
        befalls=_cut_short(Format.FLAC_24),
    ),
    Fault(
        "stem_file_differs",
        "A stem's file is cut short",
        "A stem's file does not decode to the samples that were written.",
        Evidence.IN_OUT,
        ("stem_files",),
        "cut off while it was written",
        stages=("export",),
        befalls=_stem_cut_short,
    ),
    Fault(
        "without_tags",
        "The tags are lost",
        "What was to be written into the file about it is not there.",
        Evidence.PROMISE,
        ("file_tags",),
        "without its tags",
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
        "not a folder",
        stages=("export",),
        surrounds=_unwritable,
    ),
)
