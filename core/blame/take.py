"""One step of a chain: its sound, the readings, and its parts when it is a folder of stems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.audio import SUFFIXES, Audio, Stems
from core.containers.unreadable import USUAL_SUFFIXES
from core.contract import Finding, Sound
from core.errors import AudioFileError, InputError
from core.inspect import inspect_file
from core.measure import Picture, analyse

FOUND_ON_READING = ("truncated", "form")
"""Findings about the file rather than the step; the rest is judged against what came in."""


@dataclass(frozen=True, eq=False)
class Take:
    """A step's whole sound with its readings; ``parts`` are its stems, whose sum the whole is."""

    sound: Sound
    picture: Picture
    parts: Mapping[str, Sound] = field(default_factory=dict)
    on_reading: tuple[Finding, ...] = ()
    """What reading the files has shown already."""

    @property
    def name(self) -> str:
        """What the step is called."""
        return self.sound.name

    @property
    def spectrum(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Centres in Hz and levels in dBFS of the sixth-octave bands."""
        return self.picture.spectrum_hz, self.picture.spectrum_db


def take_of(name: str, audio: Audio, parts: Mapping[str, Sound] | None = None) -> Take:
    """Measure a sound as a step."""
    seen = analyse(audio)
    return Take(Sound(name, audio, seen.measurement), seen.picture, parts or {})


def read_take(path: Path, name: str = "") -> Take:
    """Read a file, or a folder whose sound files are stems that are summed.

    Raises AudioFileError or InputError, in one sentence, for what is missing or cannot be read.
    """
    name = name or path.name or str(path)
    if path.is_dir():
        return _folder(path, name)
    looked = inspect_file(path, name)
    on_reading = tuple(f for f in looked.findings if f.check in FOUND_ON_READING)
    return Take(Sound(name, looked.audio, looked.measurement), looked.picture, on_reading=on_reading)


def sound_files(folder: Path) -> list[Path]:
    """Return the sound files of a folder; raises InputError when there are none.

    A name that begins with a dot is hidden: macOS keeps ``._song.wav`` beside a file.
    """
    files = sorted(
        p
        for p in folder.iterdir()
        if p.suffix.lower() in SUFFIXES and p.is_file() and not p.name.startswith(".")
    )
    if not files:
        raise InputError(
            f"The folder {folder.name or folder} holds no sound files.",
            remedy=f"Name a sound file, or a folder of stems ({', '.join(USUAL_SUFFIXES)}).",
        )
    return files


def _folder(path: Path, name: str) -> Take:
    files = sound_files(path)
    names = [p.stem if [q.stem for q in files].count(p.stem) == 1 else p.name for p in files]
    return bundled(name, {part: inspect_file(p).audio for part, p in zip(names, files, strict=True)})


def bundled(name: str, sounds: Mapping[str, Audio]) -> Take:
    """Return stems as one step whose whole is their sum.

    Other rates are resampled to the most common one, shorter stems filled up with silence and mono ones put
    into every channel. Raises AudioFileError for stems whose channels do not fit together.
    """
    from core.measure import measure

    if len(sounds) == 1:
        ((_, audio),) = sounds.items()
        return take_of(name, audio)
    rates = [audio.sample_rate for audio in sounds.values()]
    rate = max(rates, key=lambda r: (rates.count(r), r))
    channels = max(audio.channels for audio in sounds.values())
    odd = next((part for part, a in sounds.items() if a.channels not in (1, channels)), None)
    if odd is not None:
        raise AudioFileError(
            f"The stems in {name} cannot be summed: {odd} has {sounds[odd].channels} channels, "
            f"another has {channels}.",
            remedy="Export all stems with the same number of channels.",
        )
    alike = {part: a.resampled(rate).with_channels(channels) for part, a in sounds.items()}
    frames = max(audio.frames for audio in alike.values())
    parts = {part: Sound(part, audio, measure(audio)) for part, audio in sounds.items()}
    return take_of(name, Stems({p: _filled(a, frames) for p, a in alike.items()}).sum(), parts)


def _filled(audio: Audio, frames: int) -> Audio:
    """Return a sound with silence at its end, up to ``frames``."""
    if audio.frames == frames:
        return audio
    return Audio(np.pad(audio.samples, ((0, frames - audio.frames), (0, 0))), audio.sample_rate)
