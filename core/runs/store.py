"""Artifacts by content: a sound is stored once under the hash of its samples, with its readings beside it.

    <home>/artifacts/ab/abcdef....npy                 samples, mapped back without copying
    <home>/artifacts/ab/abcdef....json                rate, Measurement, size and the picture's hash, sealed
    <home>/artifacts/ab/abcdef....picture.npz         envelope, loudness over time, spectrum
    <home>/artifacts/ab/abcdef....<hash>.preview.opus what a player plays, made when asked for; or .flac
    <home>/artifacts/ab/abcdef....<hash>.stem.flac    the exact sound for the mixer and A/B, without overs
    <home>/artifacts/ab/abcdef....resting             the samples gave way, and are made again when needed
    <home>/exports/<step key>/                        delivered files
    <home>/proved/                                    hard links to those that a later export may hold as well

Every file is written under another name and moved into place, so that a crash leaves no half file.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
import uuid
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock

import numpy as np
from pydantic import BaseModel

from core.audio import Audio
from core.delivery.reuse import ProvedFiles
from core.errors import LostSoundError, NotFoundError
from core.machine.home import still_there, storage_error
from core.measure import Analysis, Measurement, Picture, analyse, recognised
from core.runs.drawn import load_picture, save_picture
from core.runs.exports import Exports
from core.runs.preview import PREVIEWS, Codec, codec_for, save_preview
from core.runs.seal import Proofs, file_hash, sealed, unsealed
from core.runs.stem_preview import save_stem_preview

KEY_LENGTH = 64
PREVIEW_HASH = 16
"""So many digits of its SHA-256 stand in a preview's name."""
ORPHAN_AFTER_S = 86_400.0
"""A file that no row names is swept when it is this old: a younger one may be an upload not yet used."""
USUAL_RATES = (44_100, 48_000, 96_000, 88_200, 32_000, 24_000, 22_050, 16_000, 192_000)
"""Tried, in this order, where the label that holds a sound's rate was lost."""


class _Label(BaseModel):
    sample_rate: int
    measurement: Measurement
    samples_bytes: int | None = None
    """Size of the samples file; None where an earlier version stored the sound."""
    picture_sha256: str = ""


class StoredSounds(Mapping[str, Audio]):
    """Sounds of the store by name, each opened when it is first asked for, which raises LostSoundError."""

    def __init__(self, store: Store, keys: Mapping[str, str]) -> None:
        self._store = store
        self._keys = dict(keys)
        self._open: dict[str, Audio] = {}

    def __getitem__(self, name: str) -> Audio:
        if name not in self._open:
            self._open[name] = self._store.needed(self._keys[name])
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
        self.exports = Exports(home)
        self.proved_files = ProvedFiles(home / "proved")
        self._proofs = Proofs()
        self._previewing: dict[tuple[str, str], Lock] = {}

    def put(self, audio: Audio, analysis: Analysis | None = None) -> tuple[str, Measurement]:
        """Store a sound and its readings, taken here unless they are given; returns its key.

        Raises StorageError.
        """
        key = audio.key
        if not self.has(key):
            analysis = analysis or analyse(audio)
            self._write(key, ".npy", lambda path: _save_samples(path, audio))
            self._describe(key, audio, analysis)
            self._proofs.note(self._path(key, ".npy"), key)
            self._path(key, ".resting").unlink(missing_ok=True)
        else:
            _touch(self._path(key, ".json"))
        return key, self.measurement(key)

    def has(self, key: str) -> bool:
        """Whether the sound is here: its label, which is written last, and samples of the size it states."""
        label = self._known(key)
        if label is None:
            return False
        try:
            size = self._path(key, ".npy").stat().st_size
        except OSError:
            return False
        return label.samples_bytes in (None, size)

    def rests(self, key: str) -> bool:
        """Whether the sound's samples gave way; its readings and its picture are here."""
        return (
            _is_key(key)
            and self._path(key, ".resting").is_file()
            and not self._path(key, ".npy").is_file()
            and self._known(key) is not None
        )

    def rest(self, key: str) -> int:
        """Let the samples of a sound give way, and what was made from them; returns the bytes that are free.

        Raises StorageError.
        """
        self._write(key, ".resting", lambda path: path.write_bytes(b""))
        freed = 0
        for path in (self._path(key, ".npy"), *self._previews(key)):
            freed += path.stat().st_size if path.is_file() else 0
            path.unlink(missing_ok=True)
            self._proofs.forget(path)
        return freed

    def audio(self, key: str) -> Audio:
        """Return a stored sound, its samples mapped from disk.

        Its content is compared with its key once, and again when the file changed. Raises NotFoundError,
        and LostSoundError for samples that rest, or are not those that were stored.
        """
        if self.rests(key):
            raise _resting(key)
        if self._known(key) is not None and self._path(key, ".npy").is_file() and not self.has(key):
            raise self._damaged(key, "its size is not that of the samples that were stored")
        label, path = self._label(key), self._path(key, ".npy")
        try:
            audio = Audio(np.load(path, mmap_mode="r"), label.sample_rate)
        except (OSError, ValueError, EOFError) as error:
            raise self._damaged(key, str(error)) from error
        if not self._proofs.known(path, key):
            if audio.key != key:
                raise self._damaged(key, f"its content has the key {audio.key}")
            self._proofs.note(path, key)
        return recognised(audio, key, label.measurement)

    def needed(self, key: str) -> Audio:
        """Return a stored sound; raises LostSoundError, whatever became of it."""
        try:
            return self.audio(key)
        except NotFoundError as error:
            raise LostSoundError(key, error.message, causes=error.causes, remedy=error.remedy) from error

    def measurement(self, key: str) -> Measurement:
        """Return a stored sound's readings, also of one that rests. Raises NotFoundError."""
        return self._label(key).measurement

    def picture(self, key: str) -> Picture:
        """Return a stored sound's picture, also of one that rests. Raises NotFoundError."""
        label, path = self._label(key), self._path(key, ".picture.npz")
        try:
            if label.picture_sha256 not in ("", file_hash(path)):
                raise ValueError("its content is not what was stored")
            return load_picture(path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            # The picture is lost or damaged; it follows from the samples.
            audio = self.audio(key)
            analysis = analyse(audio)
            self._describe(key, audio, analysis)
            return analysis.picture

    def analysis(self, key: str) -> Analysis:
        """Return a stored sound's readings and picture."""
        return Analysis(self.measurement(key), self.picture(key))

    def samples_path(self, key: str) -> Path:
        """Return the path of a stored sound's samples. Raises NotFoundError."""
        self._label(key)
        return self._path(key, ".npy")

    def preview(self, key: str, codec: Codec = Codec.OPUS) -> Path:
        """Return a file of the sound for a player (:mod:`core.runs.preview`), made once.

        Raises NotFoundError and LostSoundError.
        """
        codec = codec_for(self.measurement(key), codec)
        return self._preview(key, f"preview.{codec}", lambda part: save_preview(part, self.audio(key), codec))

    def stem_preview(self, key: str) -> Path:
        """Return a 16-bit FLAC of the sound for the mixer and A/B (:mod:`core.runs.stem_preview`)."""

        def save(part: Path) -> None:
            save_stem_preview(part, self.audio(key), self.measurement(key).sample_peak_dbfs)

        return self._preview(key, "stem.flac", save)

    def scratch(self) -> Path:
        """Return a new empty folder for one run of a stage."""
        folder = self.home / "scratch" / uuid.uuid4().hex
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise storage_error(error, f"{folder.parent} cannot be written.") from error
        return folder

    def sweep(self, held: set[str], *, named: set[str]) -> None:
        """Delete the artifacts and exports that are not ``held``.

        Those ``named`` by what was deleted just now go at once, others a day after they were last stored.
        """
        for label in self._artifacts.glob("*/*.json"):
            if label.stem not in held and (label.stem in named or _is_old(label)):
                for path in label.parent.glob(f"{label.stem}.*"):
                    path.unlink(missing_ok=True)
                    self._proofs.forget(path)
        for folder in (self.home / "exports").glob("*"):
            if folder.name not in held and (folder.name in named or _is_old(folder)):
                shutil.rmtree(folder, ignore_errors=True)
        self.proved_files.sweep()

    def sweep_previews(self) -> None:
        """Delete the previews that were made a day ago, and half files that a killed process left."""
        for pattern in (*(f"*/*.{kind}" for kind in PREVIEWS), "*/.*", "*/*.part"):
            for path in self._artifacts.glob(pattern):
                if _is_old(path):
                    path.unlink(missing_ok=True)
                    self._proofs.forget(path)

    def sweep_scratch(self) -> None:
        """Delete what a process that was killed left in the scratch folder, a day after it was written."""
        for path in (self.home / "scratch").glob("*"):
            if not _is_old(path):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def files(self, key: str) -> tuple[Path, ...]:
        """Return the paths of a sound: samples, picture and, last, the label that says that it is whole."""
        return tuple(self._path(key, suffix) for suffix in (".npy", ".picture.npz", ".json"))

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Return those keys that are not here."""
        return [key for key in keys if not self.has(key)]

    def _known(self, key: str) -> _Label | None:
        """Return a sound's label; None where there is none, and none can be made from the samples."""
        if not _is_key(key):
            return None
        try:
            return _read_label(self._path(key, ".json"))
        except (OSError, ValueError):
            return self._labelled_again(key)

    def _label(self, key: str) -> _Label:
        label = self._known(key)
        if label is None or not (self.has(key) or self.rests(key)):
            raise NotFoundError(
                "That sound is not in the studio any more.",
                causes=("its song was deleted", "the studio's home was moved or cleaned"),
                remedy="Re-run the stage that made it.",
            )
        return label

    def _labelled_again(self, key: str) -> _Label | None:
        """Write a lost or damaged label anew, if the samples are those of the key at a usual rate."""
        try:
            samples = np.load(self._path(key, ".npy"), mmap_mode="r")
            found = next((a for rate in USUAL_RATES if (a := Audio(samples, rate)).key == key), None)
        except (OSError, ValueError, EOFError):
            return None
        return None if found is None else self._describe(key, found, analyse(found))

    def _describe(self, key: str, audio: Audio, analysis: Analysis) -> _Label:
        """Write a sound's picture and, last, its label."""
        self._write(key, ".picture.npz", lambda path: save_picture(path, analysis.picture))
        label = _Label(
            sample_rate=audio.sample_rate,
            measurement=analysis.measurement,
            samples_bytes=self._path(key, ".npy").stat().st_size,
            picture_sha256=file_hash(self._path(key, ".picture.npz")),
        )
        self._write(key, ".json", lambda path: path.write_text(sealed(label.model_dump_json())))
        return label

    def _previews(self, key: str, *kinds: str) -> list[Path]:
        found = self._artifacts.glob(f"{key[:2]}/{key}.*") if _is_key(key) else ()
        return [path for path in found if path.name.endswith(kinds or PREVIEWS)]

    def _preview(self, key: str, kind: str, save: Callable[[Path], None]) -> Path:
        """Return a preview whose content is that of its name, which is made where there is none."""
        with self._previewing.setdefault((key, kind), Lock()):
            return self._proved_preview(key, kind, save)

    def _proved_preview(self, key: str, kind: str, save: Callable[[Path], None]) -> Path:
        for path in self._previews(key, kind):
            named = path.name.split(".")[1]
            if self._proofs.known(path, named) or file_hash(path).startswith(named):
                self._proofs.note(path, named)
                return path
            path.unlink(missing_ok=True)
        part = self._path(key, f".{uuid.uuid4().hex}.part")
        try:
            save(part)
            named = file_hash(part)[:PREVIEW_HASH]
            path = self._path(key, f".{named}.{kind}")
            os.replace(part, path)
            self._proofs.note(path, named)
        except OSError as error:
            with contextlib.suppress(OSError):  # what went wrong first is said
                part.unlink(missing_ok=True)
            raise storage_error(error, f"{part.parent} cannot be written.") from error
        return path

    def _damaged(self, key: str, detail: str) -> LostSoundError:
        """Set a damaged sound aside, so that making it again stores it anew; returns the error to raise."""
        for path in (self._path(key, ".npy"), *self._previews(key)):
            self._proofs.forget(path)
            if path.is_file():
                try:
                    path.replace(path.with_name(f"{path.name}.damaged"))
                except OSError as error:
                    detail += f"; it cannot be set aside: {error}"
        return LostSoundError(
            key,
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
        still_there(self.home)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save(part)
            os.replace(part, path)
        except OSError as error:
            with contextlib.suppress(OSError):  # what went wrong first is said
                part.unlink(missing_ok=True)
            raise storage_error(error, f"{path.parent} cannot be written.") from error


def _is_key(key: str) -> bool:
    return len(key) == KEY_LENGTH and key.isalnum()


def _read_label(path: Path) -> _Label:
    """Return a label; raises OSError, and ValueError for one that is not as it was written."""
    return _Label.model_validate_json(unsealed(path.read_text(encoding="utf-8")))


def _resting(key: str) -> LostSoundError:
    return LostSoundError(
        key,
        "This sound gave way to save disk space; its readings and its picture are still here.",
        causes=("its song was not worked on for a while",),
        remedy="Play it or re-run its stage: it is made again, the same to the last bit.",
        detail=key,
    )


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


def _save_samples(path: Path, audio: Audio) -> None:
    with path.open("wb") as file:
        np.save(file, audio.samples)
