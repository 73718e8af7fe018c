"""What a file says of itself: title, prompt, engine, and its loudness for players that level songs.

FLAC and OGG carry Vorbis comments, MP3 and WAV an ID3v2.3 tag (WAV in its ``id3`` chunk). ReplayGain 2.0:
gain to -18 LUFS, and the true peak as the peak.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from core.delivery.formats import Format
from core.delivery.storage import cut_short
from core.measure import Measurement

REPLAYGAIN_LUFS = -18.0
SOFTWARE = "Gainstage"

_ID3_TEXT = {"TITLE": "TIT2", "GENRE": "TCON", "BPM": "TBPM", "SOFTWARE": "TSSE"}


@dataclass(frozen=True)
class Tags:
    """What is written into a file; empty fields are left out."""

    title: str = ""
    prompt: str = ""
    engine: str = ""
    """Who made the sound, e.g. "Built-in band (no AI model)"."""
    genre: str = ""
    bpm: str = ""
    key: str = ""
    lyrics: str = ""
    comment: str = ""
    """Events worth knowing: a fallback that was chosen, a run continued past a failure."""
    loudness: Measurement | None = None
    """Readings of the delivered sound; None for a stem, which no player should level by itself."""

    def measured(self, loudness: Measurement) -> Tags:
        """Return the same tags with the loudness of the sound as delivered."""
        return replace(self, loudness=loudness)

    def fields(self) -> dict[str, str]:
        """Return the tags by their Vorbis comment names."""
        named = {
            "TITLE": self.title,
            "PROMPT": self.prompt,
            "ENGINE": self.engine,
            "GENRE": self.genre,
            "BPM": self.bpm,
            "KEY": self.key,
            "LYRICS": self.lyrics,
            "COMMENT": self.comment,
            "SOFTWARE": SOFTWARE,
            **_loudness_fields(self.loudness),
        }
        return {name: text for name, raw in named.items() if (text := _plain(raw))}


def write_tags(path: Path, format: Format, tags: Tags) -> None:
    """Write the tags into a finished file, in place of those it has. Raises StorageError."""
    import mutagen

    try:
        if format in (Format.MP3, Format.WAV_16, Format.WAV_24, Format.WAV_FLOAT):
            _write_id3(path, format, tags.fields())
        else:
            _write_vorbis(path, format, tags.fields())
    except (mutagen.MutagenError, OSError) as error:
        raise cut_short(path, error) from error


def read_tags(path: Path, format: Format) -> Mapping[str, str]:
    """Return what the file on disk says, by Vorbis comment names; empty when it has no tags at all."""
    file = _open(path, format)
    if file.tags is None:
        return {}
    if format in (Format.FLAC_16, Format.FLAC_24, Format.OGG):
        return {name.upper(): str(values[0]) for name, values in file.tags.as_dict().items()}
    return _id3_fields(file.tags)


def _loudness_fields(m: Measurement | None) -> dict[str, str]:
    if m is None or m.integrated_lufs is None or m.true_peak_dbtp is None:
        return {}
    fields = {
        "REPLAYGAIN_TRACK_GAIN": f"{REPLAYGAIN_LUFS - m.integrated_lufs:.2f} dB",
        "REPLAYGAIN_TRACK_PEAK": f"{10 ** (m.true_peak_dbtp / 20):.6f}",
        "REPLAYGAIN_REFERENCE_LOUDNESS": f"{REPLAYGAIN_LUFS:.2f} LUFS",
        "INTEGRATED_LOUDNESS": f"{m.integrated_lufs:.2f} LUFS",
        "TRUE_PEAK": f"{m.true_peak_dbtp:.2f} dBTP",
    }
    if m.loudness_range_lu is not None:
        fields["LOUDNESS_RANGE"] = f"{m.loudness_range_lu:.2f} LU"
    return fields


def _plain(text: str) -> str:
    """Leave out what cuts a tag in two (NUL) or is no text (lone surrogates)."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8").strip()


def _open(path: Path, format: Format) -> Any:
    """Open by the format that we wrote, never by guessing from the name."""
    from mutagen.flac import FLAC
    from mutagen.mp3 import MP3
    from mutagen.oggvorbis import OggVorbis
    from mutagen.wave import WAVE

    kinds: dict[str, Any] = {".wav": WAVE, ".flac": FLAC, ".mp3": MP3, ".ogg": OggVorbis}
    return kinds[format.suffix](path)


def _write_vorbis(path: Path, format: Format, fields: Mapping[str, str]) -> None:
    file = _open(path, format)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    for name, text in fields.items():
        file.tags[name] = text
    file.save()


def _write_id3(path: Path, format: Format, fields: Mapping[str, str]) -> None:
    id3: Any = import_module("mutagen.id3")
    file = _open(path, format)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    for name, text in fields.items():
        if name in _ID3_TEXT:
            frame = getattr(id3, _ID3_TEXT[name])(encoding=3, text=text)
        elif name == "COMMENT":
            frame = id3.COMM(encoding=3, lang="eng", desc="", text=text)
        elif name == "LYRICS":
            frame = id3.USLT(encoding=3, lang="eng", desc="", text=text)
        else:
            frame = id3.TXXX(encoding=3, desc=name, text=text)
        file.tags.add(frame)
    file.save(v2_version=3)


def _id3_fields(tags: Any) -> dict[str, str]:
    found = {}
    for name, frame_id in _ID3_TEXT.items():
        for frame in tags.getall(frame_id):
            found[name] = str(frame.text[0])
    for frame in tags.getall("COMM"):
        found["COMMENT"] = str(frame.text[0])
    for frame in tags.getall("USLT"):
        found["LYRICS"] = str(frame.text)
    for frame in tags.getall("TXXX"):
        found[str(frame.desc)] = str(frame.text[0])
    return found
