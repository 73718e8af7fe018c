"""Writing one sound in one format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import Audio, Samples
from core.delivery.dither import Quantiser
from core.delivery.formats import Format
from core.delivery.mp3 import compression_level, make_up_gain
from core.delivery.storage import cannot_create, cut_short
from core.delivery.tags import Tags, write_tags
from core.errors import InputError
from core.progress import Report, silent

BLOCK_FRAMES = 65_536
"""Frames handed to libsndfile at a time; its Vorbis encoder crashes on one large call."""
LARGEST_WAV_BYTES = 3_900_000_000


@dataclass(frozen=True)
class EncodeOptions:
    """How the encoders are set."""

    mp3_kbps: int = 256
    """Constant bit rate, 96 to 320; below 32 kHz the nearest share of what the format allows there."""
    ogg_quality: float = 6.0
    """Vorbis quality, 0 to 10 (about 70 to 500 kbit/s)."""
    dither_seed: int = 0


@dataclass(frozen=True)
class Encoded:
    """What was written."""

    path: Path
    sample_rate: int
    """The file's rate: MP3 has none over 48 kHz, and the sound is resampled for it."""
    clipped_samples: int
    """Samples over full scale that an integer format cut off."""
    tagged: bool
    """False for a WAV over 4 GiB (RF64), which has no place for tags that readers know."""


def encode(
    audio: Audio,
    path: str | Path,
    format: Format,
    tags: Tags,
    options: EncodeOptions | None = None,
    report: Report = silent,
) -> Encoded:
    """Write ``audio`` to ``path`` and tag it; a failed write leaves no file and no other file harmed.

    16 and 24 bit get TPDF dither. Samples over full scale are cut off there, and counted.

    Raises:
        InputError: no samples, non-finite samples in a format that cannot hold them, too many channels.
        StorageError: the folder cannot be written, or the disk is full.
        Cancelled: ``report`` said so, between two blocks.
    """
    path, options = Path(path), options or EncodeOptions()
    _check(audio, path, format)
    if format.highest_rate is not None and audio.sample_rate > format.highest_rate:
        audio = audio.resampled(48_000 if audio.sample_rate % 48_000 == 0 else 44_100)
    container = _container(audio, format)
    part = path.with_name(path.name + ".part")
    try:
        clipped = _write(audio, part, format, container, options, report)
        if container != "RF64":
            write_tags(part, format, tags)
        _move(part, path)
    finally:
        _remove(part)
    return Encoded(path, audio.sample_rate, clipped, tagged=container != "RF64")


def _check(audio: Audio, path: Path, format: Format) -> None:
    if audio.frames == 0:
        raise InputError(f"{path.name} would hold no samples.", remedy="Export a sound that is not empty.")
    if audio.channels > format.most_channels:
        raise InputError(
            f"{path.name}: {format.suffix[1:].upper()} holds {format.most_channels} channels, "
            f"the sound has {audio.channels}.",
            remedy="Choose FLAC, OGG or WAV, or mix the sound to stereo first.",
        )
    if format is not Format.WAV_FLOAT and not _is_finite(audio.samples):
        raise InputError(
            f"{path.name}: the sound holds values that are not numbers, which only float WAV can store.",
            causes=("a stage before failed and the run was continued",),
            remedy="Repair the stage that broke, or export as 32-bit float WAV to inspect it.",
        )


def _is_finite(samples: Samples) -> bool:
    return all(bool(np.isfinite(block).all()) for block in _blocks(samples))


def _blocks(samples: Samples) -> Iterator[Samples]:
    for start in range(0, len(samples), BLOCK_FRAMES):
        yield samples[start : start + BLOCK_FRAMES]


def _container(audio: Audio, format: Format) -> str:
    if format.suffix != ".wav":
        return format.suffix[1:].upper()
    if audio.samples.size * (format.bits or 32) // 8 > LARGEST_WAV_BYTES:
        return "RF64"
    return "WAVEX" if audio.channels > 2 else "WAV"


def _subtype(format: Format) -> str:
    if format.bits is not None:
        return f"PCM_{format.bits}"
    return {Format.WAV_FLOAT: "FLOAT", Format.MP3: "MPEG_LAYER_III", Format.OGG: "VORBIS"}[format]


def _settings(format: Format, options: EncodeOptions) -> dict[str, Any]:
    if format is Format.MP3:
        return {"compression_level": compression_level(options.mp3_kbps), "bitrate_mode": "CONSTANT"}
    if format is Format.OGG:
        return {"compression_level": min(1.0, max(0.0, 1.0 - options.ogg_quality / 10.0))}
    return {}


def _as_it_is(audio: Audio, format: Format, options: EncodeOptions) -> Callable[[Samples], Samples]:
    """Return what floats go through: nothing, but for the MP3 encoder's own gain, which is undone."""
    if format is not Format.MP3:
        return lambda block: block
    level = compression_level(options.mp3_kbps)
    gain = np.float32(make_up_gain(audio.sample_rate, audio.channels, level))
    return lambda block: block * gain


def _write(
    audio: Audio, part: Path, format: Format, container: str, options: EncodeOptions, report: Report
) -> int:
    import soundfile

    quantiser = Quantiser(format.bits, options.dither_seed) if format.bits is not None else None
    convert = quantiser or _as_it_is(audio, format, options)
    try:
        with soundfile.SoundFile(
            part,
            "w",
            audio.sample_rate,
            audio.channels,
            _subtype(format),
            format=container,
            **_settings(format, options),
        ) as file:
            for number, block in enumerate(_blocks(audio.samples)):
                report(number * BLOCK_FRAMES / audio.frames, f"Writing {part.stem}")
                file.write(convert(block))
        written = soundfile.info(part).frames
    except (soundfile.LibsndfileError, OSError, AssertionError) as error:
        # soundfile asserts that every frame was taken, which a full disk breaks
        name = part.with_suffix("")
        problem = cut_short if part.is_file() else cannot_create
        raise problem(name, error) from error
    if abs(written - audio.frames) > format.padding_frames:
        raise cut_short(part.with_suffix(""), None)
    return quantiser.clipped_samples if quantiser is not None else 0


def _move(part: Path, path: Path) -> None:
    try:
        part.replace(path)
    except OSError as error:
        raise cannot_create(path, error) from error


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:  # the folder is gone or not ours: there is nothing of ours left in it
        return
