"""Streamlit's bundles come compressed, once a process, and nothing else is touched."""

from __future__ import annotations

import asyncio
import gzip
import os
from pathlib import Path

import pytest
from starlette.applications import Starlette
from streamlit import file_util
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_assets_routes

from core.ui.served import CompressedBundles
from tests.asynchronous import completed

STATIC = Path(file_util.get_static_dir()) / "static"
SCRIPT = max((STATIC / "js").glob("*.js"), key=os.path.getsize)
STYLES = next((STATIC / "css").glob("*.css"))
FONT = next((STATIC / "media").glob("*.woff2"))
GZIP = ((b"accept-encoding", b"gzip, deflate, br"),)


class Server:
    """Streamlit's own static routes behind the middleware; counts what reaches them."""

    def __init__(self, base="", answers=None):
        routes = create_streamlit_static_assets_routes(base_url=base)
        self.inner = answers or Starlette(routes=routes)
        self.asked = []
        self.app = CompressedBundles(self._counted)

    async def _counted(self, scope, receive, send):
        self.asked.append(scope["path"])
        await self.inner(scope, receive, send)

    def get(self, path, headers=GZIP, method="GET"):
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "headers": list(headers),
            "query_string": b"",
            "root_path": "",
        }
        messages = []

        async def send(message):
            messages.append(message)

        async def receive():
            await asyncio.Event().wait()

        completed(self.app(scope, receive, send))
        start, *parts = messages
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], found, b"".join(part.get("body", b"") for part in parts)


@pytest.mark.parametrize("file", [SCRIPT, STYLES], ids=lambda file: file.suffix)
def test_a_bundle_comes_compressed_and_whole(file):
    status, headers, body = Server().get(f"/static/{file.parent.name}/{file.name}")
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == file.read_bytes()
    assert int(headers["content-length"]) == len(body) < 0.4 * file.stat().st_size
    assert "immutable" in headers["cache-control"]
    assert "Accept-Encoding" in headers["vary"]
    assert "etag" not in headers


def test_a_bundle_is_read_and_compressed_once():
    server = Server()
    path = f"/static/js/{SCRIPT.name}"
    assert server.get(path) == server.get(path)
    assert server.asked == [path]


def test_a_bundle_comes_compressed_behind_a_base_path():
    _, headers, body = Server(base="studio").get(f"/studio/static/js/{SCRIPT.name}")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == SCRIPT.read_bytes()


@pytest.mark.parametrize(
    "headers",
    [(), ((b"accept-encoding", b"br"),), (*GZIP, (b"range", b"bytes=0-9"))],
    ids=["takes nothing", "takes another", "a part"],
)
def test_who_cannot_take_gzip_gets_the_file_as_it_is(headers):
    server = Server()
    server.get(f"/static/js/{SCRIPT.name}")
    _, answered, body = server.get(f"/static/js/{SCRIPT.name}", headers)
    assert "content-encoding" not in answered
    assert body == SCRIPT.read_bytes()[: 10 if "content-range" in answered else None]


def test_the_head_of_a_bundle_is_left_alone():
    _, headers, body = Server().get(f"/static/js/{SCRIPT.name}", method="HEAD")
    assert int(headers["content-length"]) == SCRIPT.stat().st_size
    assert body == b""


def test_a_font_is_left_alone():
    _, headers, body = Server().get(f"/static/media/{FONT.name}")
    assert "content-encoding" not in headers
    assert body == FONT.read_bytes()


def test_the_index_page_that_answers_for_an_unknown_script_is_neither_kept_nor_compressed():
    server = Server()
    for _ in range(2):
        _, headers, body = server.get("/static/js/no-such.js")
        assert "content-encoding" not in headers
        assert body.lstrip().startswith(b"<!--")
    assert len(server.asked) == 2


def test_an_answer_that_is_compressed_already_passes_as_it_is():
    async def compressed(scope, receive, send):
        headers = [(b"cache-control", b"immutable"), (b"content-encoding", b"br")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"brotli"})

    _, headers, body = Server(answers=compressed).get("/static/js/any.js")
    assert (headers["content-encoding"], body) == ("br", b"brotli")


def test_a_bundle_that_a_browser_left_is_read_again_and_whole() -> None:
    body, asked = b"whole" * 40, []

    async def files(scope, receive, send) -> None:
        asked.append(scope["path"])
        headers = [(b"cache-control", b"immutable"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        part = body[:60] if len(asked) == 1 else body
        await send({"type": "http.response.body", "body": part, "more_body": len(asked) == 1})

    bundles, sent = CompressedBundles(files), []
    scope = {"type": "http", "method": "GET", "path": "/static/a.js"}
    scope["headers"] = [(b"accept-encoding", b"gzip")]

    async def send(message) -> None:
        sent.append(message)

    async def both() -> None:
        await bundles(scope, None, send)
        assert sent == []
        await bundles(scope, None, send)

    asyncio.run(both())
    assert gzip.decompress(sent[-1]["body"]) == body
