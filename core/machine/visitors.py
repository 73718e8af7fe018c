"""Who a visitor of a hosted studio is: an id that their browser keeps, signed so that nobody invents one.

The page stores the token as a cookie, so a visitor is the same after a reload, after the server's sleep and
in another tab. The signature is HMAC-SHA-256 (RFC 2104) under a secret that stands in the studio's home.
"""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path

from core.machine.home import storage_error

COOKIE = "gainstage_visitor"
_SECRET_BYTES = 32


class Visitors:
    """Makes and reads visitors' tokens; one secret for each home."""

    def __init__(self, home: Path) -> None:
        """Read the home's secret, or make it; raises StorageError when it can be neither read nor written."""
        self._secret = _secret(home / "visitors.key")

    def new(self) -> str:
        """Return the id of a visitor who was never seen before."""
        return secrets.token_hex(16)

    def token(self, visitor: str) -> str:
        """Return what the browser keeps: the id and its signature."""
        return f"{visitor}.{self._signature(visitor)}"

    def visitor(self, token: str) -> str | None:
        """Return the id in a token; None when it was not signed here."""
        visitor, _, signature = token.partition(".")
        if not signature.isascii() or not hmac.compare_digest(signature, self._signature(visitor)):
            return None
        return visitor

    def account(self, name: str) -> str:
        """Return the id of somebody who signed in; the name cannot be read from it.

        ``name``: what the sign-in vouches for, the same at every visit (issuer and subject).
        """
        return self._signed(f"account {name}")

    def _signature(self, visitor: str) -> str:
        return self._signed(f"visitor {visitor}")

    def _signed(self, text: str) -> str:
        return hmac.digest(self._secret, text.encode(), "sha256").hex()


def _secret(path: Path) -> bytes:
    try:
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secrets.token_bytes(_SECRET_BYTES))
        except FileExistsError:
            pass
        found = path.read_bytes()
        if len(found) == _SECRET_BYTES:
            return found
        # It was cut short, by a full disk or a kill: visitors so far are new ones again; their songs stay.
        path.unlink()
        return _secret(path)
    except OSError as error:
        raise storage_error(error, f"The visitors' secret {path.name} cannot be stored.") from error
