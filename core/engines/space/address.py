"""Which Space is called, and with which token."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from urllib.parse import urlsplit

SPACE = "GAINSTAGE_SPACE"
"""``owner/name`` of a Space, or the address of a server that runs ``hosting/zerogpu/app.py``."""
TOKEN = "GAINSTAGE_SPACE_TOKEN"
"""A Hugging Face token for it: its quota is used, and a private Space opens. No other token is sent."""
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)


def address() -> str:
    """Return the Space's address, ending with a slash; empty where none is named, or it cannot be one."""
    named = os.environ.get(SPACE, "").strip()
    if _NAME.fullmatch(named):
        return f"https://{re.sub('[^a-z0-9]+', '-', named.lower())}.hf.space/"
    parts = urlsplit(named)
    return named.rstrip("/") + "/" if parts.scheme in ("http", "https") and parts.hostname else ""


def token() -> str:
    """Return the token, or nothing: also nothing where it would cross a network unencrypted."""
    parts = urlsplit(address())
    named = os.environ.get(TOKEN, "").strip()
    return named if parts.scheme == "https" or _is_this_machine(parts.hostname or "") else ""


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
