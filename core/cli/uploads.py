"""What ``song --from`` is given: sound files, a folder of stems, or one MIDI file."""

from __future__ import annotations

from pathlib import Path

from core.errors import InputError
from core.midi.suffixes import is_midi
from core.song import Midi, Upload
from core.studio import Studio


def uploads(studio: Studio, source: list[str] | None, *, cut_lead: bool) -> tuple[Upload | None, Midi | None]:
    """Return the uploads: sounds, the stems of a folder, or one MIDI file alone."""
    paths = [path for given in source or () for path in _sounds_at(Path(given))]
    if is_midi(paths):
        try:
            content = paths[0].read_bytes()
            if cut_lead:
                from core.midi.lead import without_lead

                content = without_lead(content, paths[0].name)
            return None, studio.upload_midi(paths[0].name, content)
        except OSError as error:
            raise InputError(
                f"The file {paths[0]} cannot be read.", remedy="Give a .mid file.", detail=str(error)
            ) from error
    return studio.upload({path.name: path for path in paths}) if paths else None, None


def _sounds_at(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    from core.blame.take import sound_files

    return sound_files(path)
