"""Artifacts by content: a sound is stored once under the hash of its samples, with its readings beside it.

    <home>/artifacts/ab/abcdef....npy            samples, mapped back without copying
    <home>/artifacts/ab/abcdef....json           rate and Measurement
    <home>/artifacts/ab/abcdef....picture.npz    envelope, loudness over time, spectrum
    <home>/artifacts/ab/abcdef....preview.wav    16-bit, for a browser, made when asked for
    <home>/artifacts/ab/abcdef....preview.flac   the same for the mixer, without overs
    <home>/exports/<step key>/                   delivered files
    <home>/proved/                               hard links to those that a later export may hold as well

Every file is written under another name and moved into place, so that a crash leaves no half file.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ValidationError

from core.audio import Audio
from core.delivery.reuse import ProvedFiles
from core.errors import NotFoundError, StorageError
from core.machine.home import storage_error
from core.measure import Analysis, Measurement, Picture, analyse, recognised
from core.runs.stem_preview import save_stem_preview

KEY_LENGTH = 64
ORPHAN_AFTER_S = 86_400.0
"""A file that no row names is swept when it is this old: a younger one may be an upload not yet used."""


class _Label(BaseModel):
    sample_rate: int
    measurement: Measurement


class StoredSounds(Mapping[str, Audio]):
    """Sounds of the store by name, each opened when it is first asked for, which raises NotFoundError."""

    def __init__(self, store: Store, keys: Mapping[str, str]) -> None:
        self._store = store
        self._keys = dict(keys)
        self._open: dict[str, Audio] = {}

    def __getitem__(self, name: str) -> Audio:
        if name not in self._open:
            self._open[name] = self._store.audio(self._keys[name])
        return self._open[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class Store:
    """Sounds and delivered files under one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._artifacts = home / "artifacts"
        self.proved_files = ProvedFiles(home / "proved")
        self._proved: dict[str, tuple[int, int]] = {}
        """Size and time of every samples file whose content was compared with its key."""

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
            self._proved[key] = _stamp(self._path(key, ".npy"))
        else:
            _touch(self._path(key, ".json"))
        return key, self.measurement(key)

    def has(self, key: str) -> bool:
        """Whether the sound is here, samples and label; the label is written last."""
        return (
            len(key) == KEY_LENGTH
            and key.isalnum()
            and self._path(key, ".json").is_file()
            and self._path(key, ".npy").is_file()
        )

    def audio(self, key: str) -> Audio:
        """Return a stored sound, its samples mapped from disk.

        Its content is compared with its key once, and again when the file changed. Raises NotFoundError,
        and StorageError for samples that are not those that were stored.
        """
        label, path = self._label(key), self._path(key, ".npy")
        try:
            stamp = _stamp(path)
            audio = Audio(np.load(path, mmap_mode="r"), label.sample_rate)
        except (OSError, ValueError, EOFError) as error:
            raise self._damaged(key, str(error)) from error
        if self._proved.get(key) != stamp:
            if audio.key != key:
                raise self._damaged(key, f"its content has the key {audio.key}")
            self._proved[key] = stamp
        return recognised(audio, key, label.measurement)

    def measurement(self, key: str) -> Measurement:
        """Return a stored sound's readings. Raises NotFoundError."""
        return self._label(key).measurement

    def picture(self, key: str) -> Picture:
        """Return a stored sound's picture. Raises NotFoundError."""
        self._label(key)
        try:
            return _load_picture(self._path(key, ".picture.npz"))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            # The picture is lost or damaged; it follows from the samples.
            picture = analyse(self.audio(key)).picture
            self._write(key, ".picture.npz", lambda path: _save_picture(path, picture))
            return picture

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

    def stem_preview(self, key: str) -> Path:
        """Return a 16-bit FLAC of the sound for the mixer (:mod:`core.runs.stem_preview`)."""
        path = self._path(key, ".preview.flac")
        if not path.is_file():
            audio, peak_dbfs = self.audio(key), self.measurement(key).sample_peak_dbfs
            self._write(key, ".preview.flac", lambda part: save_stem_preview(part, audio, peak_dbfs))
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

    def sweep(self, held: set[str], *, named: set[str]) -> None:
        """Delete the artifacts and exports that are not ``held``.

        Those ``named`` by what was deleted just now go at once, others a day after they were last stored.
        """
        for label in self._artifacts.glob("*/*.json"):
            if label.stem not in held and (label.stem in named or _is_old(label)):
                for path in label.parent.glob(f"{label.stem}.*"):
                    path.unlink(missing_ok=True)
                self._proved.pop(label.stem, None)
        for folder in (self.home / "exports").glob("*"):
            if folder.name not in held and (folder.name in named or _is_old(folder)):
                shutil.rmtree(folder, ignore_errors=True)
        self.proved_files.sweep()

    def sweep_scratch(self) -> None:
        """Delete what a process that was killed left in the scratch folder, a day after it was written."""
        for path in (self.home / "scratch").glob("*"):
            if not _is_old(path):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

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
        try:
            return _Label.model_validate_json(self._path(key, ".json").read_bytes())
        except (OSError, ValidationError) as error:
            raise self._damaged(key, str(error)) from error

    def _damaged(self, key: str, detail: str) -> StorageError:
        """Set a damaged sound aside, so that making it again stores it anew; returns the error to raise."""
        for suffix in (".npy", ".preview.wav"):
            path = self._path(key, suffix)
            if path.is_file():
                try:
                    path.replace(path.with_name(f"{path.name}.damaged"))
                except OSError as error:
                    detail += f"; it cannot be set aside: {error}"
        return StorageError(
            "A stored sound was changed or damaged on the disk, and is not used.",
            causes=("the disk or the file system lost data", "another program wrote to the studio's home"),
            remedy="Re-run the stage that made it, or upload the file again.",
            detail=f"{key}: {detail}",
        )

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


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _touch(path: Path) -> None:
    """Make a file young again; one of another user, or on a read-only disk, stays as it is."""
    try:
        os.utime(path)
    except OSError:
        return


def _is_old(path: Path) -> bool:
    """Whether a file or folder, and all in it, was last written over a day ago; False when it is gone."""
    try:
        times = [path.lstat().st_mtime, *(inner.lstat().st_mtime for inner in path.rglob("*"))]
    except OSError:
        return False
    return time.time() - max(times) > ORPHAN_AFTER_S


def _load_picture(path: Path) -> Picture:
    with np.load(path) as arrays:
        return Picture(
            low=arrays["low"],
            high=arrays["high"],
            momentary_lufs=arrays["momentary_lufs"],
            short_term_lufs=arrays["short_term_lufs"],
            hop_s=float(arrays["hop_s"]),
            spectrum_hz=arrays["spectrum_hz"],
            spectrum_db=arrays["spectrum_db"],
        )


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
