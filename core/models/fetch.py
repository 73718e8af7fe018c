"""One file over the network into a growing file beside its place: gone on with, verified, cancelled."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from core.errors import ConnectionLostError
from core.models import answers
from core.models.checksum import CHUNK_BYTES, take_in
from core.models.hub import Hub, HubFile, Revision

PAUSES_S = (0.5, 1.0, 2.0, 4.0)
"""Waits before a lost connection is tried again; after the last without a new byte it is an error."""
GLANCE_S = 0.1
PARTIAL_CONTENT = 206

At = Callable[[int, int], None]
"""``at(here, received)``: bytes of the file that are here, and those of them that came over the network just
now. What it raises (Cancelled) ends the download."""


@dataclass(frozen=True)
class Source:
    """Where files come from, and how patiently."""

    hub: Hub
    revision: Revision
    pauses_s: tuple[float, ...] = PAUSES_S

    def asked(self, file: HubFile) -> answers.Asked:
        """Return the question as errors tell it."""
        return answers.Asked(self.hub.endpoint, self.revision.repository, self.revision.commit, file.path)


def fetch(source: Source, file: HubFile, partial: Path, at: At) -> None:
    """Make ``partial`` the whole, verified file, beginning after the bytes that it holds already.

    A lost connection is taken up again where it broke off. Raises DownloadError, OSError when the disk
    refuses, and what ``at`` raises; what came until then stays for the next time, unless it is wrong.
    """
    growing = _Growing(file, partial)
    growing.read_what_is_there(at)
    failures = 0
    while growing.length < file.size:
        before = growing.length
        try:
            _stream(source, growing, at)
        except ConnectionLostError:
            failures = 0 if growing.length > before else failures + 1
            if failures >= len(source.pauses_s):
                raise
            _wait(source.pauses_s[failures], lambda: growing.tell(at))
    got = growing.hashed.hexdigest()
    if got != file.checksum.digest:
        partial.unlink()
        raise answers.mismatch(source.asked(file), file.checksum.digest, got)


class _Growing:
    """The unfinished file, and the hash of what it holds."""

    def __init__(self, file: HubFile, partial: Path) -> None:
        self.file = file
        self.partial = partial
        self.length = 0
        self.received = 0
        self.hashed = file.checksum.begin()

    def read_what_is_there(self, at: At) -> None:
        """Take up what an earlier attempt left; more than the whole file cannot be of it."""
        self.partial.parent.mkdir(parents=True, exist_ok=True)
        self.partial.touch()
        if self.partial.stat().st_size > self.file.size:
            self.partial.write_bytes(b"")

        def read(count: int) -> None:
            self.length += count
            self.tell(at)

        take_in(self.partial, self.hashed, read)

    def begin_again(self) -> None:
        """Forget everything: the server sends the file from its first byte."""
        self.partial.write_bytes(b"")
        self.length, self.hashed = 0, self.file.checksum.begin()

    def add(self, open_file: BinaryIO, data: bytes, at: At) -> None:
        """Append what came."""
        open_file.write(data)
        self.hashed.update(data)
        self.length += len(data)
        self.received += len(data)
        self.tell(at)

    def tell(self, at: At) -> None:
        """Tell how far it is."""
        at(self.length, self.received)


def _stream(source: Source, growing: _Growing, at: At) -> None:
    """Append what one connection brings; raises ConnectionLostError when it ends too early."""
    file = growing.file
    with source.hub.open(source.revision, file.path, growing.length) as response:
        if growing.length and not _goes_on_at(response, growing.length):
            growing.begin_again()
        with growing.partial.open("ab") as open_file:
            while growing.length < file.size:
                data = _read(source, response, growing)
                if not data:
                    raise answers.dropped(
                        source.asked(file), f"it ended after {growing.length} of {file.size} bytes"
                    )
                growing.add(open_file, data, at)


def _read(source: Source, response: http.client.HTTPResponse, growing: _Growing) -> bytes:
    wanted = min(CHUNK_BYTES, growing.file.size - growing.length)
    try:
        # read1 returns what has come: read would wait for a whole chunk, and Cancel with it.
        return response.read1(wanted)
    except (OSError, http.client.HTTPException) as error:
        raise answers.unreachable(source.asked(growing.file), error) from error


def _goes_on_at(response: http.client.HTTPResponse, start: int) -> bool:
    span = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return response.status == PARTIAL_CONTENT and span is not None and int(span[1]) == start


def _wait(pause_s: float, glance: Callable[[], None]) -> None:
    until = time.monotonic() + pause_s
    while (left := until - time.monotonic()) > 0:
        glance()
        time.sleep(min(left, GLANCE_S))
