"""What a person uploads, decoded and stored as a request names it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from core.audio import read
from core.containers.names import is_side_file
from core.errors import InputError
from core.machine.limits import Limits
from core.runs.admission import refuse_too_large
from core.runs.store import Store
from core.song import Midi, Upload

LONGEST_UPLOAD_S = 1800.0


def stored_upload(files: Mapping[str, Path], limits: Limits, store: Store) -> Upload:
    """Decode uploads (display name -> path) into the store: one file is a song, more are named stems.

    Raises AudioFileError for a file that is not sound or longer than half an hour, InputError for two
    stems of one name.
    """
    if not files:
        raise InputError("No file was uploaded.", remedy="Choose a sound file.")
    refuse_too_large(files, limits)
    hidden = {name for name, path in files.items() if path.is_file() and is_side_file(path)}
    files = {name: path for name, path in files.items() if name not in hidden} or files
    keys, names = {}, {Path(name).stem: Path(name).name for name in hidden - files.keys()}
    for name, path in files.items():
        stem = "song" if len(files) == 1 else Path(name).stem.strip().lower()[:60]
        if stem in keys:
            raise InputError(f"Two files are named {stem}.", remedy="Give each stem a name of its own.")
        keys[stem], _ = store.put(read(path, LONGEST_UPLOAD_S))
        names = {stem: Path(name).name, **names}
    return Upload(sounds=keys, names=names)


def midi_upload(name: str, content: bytes) -> Midi:
    """Return a MIDI file as a request holds it. Raises InputError for one that cannot be played."""
    from core.midi.reading import read_midi

    read_midi(content, name)
    return Midi(name=name[:200], base64=b64encode(content).decode("ascii"))
