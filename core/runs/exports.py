"""Delivered files: one folder a step, put in place at once, with size and hash of each file beside them.

``<home>/exports/<step key>/`` holds what was delivered, and ``.proof.json`` its proof, sealed:
``{"<name>": ["<bytes>", "<SHA-256>"]}``.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path

from core.errors import StorageError
from core.machine.home import storage_error
from core.runs.seal import Proofs, file_hash, sealed, unsealed

PROOF = ".proof.json"


class Exports:
    """The delivered files under one home."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "exports"
        self._proofs = Proofs()

    def keep(self, step_key: str, files: Mapping[str, Path]) -> dict[str, str]:
        """Move a step's files under the home; returns their paths relative to it. Raises StorageError.

        They appear all at once: what stood there before is whole until then.
        """
        if not files:
            return {}
        folder, part = self._folder / step_key, self._folder / f".part-{uuid.uuid4().hex}"
        try:
            proof = {}
            for name, path in files.items():
                target = part / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, target)
                proof[name] = [str(target.stat().st_size), file_hash(target)]
            (part / PROOF).write_text(sealed(json.dumps(proof, separators=(",", ":"))), encoding="utf-8")
            _put_in_place(part, folder)
            for name, (_, sha256) in proof.items():
                self._proofs.note(folder / name, sha256)
        except OSError as error:
            shutil.rmtree(part, ignore_errors=True)
            raise storage_error(error, f"{folder} cannot be written.") from error
        return {name: f"exports/{step_key}/{name}" for name in files}

    def lost(self, files: Iterable[str]) -> list[str]:
        """Return those delivered files, as paths under the home, that are gone or not what was delivered."""
        return [place for place in files if not self._right(place)]

    def path(self, place: str) -> Path:
        """Return where a delivered file lies; raises StorageError when it is gone or was changed."""
        if not self._right(place):
            raise StorageError(
                f"The delivered file {Path(place).name} was lost, changed or damaged on the disk.",
                causes=(
                    "the disk or the file system lost data",
                    "another program wrote to the studio's home",
                ),
                remedy="Re-run the stage that delivered it: it is written again.",
                detail=place,
            )
        return self._home / place

    def _right(self, place: str) -> bool:
        path = self._home / place
        folder, _, name = place.removeprefix("exports/").partition("/")
        try:
            text = (self._folder / folder / PROOF).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            # An earlier version wrote no proof: that the file is there is all that can be asked.
            return isinstance(error, FileNotFoundError) and path.is_file()
        try:
            size, sha256 = json.loads(unsealed(text))[name]
            return self._proofs.right(path, int(size), str(sha256))
        except (ValueError, KeyError, TypeError):
            return False


def _put_in_place(part: Path, folder: Path) -> None:
    """Give a finished folder its name, in place of what has it now."""
    if not folder.exists():
        os.replace(part, folder)
        return
    aside = folder.with_name(f".part-{uuid.uuid4().hex}")
    os.replace(folder, aside)
    try:
        os.replace(part, folder)
    except OSError:
        os.replace(aside, folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)
