"""Every answer carries the headers that keep a browser from what the pages never do."""

from __future__ import annotations

import asyncio

import pytest

from core.machine.platform import Place
from core.ui.guarding import SecurityHeaders, headers


def answered(given=(), kind="http"):
    """Return what comes out of the middleware for an answer with the headers ``given``."""
    sent = []

    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": list(given)})

    async def send(message):
        sent.append(message)

    asyncio.new_event_loop().run_until_complete(SecurityHeaders(app)({"type": kind}, None, send))
    return dict(sent[0]["headers"])


def test_an_answer_gets_every_header_and_keeps_its_own():
    given = answered([(b"content-type", b"text/html"), (b"referrer-policy", b"no-referrer")])
    assert given[b"x-content-type-options"] == b"nosniff"
    assert b"frame-ancestors 'self'" in given[b"content-security-policy"]
    assert given[b"referrer-policy"] == b"no-referrer"
    assert given[b"content-type"] == b"text/html"


def test_a_socket_is_left_alone():
    assert answered(kind="websocket") == {}


@pytest.mark.parametrize("here", [Place("", space=True), Place("", streamlit_cloud=True)])
def test_a_host_that_frames_the_studio_may(here):
    assert "frame-ancestors" not in headers(here)["content-security-policy"]


def test_an_operator_may_name_who_frames_it():
    assert (
        "frame-ancestors 'self' https://lab.org"
        in headers(Place(""), "https://lab.org")["content-security-policy"]
    )
