"""The hub's two answers: what a revision of a repository consists of, and the bytes of one file.

Addresses as of the hub's public interface: ``/api/models/<repository>/revision/<revision>?blobs=true`` and
``/<repository>/resolve/<commit>/<path>``, which takes ``Range`` (RFC 9110, 14.2).
"""

from __future__ import annotations

import http.client
import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any, Literal
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import DownloadError
from core.machine.offline import offline_by
from core.models import answers
from core.models.checksum import Checksum

ENDPOINT = "HF_ENDPOINT"
TOKEN = "HF_TOKEN"
PUBLIC = "https://huggingface.co"
LONGEST_LISTING_BYTES = 32 << 20
NO_ANSWER_S = 30.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class HubFile:
    """One file of a repository."""

    path: str
    checksum: Checksum

    @property
    def size(self) -> int:
        """Bytes."""
        return self.checksum.size


@dataclass(frozen=True)
class Revision:
    """What a repository consists of at one commit."""

    repository: str
    commit: str
    files: tuple[HubFile, ...]


class _Large(BaseModel):
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    size: int = Field(ge=0)


class _Sibling(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    path: str = Field(alias="rfilename")
    size: int | None = Field(default=None, ge=0)
    blob: str | None = Field(default=None, alias="blobId", pattern="^[0-9a-f]{40}$")
    lfs: _Large | None = None


class _Answer(BaseModel):
    sha: str = Field(pattern="^[0-9a-f]{40}$")
    siblings: tuple[_Sibling, ...]


class Hub:
    """The way to the hub, or to a mirror that ``HF_ENDPOINT`` names."""

    def __init__(self, endpoint: str = PUBLIC, token: str = "", no_answer_s: float = NO_ANSWER_S) -> None:
        self.endpoint = endpoint.rstrip("/")
        at = urlsplit(self.endpoint)
        if at.scheme not in ("http", "https") or not at.hostname:
            raise DownloadError(
                f"{ENDPOINT} is no web address.", remedy=f"Remove {ENDPOINT}, or set it to {PUBLIC}."
            )
        self._no_answer_s = no_answer_s
        # A token is worth as much as a password: it goes only where nobody reads along.
        self._token = token if at.scheme == "https" or at.hostname in LOOPBACK else ""
        self._opener = urllib.request.build_opener(_Redirects)

    @classmethod
    def of_environment(cls) -> Hub:
        """Return the hub that ``HF_ENDPOINT`` names, with the token in ``HF_TOKEN`` if there is one."""
        return cls(os.environ.get(ENDPOINT) or PUBLIC, os.environ.get(TOKEN, ""))

    def revision(self, repository: str, name: str) -> Revision:
        """Return what a revision (a branch, a tag or a commit) consists of; raises DownloadError."""
        url = f"{self.endpoint}/api/models/{repository}/revision/{quote(name, safe='')}?blobs=true"
        asked = answers.Asked(self.endpoint, repository, name)
        with self._open(url, asked, 0) as response:
            try:
                text = response.read(LONGEST_LISTING_BYTES)
            except (OSError, http.client.HTTPException) as error:
                raise answers.unreachable(asked, error) from error
        try:
            sent = _Answer.model_validate(json.loads(text))
        except (ValueError, ValidationError) as error:
            raise answers.not_a_hub(asked, str(error)) from error
        return Revision(repository, sent.sha, tuple(_file(each, asked) for each in sent.siblings))

    def open(self, at: Revision, path: str, start: int) -> http.client.HTTPResponse:
        """Begin to read a file from byte ``start`` on; the answer may begin at 0 all the same (status 200).

        Raises DownloadError, and its child ConnectionLostError for what may go better in a moment.
        """
        url = f"{self.endpoint}/{at.repository}/resolve/{at.commit}/{quote(path)}"
        return self._open(url, answers.Asked(self.endpoint, at.repository, at.commit, path), start)

    def _open(self, url: str, asked: answers.Asked, start: int) -> http.client.HTTPResponse:
        variable = offline_by()
        if variable:
            raise DownloadError(
                f"{variable} is set, so the network is not used.", remedy=f"Remove {variable}."
            )
        request = urllib.request.Request(url, headers={"User-Agent": "gainstage"})
        if start:
            request.add_header("Range", f"bytes={start}-")
        if self._token:
            request.add_header("Authorization", f"Bearer {self._token}")
        try:
            response: http.client.HTTPResponse = self._opener.open(request, timeout=self._no_answer_s)
        except urllib.error.HTTPError as error:
            with error:
                raise answers.refused(asked, error.code, error.headers, bool(self._token)) from error
        except (OSError, http.client.HTTPException) as error:
            raise answers.unreachable(asked, error) from error
        return response


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows to where the hub keeps large files, without taking the token along to another server."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in ("http", "https"):
            raise urllib.error.HTTPError(newurl, code, "it leads away from the web", headers, fp)
        followed: Any = super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
        if followed is not None and urlsplit(newurl)[:2] != urlsplit(req.full_url)[:2]:
            followed.remove_header("Authorization")
        return followed  # type: ignore[no-any-return]


def _file(sent: _Sibling, asked: answers.Asked) -> HubFile:
    kind: Literal["sha256", "git"]
    if sent.lfs is not None:
        kind, digest, size = "sha256", sent.lfs.sha256, sent.lfs.size
    elif sent.blob is not None and sent.size is not None:
        kind, digest, size = "git", sent.blob, sent.size
    else:
        raise answers.not_a_hub(asked, f"it states no checksum for {sent.path}")
    return HubFile(sent.path, Checksum(kind=kind, digest=digest, size=size))
