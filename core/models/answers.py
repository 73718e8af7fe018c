"""What the network and the hub answered instead of a file: each as one sentence, with causes and a remedy."""

from __future__ import annotations

import socket
import ssl
import urllib.error
from dataclasses import dataclass
from email.message import Message

from core.errors import ConnectionLostError, DownloadError

BUSY = (408, 425, 429, 500, 502, 503, 504)
"""Answers that may be another a moment later."""
AGAIN = "Run it again: it resumes where it stopped."


@dataclass(frozen=True)
class Asked:
    """What was asked of whom."""

    endpoint: str
    repository: str
    revision: str
    path: str = ""

    @property
    def page(self) -> str:
        """Address of the repository's page."""
        return f"{self.endpoint}/{self.repository}"


def refused(asked: Asked, status: int, headers: Message, had_token: bool) -> DownloadError:
    """Return what an answer other than the file means (the hub says why in ``X-Error-Code``)."""
    why = headers.get("X-Error-Code", "")
    detail = f"HTTP {status} {why} {headers.get('X-Error-Message', '')}".strip()
    if status in BUSY:
        return _busy(asked, status, detail)
    if status in (401, 403):
        return _closed(asked, why, had_token, detail)
    if why == "RevisionNotFound":
        return DownloadError(
            f"{asked.repository} has no revision {asked.revision}.",
            remedy=f"Leave --revision out, or look for its name at {asked.page}/commits.",
            detail=detail,
        )
    if status in (404, 410) and asked.path:
        return DownloadError(
            f"{asked.repository} has no file {asked.path} any more.",
            causes=("it was removed while the download ran", "a mirror does not have it"),
            remedy="Run it again, or remove HF_ENDPOINT if it is set.",
            detail=detail,
        )
    if status in (404, 410):
        return _unknown(asked, detail)
    return DownloadError(
        f"The hub answered {asked.repository} with the status {status}.",
        remedy="Try again later; check HTTPS_PROXY and HF_ENDPOINT if they are set.",
        detail=detail,
    )


def unreachable(asked: Asked, error: BaseException) -> ConnectionLostError:
    """Return why there was no answer at all, or why it ended."""
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    host = asked.endpoint.partition("://")[2]
    remedy = "Check the network and HTTPS_PROXY, then run it again: it resumes where it stopped."
    if isinstance(reason, ssl.SSLCertVerificationError):
        return ConnectionLostError(
            f"The certificate of {host} is not trusted here.",
            causes=("a company's network changes certificates on the way", "this machine's clock is wrong"),
            remedy="Name your network's certificates in SSL_CERT_FILE, or download on another network.",
            detail=str(reason),
        )
    if isinstance(reason, socket.gaierror):
        return ConnectionLostError(
            f"There is no network: the name {host} is not found.",
            causes=("this machine is not connected", "it needs a proxy"),
            remedy=remedy,
            detail=str(reason),
        )
    if isinstance(reason, TimeoutError):
        return ConnectionLostError(
            f"{host} does not answer.",
            causes=("the connection broke off", "a firewall swallows what is sent"),
            remedy=remedy,
            detail=str(reason),
        )
    if isinstance(reason, ConnectionRefusedError) or "unreachable" in str(reason).lower():
        return ConnectionLostError(
            f"There is no way to {host}.",
            causes=("this machine has no way to the internet, or needs a proxy", "the server is down"),
            remedy=remedy,
            detail=str(reason),
        )
    return dropped(asked, str(reason))


def dropped(asked: Asked, detail: str) -> ConnectionLostError:
    """Return that the connection ended before the file did."""
    return ConnectionLostError(
        f"The connection dropped while {asked.path or asked.repository} was on its way.",
        causes=("the network broke off", "the server ended the connection"),
        remedy=AGAIN,
        detail=detail,
    )


def mismatch(asked: Asked, stated: str, got: str) -> DownloadError:
    """Return that what came is not what the hub said it would be; nothing of it is kept."""
    return DownloadError(
        f"{asked.path} has another checksum than the hub reports, and was deleted.",
        causes=("a proxy on the way changed it", "the disk or the memory is failing"),
        remedy="Run it again: this file starts afresh. If it stays so, download on another network.",
        detail=f"expected {stated}, got {got}",
    )


def not_a_hub(asked: Asked, detail: str) -> DownloadError:
    """Return that the answer is not one that the hub gives."""
    return DownloadError(
        f"{asked.endpoint} did not answer as the hub does.",
        causes=("HF_ENDPOINT names a server that is no hub", "a login page of the network stands before it"),
        remedy="Remove HF_ENDPOINT if it is set, open any web page in a browser, and run it again.",
        detail=detail[:2000],
    )


def _closed(asked: Asked, why: str, had_token: bool, detail: str) -> DownloadError:
    if why == "GatedRepo":
        return DownloadError(
            f"{asked.repository} is given only to those who accepted its authors' terms.",
            causes=(
                "this account has not accepted them, or the token may not read gated models"
                if had_token
                else "no token is given",
            ),
            remedy=f"Accept the terms at {asked.page}, make a token that may read, and set HF_TOKEN to it.",
            detail=detail,
        )
    if had_token and why != "RepoNotFound":
        return DownloadError(
            "The hub refused the token in HF_TOKEN.",
            causes=("it is misspelt, expired or was revoked", "it may not read this repository"),
            remedy="Make a new token with the right to read, or remove HF_TOKEN: these models are public.",
            detail=detail,
        )
    return _unknown(asked, detail)


def _unknown(asked: Asked, detail: str) -> DownloadError:
    # Without a token the hub answers 401 both for what is private and for what does not exist.
    return DownloadError(
        f"The hub knows no public repository {asked.repository}.",
        causes=("it was renamed or removed", "it became private", "a mirror does not have it"),
        remedy=f"Look for it at {asked.page}; set HF_TOKEN for a private one, remove HF_ENDPOINT if set.",
        detail=detail,
    )


def _busy(asked: Asked, status: int, detail: str) -> ConnectionLostError:
    if status == 429:
        return ConnectionLostError(
            "The hub asks for patience: too many requests came from here.",
            causes=("many downloads came from this address", "limits are lower without a token"),
            remedy="Wait some minutes and run it again: it resumes where it stopped.",
            detail=detail,
        )
    return ConnectionLostError(
        f"The hub cannot answer now (status {status}).",
        causes=("it is overloaded or being repaired",),
        remedy="Wait some minutes and run it again: it resumes where it stopped.",
        detail=detail,
    )
