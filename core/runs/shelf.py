"""Finished steps of one song outside its home, so that whoever goes on with it finds them there.

A process or a machine that dies takes its home along. What its stages finished lies on the song's shelf,
named as in a home, and each step last:

    <shelf>/artifacts/..., <shelf>/exports/...
    <shelf>/steps/<step key>.json
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from core.machine.home import storage_error
from core.machine.share import Share
from core.runs.result import Result
from core.runs.seal import unsealed
from core.runs.store import Store


class Shelf:
    """The finished steps of one song, in a place that others reach as well."""

    def __init__(self, place: Share, store: Store) -> None:
        self._place, self._store = place, store

    def find(self, key: str) -> str | None:
        """Return a step's sealed result, its sounds and files put into the store; None where one is missing.

        Raises StorageError.
        """
        scratch = self._store.scratch()
        try:
            file = scratch / "result.json"
            if not self._place.get(_name(key), file):
                return None
            text = file.read_text(encoding="utf-8")
            result = Result.model_validate_json(unsealed(text))
        except ValueError:
            return None  # damaged, or of another version: the step is made again
        except OSError as error:
            raise storage_error(error, f"{scratch} cannot be written.") from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return text if self.fetch(result.keys, result.files) else None

    def keep(self, key: str, text: str, result: Result) -> None:
        """Put a step there: its sounds and files, then its sealed result. Raises StorageError."""
        self.put(result.keys, result.files)
        scratch = self._store.scratch()
        try:
            file = scratch / "result.json"
            file.write_text(text, encoding="utf-8")
            self._place.put(file, _name(key))
        except OSError as error:
            raise storage_error(error, f"{scratch} cannot be written.") from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def put(self, sounds: Iterable[str], files: Mapping[str, str]) -> None:
        """Put sounds of the store, by their keys, and delivered files there. Raises StorageError."""
        home = self._store.home
        paths = [path for key in sounds for path in self._store.files(key)]
        paths += [home / place for place in files.values()]
        for path in paths:
            name = path.relative_to(home).as_posix()
            if not self._place.has(name):
                self._place.put(path, name)

    def fetch(self, sounds: Iterable[str], files: Mapping[str, str]) -> bool:
        """Take sounds and delivered files into the store; False where one is missing. Raises StorageError.

        What a sound's content is, is proved when it is read.
        """
        for key in sounds:
            for path in () if self._store.has(key) else self._store.files(key):
                if not self._place.get(path.relative_to(self._store.home).as_posix(), path):
                    return False
        return not self._store.exports.lost(files.values()) or self._fetch_files(files)

    def remove(self) -> None:
        """Clear the shelf: its song is done. Raises StorageError."""
        self._place.remove()

    def _fetch_files(self, files: Mapping[str, str]) -> bool:
        scratch = self._store.scratch()
        try:
            found: dict[str, dict[str, Path]] = {}
            for name, place in files.items():
                target = scratch / place
                if not self._place.get(place, target):
                    return False
                found.setdefault(Path(place).parts[1], {})[name] = target
            for step_key, delivered in found.items():
                self._store.exports.keep(step_key, delivered)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return True


def _name(key: str) -> str:
    return f"steps/{key}.json"
