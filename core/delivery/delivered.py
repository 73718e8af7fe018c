"""Encoding, and looking at what really lies on the disk afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.audio import Audio, read
from core.checks.figures import FileFigures
from core.delivery.encoder import Encoded, EncodeOptions, encode
from core.delivery.formats import Format
from core.delivery.storage import cut_short
from core.delivery.tags import Tags, read_tags, write_tags
from core.errors import AudioFileError
from core.measure import measure
from core.progress import Report, silent


@dataclass(frozen=True, eq=False)
class Delivered:
    """A file as it was found after it was written."""

    format: Format
    encoded: Encoded
    audio: Audio
    """What the file decodes to."""
    wanted_tags: Mapping[str, str]
    found_tags: Mapping[str, str]

    @property
    def wrong_tags(self) -> tuple[str, ...]:
        """Names of the tags that are missing from the file, or say something else there."""
        return tuple(name for name, text in self.wanted_tags.items() if self.found_tags.get(name) != text)

    @property
    def figures(self) -> FileFigures:
        """What the export reports of it."""
        return FileFigures(
            format=self.format.value,
            bits=self.format.bits,
            lossy=self.format.lossy,
            padding_frames=self.format.padding_frames,
            wrong_tags=self.wrong_tags,
            clipped_samples=self.encoded.clipped_samples,
        )


def deliver(
    audio: Audio,
    path: str | Path,
    format: Format,
    tags: Tags,
    options: EncodeOptions | None = None,
    report: Report = silent,
) -> Delivered:
    """Write ``audio`` to ``path``, decode the file again and read its tags back.

    A lossy file's loudness tags are those of its decoded sound. Judging is for :mod:`core.checks.exporting`.
    Raises what :func:`encode` raises, and StorageError for a file that cannot be read back (it is removed).
    """
    return read_back(encode(audio, path, format, tags, options, report), format, tags)


def read_back(encoded: Encoded, format: Format, tags: Tags) -> Delivered:
    """Return what a file that was written with these tags holds now; raises StorageError as deliver does."""
    path = encoded.path
    try:
        decoded = read(path)
    except AudioFileError as error:
        path.unlink(missing_ok=True)
        raise cut_short(path, error) from error
    if format.lossy and tags.loudness is not None:
        tags = tags.measured(measure(decoded))
        write_tags(path, format, tags)
    wanted = tags.fields() if encoded.tagged else {}
    found = read_tags(path, format) if encoded.tagged else {}
    return Delivered(format, encoded, decoded, wanted, found)
