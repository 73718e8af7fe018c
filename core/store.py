"""Artifacts by content: a sound is stored once under the hash of its samples, with its readings beside it.

    <home>/artifacts/ab/abcdef....npy            samples, mapped back without copying
    <home>/artifacts/ab/abcdef....json           rate and Measurement
    <home>/artifacts/ab/abcdef....picture.npz    envelope, loudness over time, spectrum
    <home>/artifacts/ab/abcdef....preview.wav    16-bit, for a browser, made when asked for
    <home>/exports/<step key>/                   delivered files

Every file is written under another name and moved into place, so that a crash leaves no half file.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from core.audio import Audio
from core.errors import NotFoundError
from core.home import storage_error
from core.measure import Analysis, Measurement, Picture, analyse, recognised

KEY_LENGTH = 64


class _Label(BaseModel):
    sample_rate: int
    measurement: Measurement


class Store:
    """Sounds and delivered files under one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._artifacts = home / "artifacts"

    def put(self, audio: Audio, analysis: Analysis | None = None) -> tuple[str, Measurement]:
        """Store a sound and its readings, taken here unless they are given; returns its key.

        Raises StorageError.
        """
        key = audio.key
        if not self.has(key):
            analysis = analysis or analyse(audio)
            self._write(key, ".npy", lambda path: _save_samples(path, audio))
            self._write(key, ".picture.npz", lambda path: _save_picture(path, analysis.picture))
            label = _Label(sample_rate=audio.sample_rate, measurement=analysis.measurement)
            self._write(key, ".json", lambda path: path.write_text(label.model_dump_json()))
        return key, self.measurement(key)

    def has(self, key: str) -> bool:
        """Whether the sound is here whole; the label is written last."""
        return len(key) == KEY_LENGTH and key.isalnum() and self._path(key, ".json").is_file()

    def audio(self, key: str) -> Audio:
        """Return a stored sound, its samples mapped from disk. Raises NotFoundError."""
        label = self._label(key)
        audio = Audio(np.load(self._path(key, ".npy"), mmap_mode="r"), label.sample_rate)
        return recognised(audio, key, label.measurement)

    def measurement(self, key: str) -> Measurement:
        """Return a stored sound's readings. Raises NotFoundError."""
        return self._label(key).measurement

    def picture(self, key: str) -> Picture:
        """Return a stored sound's picture. Raises NotFoundError."""
        self._label(key)
        with np.load(self._path(key, ".picture.npz")) as arrays:
            return Picture(
                low=arrays["low"],
                high=arrays["high"],
                momentary_lufs=arrays["momentary_lufs"],
                short_term_lufs=arrays["short_term_lufs"],
                hop_s=float(arrays["hop_s"]),
                spectrum_hz=arrays["spectrum_hz"],
                spectrum_db=arrays["spectrum_db"],
            )

    def analysis(self, key: str) -> Analysis:
        """Return a stored sound's readings and picture."""
        return Analysis(self.measurement(key), self.picture(key))

    def samples_path(self, key: str) -> Path:
        """Return the path of a stored sound's samples. Raises NotFoundError."""
        self._label(key)
        return self._path(key, ".npy")

    def preview(self, key: str) -> Path:
        """Return a 16-bit WAV of the sound for a browser: levels kept, overs clipped, NaN as zero."""
        path = self._path(key, ".preview.wav")
        if not path.is_file():
            audio = self.audio(key)
            self._write(key, ".preview.wav", lambda part: _save_preview(part, audio))
        return path

    def scratch(self) -> Path:
        """Return a new empty folder for one run of a stage."""
        folder = self.home / "scratch" / uuid.uuid4().hex
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise storage_error(error, f"{folder.parent} cannot be written.") from error
        return folder

    def keep_files(self, step_key: str, files: dict[str, Path]) -> dict[str, str]:
        """Move delivered files under the home; returns their paths relative to it."""
        folder = self.home / "exports" / step_key
        kept = {}
        try:
            for name, path in files.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, target)
                kept[name] = target.relative_to(self.home).as_posix()
        except OSError as error:
            raise storage_error(error, f"{folder} cannot be written.") from error
        return kept

    def sweep(self, keys: set[str], step_keys: set[str]) -> None:
        """Delete every artifact and export that is not among those still referred to."""
        for label in self._artifacts.glob("*/*.json"):
            if label.stem not in keys:
                for path in label.parent.glob(f"{label.stem}.*"):
                    path.unlink(missing_ok=True)
        for folder in (self.home / "exports").glob("*"):
            if folder.name not in step_keys:
                shutil.rmtree(folder, ignore_errors=True)

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Return those keys that are not here."""
        return [key for key in keys if not self.has(key)]

    def _label(self, key: str) -> _Label:
        if not self.has(key):
            raise NotFoundError(
                "That sound is not in the studio any more.",
                causes=("its song was deleted", "the studio's home was moved or cleaned"),
                remedy="Re-run the stage that made it.",
            )
        return _Label.model_validate_json(self._path(key, ".json").read_text())

    def _path(self, key: str, suffix: str) -> Path:
        return self._artifacts / key[:2] / f"{key}{suffix}"

    def _write(self, key: str, suffix: str, save: Callable[[Path], object]) -> None:
        path = self._path(key, suffix)
        part = path.with_name(f".{uuid.uuid4().hex}{suffix}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save(part)
            os.replace(part, path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise storage_error(error, f"{path.parent} cannot be written.") from error


def _save_samples(path: Path, audio: Audio) -> None:
    with path.open("wb") as file:
        np.save(file, audio.samples)


def _save_picture(path: Path, picture: Picture) -> None:
    with path.open("wb") as file:
        np.savez(file, **vars(picture))


def _save_preview(path: Path, audio: Audio) -> None:
    import wave

    block = 1 << 20
    with wave.open(str(path), "wb") as file:
        file.setparams((audio.channels, 2, audio.sample_rate, audio.frames, "NONE", "not compressed"))
        for start in range(0, audio.frames, block):
            part = np.nan_to_num(audio.samples[start : start + block], nan=0.0, posinf=1.0, neginf=-1.0)
            file.writeframesraw(np.round(np.clip(part, -1.0, 1.0) * 32767).astype("<i2").tobytes())
