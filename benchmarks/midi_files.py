"""How many MIDI files of a folder are read whole: ``python -m benchmarks.midi_files FOLDER...``.

Each file, in any depth, is read as an upload is. A refusal counts with its sentence; what is no error of ours
ends with its traceback and exit status 1.
"""

from __future__ import annotations

import re
import sys
import traceback
from collections import Counter
from pathlib import Path

from core.errors import GainstageError
from core.midi.lead import without_lead
from core.midi.reading import read_midi
from core.midi.suffixes import SUFFIXES


def main(folders: list[str]) -> int:
    """Count, print, and return 1 when a file raised what is no error of ours."""
    files = sorted(
        path
        for folder in folders
        for path in Path(folder).rglob("*")
        if path.suffix.lower() in SUFFIXES and path.is_file() and not path.is_symlink()
    )
    refused, noted, broken, played = Counter[str](), Counter[str](), 0, 0
    for path in files:
        content = path.read_bytes()
        try:
            song = read_midi(content, path.name)
            read_midi(without_lead(content, path.name), path.name)
            assert song.duration_s > 0 and any(player.notes for player in song.players)
        except GainstageError as error:
            refused[re.sub(r"\d+", "N", error.message)] += 1
            print(f"refused {path.name}: {error.message}")
        except Exception:  # noqa: BLE001 - what is no error of ours is what is looked for
            broken += 1
            print(f"BROKEN {path}\n{traceback.format_exc()}")
        else:
            played += 1
            noted.update(re.sub(r"\d+(?:\.\d+)?", "N", note) for note in song.notes)
    for what, count in noted.most_common():
        print(f"reported {count:4} times: {what[:100]}")
    share = played / len(files) if files else 0.0
    print(
        f"{len(files)} files: {played} play ({share:.1%}), {sum(refused.values())} refused, {broken} broken"
    )
    return min(1, broken)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
