"""Sound as a value: :class:`Audio` and :class:`Stems`, and the files they come from and go to.

An Audio is float32, two-dimensional (frames, channels), C-contiguous and read-only, with its rate.
NaN is allowed *in* it: a broken sound must be stored, drawn and measured, and the ``finite`` check
refuses it. Nothing in the studio guesses a shape; engine output comes in through :meth:`Audio.checked`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import RawIOBase
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from core.containers.announced import extent_of
from core.containers.extent import SliceReader
from core.containers.foreign import UndecodableError, decode_foreign, installed
from core.containers.names import is_foreign, may_be_foreign
from core.containers.unreadable import USUAL_SUFFIXES, UnreadableError, unreadable
from core.errors import AudioFileError, EngineOutputError, InputError, StorageError
from core.machine.paging import pages_given_back, samples_on_disk

Samples = npt.NDArray[np.float32]

MAX_CHANNELS = 8
MAX_DECODED_SAMPLES = 400_000_000
"""Frames times channels that a file may decode to: 1.6 GB, 75 min of stereo at 44.1 kHz."""
MAX_FILE_BYTES = 1 << 32
IN_MEMORY_BYTES = 1 << 27
"""A file that decodes to more is read into a temporary file: six minutes of stereo at 44.1 kHz."""
_BLOCK_FRAMES = 1 << 18
LOWEST_RATE, HIGHEST_RATE = 1_000, 768_000
UNKNOWN_FRAMES = 1 << 62
"""What libsndfile gives as the length of a file that it cannot tell the length of is above this."""

SUFFIXES = (
    *(*USUAL_SUFFIXES, ".aifc", ".opus", ".caf", ".au", ".w64", ".rf64"),
    *(".m4a", ".aac", ".mp4", ".mov", ".3gp", ".wma", ".webm", ".mka", ".mkv", ".amr", ".wv", ".ape", ".tta"),
    *(".ac3", ".dts", ".dsf", ".mp2", ".oga", ".spx"),
)


@dataclass(frozen=True, eq=False)
class Audio:
    """Immutable samples (frames, channels), float32, full scale 1.0, at ``sample_rate`` Hz.

    Raises ValueError when the array has another type or shape: inside the studio that is a bug of
    ours. What comes from outside goes through :meth:`checked` or :func:`read`.
    """

    samples: Samples
    sample_rate: int

    def __post_init__(self) -> None:
        if self.samples.dtype != np.float32 or self.samples.ndim != 2:
            raise ValueError(
                f"Audio wants float32 (frames, channels), got {self.samples.dtype} {self.samples.shape}"
            )
        if self.sample_rate <= 0 or not 1 <= self.samples.shape[1] <= MAX_CHANNELS:
            raise ValueError(f"rate {self.sample_rate} Hz, {self.samples.shape[1]} channels")
        samples = np.ascontiguousarray(self.samples)
        if samples is self.samples and samples.flags.writeable:
            samples = samples.view()
        samples.flags.writeable = False
        object.__setattr__(self, "samples", samples)

    @property
    def frames(self) -> int:
        """Number of sample frames."""
        return int(self.samples.shape[0])

    @property
    def channels(self) -> int:
        """Number of channels."""
        return int(self.samples.shape[1])

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.frames / self.sample_rate

    @cached_property
    def key(self) -> str:
        """SHA-256 of samples, shape and rate: the artifact's name in the store."""
        head = f"{self.sample_rate}:{self.frames}:{self.channels}:".encode()
        digest = hashlib.sha256(head)
        digest.update(self.samples.data.cast("B") if self.frames else b"")
        return digest.hexdigest()

    @classmethod
    def checked(cls, value: Any, *, sample_rate: int, source: str) -> Audio:
        """Turn what an engine returned into Audio, or say what it was instead.

        ``value``: float array (frames,) or (frames, channels). ``source`` names the engine in the error.
        Raises EngineOutputError for a path, a list, integers, swapped axes, no frames, a bad rate.
        """
        problem = _not_sound(value, sample_rate)
        if problem:
            raise EngineOutputError(
                f"{source} did not return sound: {problem}.",
                causes=("the engine's output has another form than its adapter expects",),
                remedy="Report this with the engine's version; another engine can be chosen meanwhile.",
            )
        array = np.asarray(value, dtype=np.float32)
        return cls(array[:, None] if array.ndim == 1 else array, int(sample_rate))

    def resampled(self, sample_rate: int) -> Audio:
        """Return this sound at another rate (soxr, very high quality); itself when the rate is the same.

        soxr spreads one NaN over its filter's length: measure before resampling.
        """
        if sample_rate == self.sample_rate:
            return self
        import soxr

        out = soxr.resample(self.samples, self.sample_rate, sample_rate, quality="VHQ")
        return Audio(np.asarray(out, dtype=np.float32).reshape(-1, self.channels), sample_rate)

    def with_channels(self, channels: int) -> Audio:
        """Return mono as many equal channels; raises ValueError when that would drop a channel."""
        if channels == self.channels:
            return self
        if self.channels != 1:
            raise ValueError(f"{self.channels} channels cannot become {channels} without a downmix")
        return Audio(np.repeat(self.samples, channels, axis=1), self.sample_rate)

    def between(self, start_s: float, stop_s: float) -> Audio:
        """Return the excerpt from ``start_s`` to ``stop_s`` (clamped to the sound)."""
        first = max(0, round(start_s * self.sample_rate))
        last = min(self.frames, max(first, round(stop_s * self.sample_rate)))
        return Audio(self.samples[first:last], self.sample_rate)


class Stems(Mapping[str, Audio]):
    """Named sounds of one length, rate and channel count, in the order they were given.

    Raises ValueError when they do not agree or there are none.
    """

    def __init__(self, sounds: Mapping[str, Audio]) -> None:
        if not sounds:
            raise ValueError("Stems need at least one sound")
        shapes = {(a.frames, a.channels, a.sample_rate) for a in sounds.values()}
        if len(shapes) != 1:
            raise ValueError(f"stems differ in frames, channels or rate: {sorted(shapes)}")
        self._sounds = dict(sounds)

    def __getitem__(self, name: str) -> Audio:
        return self._sounds[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sounds)

    def __len__(self) -> int:
        return len(self._sounds)

    @property
    def sample_rate(self) -> int:
        """The stems' one rate in Hz."""
        return next(iter(self._sounds.values())).sample_rate

    def sum(self) -> Audio:
        """Return the plain sum, added in double precision."""
        first, *others = self._sounds.values()
        total = np.empty(first.samples.shape, dtype=np.float32)
        for start in range(0, first.frames, _BLOCK_FRAMES):
            part = slice(start, start + _BLOCK_FRAMES)
            block = first.samples[part].astype(np.float64)
            for audio in others:
                block += audio.samples[part]
            total[part] = block
        return Audio(total, first.sample_rate)


@dataclass(frozen=True, eq=False)
class Reading:
    """A decoded file, and what its decoder has to say of it."""

    audio: Audio
    share: float | None
    """Sound held, by sound announced (:class:`core.containers.extent.Extent`)."""
    skipped: int = 0
    """Packets of the file that cannot be decoded, and were left out."""


def read(path: str | Path, longest_s: float = math.inf) -> Audio:
    """Read a sound file at its own rate and channel count.

    WAV (also RF64), FLAC, OGG, MP3, AIFF, CAF, AU and W64 by libsndfile; AAC, ALAC, WMA, WebM, WavPack and
    others by FFmpeg's libraries (:mod:`core.containers.foreign`); a studio ``.npy`` is not a sound file.
    Its length is what it holds, whatever its header announces (:mod:`core.containers.announced`).
    Raises AudioFileError, whose message says what is wrong with the file, and the remedy; for a sound longer
    than ``longest_s`` before more of it is decoded.
    """
    return reading_of(path, longest_s).audio


def reading_of(path: str | Path, longest_s: float = math.inf) -> Reading:
    """Read a sound file as :func:`read` does, with what its decoder says of it."""
    _check_file(path := Path(path))
    if is_foreign(path) and installed():
        return _by_ffmpeg(path, longest_s)
    try:
        return _by_libsndfile(path, longest_s)
    except UnreadableError as error:
        if not (may_be_foreign(path) and installed()):
            raise
        return _by_ffmpeg(path, longest_s, error)


def _by_libsndfile(path: Path, longest_s: float) -> Reading:
    extent = extent_of(path)
    if not extent.slices:
        return Reading(decode(path, path.name, longest_s), extent.share)
    parts: list[Audio] = []
    for piece in extent.slices:
        with SliceReader(path, piece) as source:
            left_s = longest_s - sum(part.duration_s for part in parts)
            parts.append(decode(source, path.name, left_s))
    return Reading(parts[0] if len(parts) == 1 else _joined(parts, path.name), extent.share)


def _by_ffmpeg(path: Path, longest_s: float, instead: AudioFileError | None = None) -> Reading:
    """Decode in a child process; ``instead`` is what another decoder has said of the file."""
    try:
        made = decode_foreign(path, MAX_DECODED_SAMPLES, longest_s)
    except UndecodableError as error:
        raise (instead or unreadable(path, path.name, str(error))) from error
    frames, channels = made.samples.shape
    _check_bounds(path.name, made.sample_rate, channels, frames, longest_s)
    if not frames:
        raise _without_samples(path.name)
    share = extent_of(path).share
    audio = Audio(made.samples, made.sample_rate)
    return Reading(audio, made.share if share is None else share, made.skipped)


def decode(source: Path | BinaryIO | RawIOBase, name: str, longest_s: float = math.inf) -> Audio:
    """Decode a sound file, or one in memory, within the bounds of rate, channels and length.

    The bounds are checked before anything is decoded, and no more is decoded than was checked. ``name`` is
    what the person calls it. Raises AudioFileError.
    """
    import soundfile

    try:
        with soundfile.SoundFile(source) as file:
            _check_bounds(name, file.samplerate, file.channels, file.frames, longest_s)
            samples, rate = _decoded(file), int(file.samplerate)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise unreadable(source, name, str(error)) from error
    if samples.shape[0] == 0:
        raise _without_samples(name)
    return Audio(samples, rate)


def _decoded(file: Any) -> Samples:
    """Return what an open file holds; of a long one the samples lie on disk, where there is room."""
    long = file.frames * file.channels * 4 > IN_MEMORY_BYTES
    samples = samples_on_disk(file.frames, file.channels) if long else None
    if samples is None:
        return np.asarray(file.read(dtype="float32", always_2d=True))
    done = 0
    with pages_given_back(samples):
        while count := len(file.read(out=samples[done : done + _BLOCK_FRAMES])):
            done += count
    return samples[:done]


def write(path: str | Path, audio: Audio, subtype: str = "FLOAT") -> None:
    """Write ``audio`` to a WAV file (RF64 above 4 GiB); NaN and overs survive with subtype FLOAT.

    Raises StorageError when the place cannot be written. Delivery formats are the export stage's work.
    """
    import soundfile

    path, part = Path(path), Path(path).with_name(f".{Path(path).name}.part")
    kind = "RF64" if audio.samples.nbytes > 3_900_000_000 else "WAV"
    try:
        soundfile.write(part, audio.samples, audio.sample_rate, subtype=subtype, format=kind)
        part.replace(path)
    except (soundfile.LibsndfileError, OSError, AssertionError) as error:
        part.unlink(missing_ok=True)
        raise StorageError(
            f"{path.name} could not be written.",
            causes=("the disk is full", "the folder is read-only or missing"),
            remedy="Choose a folder you may write to, or free some space.",
            detail=str(error),
        ) from error


def _not_sound(value: Any, sample_rate: Any) -> str:
    if isinstance(value, (str, Path)):
        return f"it returned a path ({Path(value).name})"
    if isinstance(value, (list, tuple, dict)) or value is None:
        return f"it returned a {type(value).__name__}"
    array = np.asarray(value)
    if array.dtype.kind in "iu":
        return f"its samples are integers ({array.dtype})"
    if array.dtype.kind != "f":
        return f"its samples are {array.dtype}"
    if array.ndim not in (1, 2):
        return f"its array has {array.ndim} dimensions {array.shape}"
    if array.shape[0] == 0:
        return "it holds no frames"
    if array.ndim == 2 and array.shape[1] == 0:
        return "it holds no channels"
    if array.ndim == 2 and array.shape[1] > MAX_CHANNELS:
        return f"its shape {array.shape} has channels and frames swapped"
    if not isinstance(sample_rate, (int, np.integer)) or not LOWEST_RATE <= int(sample_rate) <= HIGHEST_RATE:
        return f"its rate is {sample_rate!r}"
    return ""


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise InputError(
            f"There is no file {path.name}.", remedy="Check the path; a folder is not a sound file."
        )
    size = path.stat().st_size
    if size == 0:
        raise AudioFileError(f"{path.name} is empty (0 bytes).", remedy="Export or copy the file again.")
    if size > MAX_FILE_BYTES:
        raise AudioFileError(
            f"{path.name} has {size / 1e9:.1f} GB; the studio opens up to {MAX_FILE_BYTES / 1e9:.1f} GB.",
            remedy="Cut it into shorter files.",
        )


def _check_bounds(name: str, rate: int, channels: int, frames: int, longest_s: float) -> None:
    """Raise AudioFileError for a form that no sound has, or a sound too large to open."""
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise AudioFileError(
            f"{name} says that it has {rate} samples a second; sound has {LOWEST_RATE} to {HIGHEST_RATE} Hz.",
            causes=("its header is damaged", "it was written with a wrong rate"),
            remedy="Export it again at 44.1 or 48 kHz.",
        )
    if channels > MAX_CHANNELS:
        raise AudioFileError(
            f"{name} has {channels} channels; the studio reads up to {MAX_CHANNELS}.",
            remedy="Export it as stereo or as separate stems.",
        )
    seconds = frames / rate
    if frames >= UNKNOWN_FRAMES:
        raise AudioFileError(
            f"{name} does not state its length, and holds no sound to measure it by.",
            causes=("it was cut off before its sound began", "its header is damaged"),
            remedy="Export or convert it again.",
        )
    if seconds > longest_s:
        raise AudioFileError(
            f"{name} unpacks to {seconds / 60:.0f} min of sound; a song may last {longest_s / 60:.0f} min.",
            remedy="Cut it into shorter files.",
        )
    if frames * channels > MAX_DECODED_SAMPLES:
        raise AudioFileError(
            f"{name} unpacks to {seconds / 60:.0f} min of sound "
            f"({frames * channels * 4 / 1e9:.1f} GB), more than the studio opens.",
            remedy="Cut it into shorter files, or lower its rate or channel count.",
        )


def _joined(parts: Sequence[Audio], name: str) -> Audio:
    """Return sounds one after another, at the highest of their rates; mono is widened.

    Raises AudioFileError when their channels do not go together, or all of them are too much to open.
    """
    channels, rate = max(part.channels for part in parts), max(part.sample_rate for part in parts)
    if any(part.channels not in (1, channels) for part in parts):
        raise AudioFileError(
            f"{name} is {len(parts)} sounds put together, of {sorted({p.channels for p in parts})} channels.",
            remedy="Convert each by itself.",
        )
    _check_bounds(name, rate, channels, math.ceil(sum(p.duration_s for p in parts) * rate), math.inf)
    alike = [part.resampled(rate).with_channels(channels).samples for part in parts]
    return Audio(np.concatenate(alike), rate)


def _without_samples(name: str) -> AudioFileError:
    return AudioFileError(f"{name} holds no samples.", remedy="Export the sound again and check its length.")
