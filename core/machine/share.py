"""A folder that several processes or machines see: a path that they share, or an address of fsspec."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar

from core.errors import InputError
from core.machine.home import storage_error

T = TypeVar("T")
BETWEEN = "://"
"""What an address has in it, and a path has not."""


class Share(Protocol):
    """Files by their names, with slashes; each appears all at once. Every verb raises StorageError."""

    def put(self, file: Path, name: str) -> None:
        """Copy a file there."""
        ...

    def get(self, name: str, file: Path) -> bool:
        """Copy a file from there to a path; False when it is not there."""
        ...

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        ...

    def remove(self) -> None:
        """Remove all of it; nothing happens when there is nothing."""
        ...


def share_at(address: str) -> Share:
    """Return what lies at a path or an address. Raises InputError for an address that cannot be opened."""
    return Address(address) if BETWEEN in address else Folder(Path(address))


def within(address: str, name: str) -> str:
    """Return the path or address of a folder inside another."""
    return f"{address.rstrip('/')}/{name}" if BETWEEN in address else str(Path(address) / name)


class Folder:
    """A folder of this machine or of a file system that machines share; files are linked where it can be."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, file: Path, name: str) -> None:
        """Link or copy a file into the folder. Raises StorageError."""
        self._guarded(lambda: _placed(file, self._root / name))

    def get(self, name: str, file: Path) -> bool:
        """Link or copy a file out of the folder. Raises StorageError."""

        def taken() -> bool:
            try:
                _placed(self._root / name, file)
            except FileNotFoundError:
                return False
            return True

        return self._guarded(taken)

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return (self._root / name).is_file()

    def remove(self) -> None:
        """Remove the folder. Raises StorageError."""
        if self._root.is_dir():
            self._guarded(lambda: shutil.rmtree(self._root))

    def _guarded(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except OSError as error:
            raise storage_error(error, f"The folder {self._root} cannot be written.") from error


class Address:
    """An address that fsspec knows, such as ``s3://bucket/songs``."""

    def __init__(self, address: str) -> None:
        try:
            import fsspec
        except ImportError as error:
            raise InputError(
                f"{address} is an address of fsspec, which is not installed.",
                remedy="Install it with: python -m pip install fsspec",
                detail=str(error),
            ) from error
        self._address = address
        try:
            options = {"auto_mkdir": True} if address.startswith(("file:", "local:")) else {}
            self._there, root = fsspec.url_to_fs(address, use_listings_cache=False, **options)
        except (ImportError, ValueError) as error:
            raise InputError(
                f"The address {address} cannot be opened.",
                causes=("the package for this kind of address is not installed", "it is misspelt"),
                remedy="Install what fsspec needs for it, such as s3fs for s3://, or give a folder.",
                detail=str(error),
            ) from error
        self._root = str(root).rstrip("/")

    def put(self, file: Path, name: str) -> None:
        """Upload a file. Raises StorageError."""
        self._guarded(lambda: self._there.put_file(str(file), f"{self._root}/{name}"))

    def get(self, name: str, file: Path) -> bool:
        """Download a file. Raises StorageError."""

        def download() -> bool:
            part = file.with_name(f".{uuid.uuid4().hex}.part")
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._there.get_file(f"{self._root}/{name}", str(part))
                os.replace(part, file)
            except FileNotFoundError:
                return False
            finally:
                part.unlink(missing_ok=True)
            return True

        return bool(self._guarded(download))

    def has(self, name: str) -> bool:
        """Whether a file is there. Raises StorageError."""
        return bool(self._guarded(lambda: self._there.isfile(f"{self._root}/{name}")))

    def remove(self) -> None:
        """Remove all below the address. Raises StorageError."""

        def removed() -> None:
            if self._there.isdir(self._root):
                self._there.rm(self._root, recursive=True)

        self._guarded(removed)

    def _guarded(self, work: Callable[[], Any]) -> Any:
        """Do it; what a client library raises, of whatever kind, is a failure of the place."""
        try:
            return work()
        except Exception as error:
            cause = error if isinstance(error, OSError) else OSError(f"{type(error).__name__}: {error}")
            said = storage_error(cause, f"The shared place {self._address} cannot be used.")
            said.causes = ("it cannot be reached", "its credentials are missing or refused", "it is full")
            said.remedy = "Try it with the same credentials from this machine, and do the jobs again."
            raise said from error


def _placed(source: Path, target: Path) -> None:
    """Link a file, or copy it where a link cannot be; the target is whole or not there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        try:
            os.link(source, part)
        except FileNotFoundError:
            raise
        except OSError:
            shutil.copyfile(source, part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
