"""What audiocraft's MusicGen takes beside the plan."""

from __future__ import annotations

from pathlib import Path

from core.engines.shared.musicgen_settings import MusicGenSettings
from core.settings import machine_line


class AudiocraftSettings(MusicGenSettings):
    """MusicGen's settings, and the melody that only this way takes."""

    melody: str = machine_line(
        "Melody", "A sound file whose melody the song takes up; it needs a melody model."
    )


def melody_id(settings: AudiocraftSettings) -> str:
    """Return what changes when the melody's file does; empty without one that can be read."""
    file = Path(settings.melody).expanduser()
    if not settings.melody or not file.is_file():
        return ""
    status = file.stat()
    return f"{file.resolve()} {status.st_size} {status.st_mtime_ns}"
