"""Streamlit's own scripts and styles, compressed on the way to the browser.

Streamlit serves its bundles as they are, several megabytes before a page stands, because its middleware would
compress them again for every visitor. Their names hold a hash of their content and never change, so here each
is compressed once a process and kept.
"""

from __future__ import annotations

import gzip
from collections.abc import MutableMapping
from typing import Any

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEVEL = 4
"""Half the time of level 6, for 4 % more bytes."""
FOLDER = "/static/"
"""Of the address, behind whatever base path: where Streamlit serves its bundles."""
SUFFIXES = (".js", ".css")


class CompressedBundles:
    """An ASGI middleware that answers for Streamlit's bundles with gzip, to browsers that take it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._cached: dict[str, tuple[Message, Message]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever is no bundle passes through untouched."""
        if not _is_bundle(scope):
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self._cached:
            answer = _Collected(send)
            await self._app(scope, receive, answer)
            if not answer.messages or not _whole(answer.messages):
                return  # Passed on, or cut off: a browser that leaves ends the reading of its file.
            kept = await to_thread.run_sync(_compressed, answer.messages)
            self._cached[path] = kept
        for message in self._cached[path]:
            await send(message)


class _Collected:
    """Takes an answer: a bundle's is collected, any other (an error, the index page) is passed on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.messages: list[Message] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _never_changes(message):
            self.messages = [message]
        elif self.messages:
            self.messages.append(message)
        else:
            await self._send(message)


def _is_bundle(scope: MutableMapping[str, Any]) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path, headers = scope["path"], Headers(scope=scope)
    return (
        FOLDER in path
        and path.endswith(SUFFIXES)
        and "range" not in headers
        and "gzip" in headers.get("accept-encoding", "")
    )


def _never_changes(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return (
        start["status"] == 200
        and "immutable" in headers.get("cache-control", "")
        and "content-encoding" not in headers
    )


def _whole(messages: list[Message]) -> bool:
    start, *parts = messages
    length = Headers(raw=start["headers"]).get("content-length")
    return length is None or int(length) == sum(len(part.get("body", b"")) for part in parts)


def _compressed(messages: list[Message]) -> tuple[Message, Message]:
    """Return an answer's start and body, compressed."""
    start, *parts = messages
    body = gzip.compress(b"".join(part.get("body", b"") for part in parts), LEVEL, mtime=0)
    headers = MutableHeaders(raw=list(start["headers"]))
    headers["content-encoding"] = "gzip"
    headers["content-length"] = str(len(body))
    headers.add_vary_header("Accept-Encoding")
    for of_the_file in ("etag", "accept-ranges"):
        del headers[of_the_file]
    return {**start, "headers": headers.raw}, {"type": "http.response.body", "body": body}
