"""The formats that a sound is delivered in."""

from __future__ import annotations

from enum import StrEnum


class Format(StrEnum):
    """A file format with its depth."""

    WAV_16 = "wav-16"
    WAV_24 = "wav-24"
    WAV_FLOAT = "wav-32-float"
    FLAC_16 = "flac-16"
    FLAC_24 = "flac-24"
    MP3 = "mp3"
    OGG = "ogg"

    @property
    def suffix(self) -> str:
        """File name suffix with its dot."""
        return f".{self.value.split('-')[0]}"

    @property
    def bits(self) -> int | None:
        """Bits of an integer sample; None for floats and for lossy formats."""
        depth = self.value.split("-")[1:]
        return int(depth[0]) if len(depth) == 1 else None

    @property
    def lossy(self) -> bool:
        """Whether decoding gives back other samples than were encoded."""
        return self in (Format.MP3, Format.OGG)

    @property
    def padding_frames(self) -> int:
        """Frames that the decoded sound may be longer or shorter: two MP3 frames, one long Vorbis block."""
        return {Format.MP3: 2 * 1152, Format.OGG: 2048}.get(self, 0)

    @property
    def highest_rate(self) -> int | None:
        """Highest rate in Hz that the format has; None where ours are all below it."""
        return 48_000 if self is Format.MP3 else None

    @property
    def most_channels(self) -> int:
        """Most channels that the format has."""
        return 2 if self is Format.MP3 else 8
