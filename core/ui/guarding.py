"""Headers that tell a browser what the studio's pages never do, so that it refuses it for us.

Not taken for another type than stated, not shown inside a foreign page, no plug-ins, no address of a song
sent to other sites. Hosts that show the studio inside their own page (Spaces, Community Cloud) may go on to.
"""

from __future__ import annotations

import os

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core.machine.platform import Place, place

FRAMED = "GAINSTAGE_FRAMED_BY"
"""Addresses that may show the studio inside their page, apart by spaces, such as https://lab.example.org."""


def headers(here: Place, framed_by: str = "") -> dict[str, str]:
    """Return the headers for a platform; ``framed_by``: addresses that may frame the studio."""
    policy = ["object-src 'none'", "base-uri 'self'"]
    if not (here.space or here.streamlit_cloud):
        policy.append(f"frame-ancestors 'self' {framed_by}".strip())
    return {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), payment=(), usb=()",
        "content-security-policy": "; ".join(policy),
    }


class SecurityHeaders:
    """An ASGI middleware that adds the headers to every answer that does not have them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = headers(place(os.environ), " ".join(os.environ.get(FRAMED, "").split()))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(raw=list(message["headers"]))
                for name, value in self._headers.items():
                    given.setdefault(name, value)
                message = {**message, "headers": given.raw}
            await send(message)

        await self._app(scope, receive, sending if scope["type"] == "http" else send)
