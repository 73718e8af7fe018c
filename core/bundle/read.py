"""Opening a bundle that somebody sent: nothing of it is believed before it was looked at."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from core.audio import Audio, decode
from core.bundle.manifest import NAME, VERSION, Excerpt, Manifest, seal
from core.errors import AudioFileError, InputError
from core.values import bounded_json

MOST_MEMBERS = 2_000
MOST_BYTES = 2_000_000_000
MOST_MANIFEST_BYTES = 20_000_000
MOST_RATIO = 200
"""Deflate packs text some ten times; what unfolds to hundreds of times its size is a bomb."""
SMALL_BYTES = 1_000_000
UNZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError)
"""What Python's zip reader raises for damaged or foreign bytes."""
ASK_AGAIN = "Ask for the bundle again, or make it anew with python -m core bundle."


@dataclass(frozen=True, eq=False)
class Bundle:
    """A bundle whose every member was checked against its manifest."""

    path: Path
    manifest: Manifest

    def content(self, name: str) -> bytes:
        """Return a member; raises InputError when it changed since the bundle was opened."""
        said = self.manifest.members[name]
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(name) as file:
                content = file.read(said.bytes + 1)
        except (KeyError, *UNZIP_ERRORS) as error:
            raise _tampered(name) from error
        if hashlib.sha256(content).hexdigest() != said.sha256:
            raise _tampered(name)
        return content

    def input(self, name: str) -> Audio:
        """Return an uploaded sound that travels along."""
        return _decoded(self.content(self.manifest.inputs[name]))

    def excerpt(self, kept: Excerpt) -> Audio:
        """Return an excerpt at the level that it had."""
        audio = _decoded(self.content(kept.file))
        return Audio(audio.samples * audio.samples.dtype.type(kept.scale), audio.sample_rate)


def open_bundle(path: Path) -> Bundle:
    """Return the bundle at ``path``, checked through and through.

    Raises InputError in one sentence for what is no zip, no bundle, too large, from a newer version, or was
    changed after it was written.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = _listed(archive)
            manifest = _manifest(archive)
            _compare(archive, entries, manifest)
    except FileNotFoundError as error:
        raise InputError(f"There is no file {path}.", remedy="Name a bundle.") from error
    except UNZIP_ERRORS as error:
        raise InputError(
            f"{path.name} is no bundle: it cannot be opened as a zip.", remedy=ASK_AGAIN, detail=str(error)
        ) from error
    return Bundle(path, manifest)


def _listed(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name; raises InputError for names and sizes that no bundle has."""
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise InputError(
            f"The bundle holds {len(entries)} files; none of ours has so many.", remedy=ASK_AGAIN
        )
    for entry in entries:
        if not _is_inside(entry.filename) or (entry.external_attr >> 28) == 0xA:
            raise InputError(
                "The bundle names a file outside of itself: it was made to do harm, and was not opened.",
                remedy="Do not open it; ask who sent it.",
            )
        large = entry.file_size > max(SMALL_BYTES, MOST_RATIO * max(1, entry.compress_size))
        if large or entry.file_size > MOST_BYTES:
            raise _bomb()
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise _bomb()
    named = {entry.filename: entry for entry in entries}
    if len(named) != len(entries):
        raise InputError("The bundle holds two files of one name.", remedy=ASK_AGAIN)
    return named


def _is_inside(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and not name.startswith(("/", "\\")) and ".." not in parts and ":" not in parts[0]


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        with archive.open(NAME) as file:
            text = file.read(MOST_MANIFEST_BYTES)
    except KeyError as error:
        raise InputError("The zip is no bundle: it has no manifest.", remedy=ASK_AGAIN) from error
    try:
        stated = bounded_json(text.decode("utf-8"))
        sealed, version = stated.pop("seal"), stated.get("version", 0)
        true_seal = seal(stated)
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise InputError("The zip is no bundle: it has no manifest.", remedy=ASK_AGAIN) from error
    if isinstance(version, int) and version > VERSION:
        raise InputError(
            f"The bundle is of version {version}; this studio reads up to {VERSION}.",
            remedy="Update the studio, or ask for a bundle made by this version.",
        )
    if sealed != true_seal:
        raise _tampered(NAME)
    try:
        return Manifest.model_validate(stated)
    except ValidationError as error:
        raise InputError(
            "The bundle's manifest cannot be read.", remedy=ASK_AGAIN, detail=str(error)
        ) from error


def _compare(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], manifest: Manifest) -> None:
    """Raise InputError when a member is missing, more, or not what the manifest says."""
    odd = set(entries) ^ {NAME, *manifest.members}
    if odd:
        raise _tampered(min(odd))
    for name, said in manifest.members.items():
        digest, size = hashlib.sha256(), 0
        with archive.open(name) as file:
            while block := file.read(1 << 20):
                digest.update(block)
                size += len(block)
                if size > said.bytes:
                    raise _tampered(name)
        if size != said.bytes or digest.hexdigest() != said.sha256:
            raise _tampered(name)
    stated = {*manifest.inputs.values(), *(step.excerpt.file for step in manifest.steps if step.excerpt)}
    if not stated <= set(manifest.members):
        raise _tampered(NAME)


def _decoded(content: bytes) -> Audio:
    """Decode a sound of the bundle within the bounds of every sound file."""
    try:
        return decode(io.BytesIO(content), "A sound of the bundle")
    except AudioFileError as error:
        raise InputError(error.message, causes=error.causes, remedy=ASK_AGAIN, detail=error.detail) from error


def _tampered(name: str) -> InputError:
    return InputError(
        f"The bundle was changed after it was written: {name} is not what its manifest says.",
        remedy=ASK_AGAIN,
    )


def _bomb() -> InputError:
    return InputError(
        "The bundle would unfold to far more than a bundle holds: it was not opened.",
        remedy="Do not open it; ask who sent it.",
    )
