"""What audiocraft's MusicGen can be told beside the plan."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from core.engines.musicgen.settings import MusicGenSettings


class AudiocraftSettings(MusicGenSettings):
    """MusicGen's settings, and the melody that only this way takes."""

    melody: str = Field(
        default="",
        title="Melody",
        max_length=1000,
        description="A sound file whose melody the song takes up; it needs a melody model.",
        json_schema_extra={"operator_only": True, "one_line": True},
    )

    @property
    def melody_id(self) -> str:
        """What changes when the melody's file does; empty without one that can be read."""
        file = Path(self.melody).expanduser()
        if not self.melody or not file.is_file():
            return ""
        status = file.stat()
        return f"{file.resolve()} {status.st_size} {status.st_mtime_ns}"
