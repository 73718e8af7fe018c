"""A hub on this machine: the two addresses that a download uses, and every way in which they may fail."""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

COMMIT = "c" * 40
REPOSITORY = "someone/tiny-model"


def git_id(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class Asked:
    path: str
    range_from: int
    sent: int = 0
    token: str = ""


@dataclass
class FakeHub:
    """``files``: what the repository holds; the other fields are what goes wrong."""

    files: dict[str, bytes]
    large: tuple[str, ...] = ("model.safetensors",)
    """Told with their SHA-256, as LFS files are; the others with git's blob id."""
    commit: str = COMMIT
    drop_after: list[int] = field(default_factory=list)
    """Each large file's next answers end after so many bytes, with the connection."""
    ranges: bool = True
    sends: dict[str, bytes] = field(default_factory=dict)
    """Other bytes than the listing promises."""
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Path (or "listing") to the status and the X-Error-Code."""
    refuse_once: list[int] = field(default_factory=list)
    redirect_to: str = ""
    """Files are read at this other address."""
    listing: bytes | None = None
    wait: threading.Event | None = None
    """A large file's answer stops after ``wait_after`` bytes until this is set."""
    wait_after: int = 0
    asked: list[Asked] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    url: str = ""

    def of(self, path: str) -> list[Asked]:
        return [each for each in self.asked if each.path == path]

    def listing_text(self) -> bytes:
        siblings = [
            {"rfilename": name, "size": len(data), "blobId": git_id(data)}
            | (
                {"lfs": {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 134}}
                if name in self.large
                else {}
            )
            for name, data in self.files.items()
        ]
        return json.dumps({"id": REPOSITORY, "sha": self.commit, "siblings": siblings}).encode()


def handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            where = urlsplit(self.path)
            if where.path.startswith("/api/models/"):
                return self.tell_listing(unquote(where.path))
            _, _, path = unquote(where.path).partition(f"/resolve/{hub.commit}/")
            token = self.headers.get("Authorization", "")
            start = int(self.headers.get("Range", "bytes=0-")[6:-1])
            asked = Asked(path, start, token=token)
            hub.asked.append(asked)
            if hub.redirect_to and not where.query:
                return self.answer(302, {"Location": f"{hub.redirect_to}{self.path}?signed"})
            if hub.refuse_once:
                return self.answer(hub.refuse_once.pop(0), {})
            if path in hub.refuse:
                return self.say_no(*hub.refuse[path])
            self.send(path, start, asked)

        def do_HEAD(self) -> None:
            """Answer as the hub does whoever asks for a file's checksum first (huggingface_hub)."""
            path = unquote(urlsplit(self.path).path).partition("/resolve/")[2].partition("/")[2]
            data = hub.files[path]
            etag = hashlib.sha256(data).hexdigest() if path in hub.large else git_id(data)
            length = str(len(data))
            self.head(200, {"ETag": f'"{etag}"', "X-Repo-Commit": hub.commit, "Content-Length": length})

        def tell_listing(self, path: str) -> None:
            hub.listed.append(path)
            if "listing" in hub.refuse:
                return self.say_no(*hub.refuse["listing"])
            text = hub.listing if hub.listing is not None else hub.listing_text()
            self.answer(200, {"Content-Type": "application/json"}, text)

        def say_no(self, status: int, why: str) -> None:
            self.answer(status, {"X-Error-Code": why} if why else {}, b"no")

        def send(self, path: str, start: int, asked: Asked) -> None:
            data = hub.sends.get(path, hub.files[path])
            whole = len(data)
            if not hub.ranges:
                start = 0
            body = data[start:]
            stop = hub.drop_after.pop(0) if path in hub.large and hub.drop_after else len(body)
            headers = {"Content-Length": str(len(body))}
            if start:
                headers["Content-Range"] = f"bytes {start}-{whole - 1}/{whole}"
            self.head(206 if start else 200, headers)
            pause = hub.wait_after if hub.wait and path in hub.large else stop
            self.wfile.write(body[:pause])
            if pause < stop:
                self.wfile.flush()
                hub.wait.wait(120)
                self.wfile.write(body[pause:stop])
            asked.sent = len(body[:stop])
            if stop < len(body):
                self.wfile.flush()
                self.close_connection = True
                self.connection.close()

        def answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
            self.head(status, headers | {"Content-Length": str(len(body))})
            self.wfile.write(body)

        def head(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

    return Handler


class Server:
    """Runs a fake hub until it is closed."""

    def __init__(self, hub: FakeHub) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler(hub))
        self._server.daemon_threads = True
        hub.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
