"""Calls over HTTP, with one time limit for all of a call, and a bound for what is downloaded."""

from __future__ import annotations

import base64
import binascii
import http.client
import io
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from core.audio import decode
from core.errors import AudioFileError, InputError
from core.watch.answers import Answer, CallFailedError, late, no_sound
from core.watch.config import GradioCall, HttpCall

MOST_BYTES = 1 << 29
CHUNK = 1 << 16


@dataclass
class Deadline:
    """When a call must be over."""

    timeout_s: float

    def __post_init__(self) -> None:
        self._ends = time.monotonic() + self.timeout_s

    def left(self) -> float:
        """Return the seconds that are left; raises CallFailedError when none is."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise late(self.timeout_s)
        return left


def by_http(call: HttpCall) -> Answer:
    """Make the call and return its sound; raises CallFailedError."""
    ends = Deadline(call.timeout_s)
    body = None if call.json_body is None else json.dumps(call.json_body).encode()
    kind, data = fetch(call.url, ends, method=call.method, headers=call.headers, body=body)
    if "json" not in kind:
        return Answer(_decoded(data, {}))
    answered = _json(data)
    labels = {name: str(answered[name])[:80] for name in call.labels if name in answered}
    value: Any = answered
    for name in call.audio.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str) or not value:
        error = answered.get("error")
        said = f"it says {str(error)[:200]!r}." if error else f"its JSON has no text at {call.audio!r}."
        raise no_sound(said, labels)
    return Answer(_decoded(_bytes_of(value, call.url, call.headers, ends, labels), labels), labels)


def by_gradio(call: GradioCall) -> Answer:
    """Call a Gradio app: post the inputs, wait for its event, fetch the file; raises CallFailedError."""
    ends = Deadline(call.timeout_s)
    base = call.url.rstrip("/")
    body = json.dumps({"data": list(call.data)}).encode()
    for prefix in ("/gradio_api", ""):  # Gradio 4 has none
        place = f"{base}{prefix}/call/{call.api.strip('/')}"
        try:
            _, data = fetch(place, ends, method="POST", headers=call.headers, body=body)
            break
        except CallFailedError as error:
            if error.what != "HTTP 404" or not prefix:
                raise
    event = str(_json(data).get("event_id", ""))
    outputs = _outputs(f"{place}/{event}", call.headers, ends)
    given = outputs[call.output] if len(outputs) > call.output else None
    if not isinstance(given, dict) or not (given.get("url") or given.get("path")):
        raise no_sound(f"output {call.output} is {json.dumps(given)[:80]}.")
    url = given.get("url") or f"{base}/gradio_api/file={given['path']}"
    return Answer(_decoded(fetch(urljoin(f"{base}/", str(url)), ends, headers=call.headers)[1], {}))


def post(url: str, headers: Mapping[str, str], value: Any, timeout_s: float = 20.0) -> None:
    """Post a value as JSON; raises CallFailedError."""
    fetch(url, Deadline(timeout_s), method="POST", headers=headers, body=json.dumps(value).encode())


def fetch(
    url: str,
    ends: Deadline,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
) -> tuple[str, bytes]:
    """Return the kind and the bytes of an answer; raises CallFailedError."""
    kind, parts, size = "", [], 0
    for kind, part in _streamed(url, ends, method, headers or {}, body):  # noqa: B007 - the last one counts
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise no_sound(f"it is larger than {MOST_BYTES >> 20} MB.")
    return kind, b"".join(parts)


def _outputs(url: str, headers: Mapping[str, str], ends: Deadline) -> list[Any]:
    """Follow an event of Gradio to its end and return its outputs."""
    text, event = b"", ""
    for _, part in _streamed(url, ends, "GET", headers, None):
        text += part
        *lines, text = text.split(b"\n")
        for line in lines:
            name, _, value = line.decode("utf-8", "replace").strip().partition(": ")
            if name == "event":
                event = value
            elif name == "data" and event == "complete":
                found = json.loads(value)
                return found if isinstance(found, list) else []
            elif name == "data" and event == "error":
                reason = value[:200] if value != "null" else "it does not say which"
                raise CallFailedError(
                    "an error of the app",
                    f"The app raised an error: {reason}.",
                    remedy="Look at the app's log; demo.launch(show_error=True) passes the reason on.",
                )
    raise no_sound("the app ended its stream without a result.")


def _streamed(
    url: str, ends: Deadline, method: str, headers: Mapping[str, str], body: bytes | None
) -> Iterator[tuple[str, bytes]]:
    """Yield the kind of an answer with each piece of it as it comes, at least once."""
    sent = {"Content-Type": "application/json"} if body is not None else {}
    asked = urllib.request.Request(url, data=body, method=method, headers={**sent, **headers})
    try:
        with urllib.request.urlopen(asked, timeout=ends.left()) as answer:
            kind = answer.headers.get_content_type()
            yield kind, b""
            while part := answer.read1(CHUNK):
                yield kind, part
                ends.left()
    except urllib.error.HTTPError as error:
        said = error.read(300).decode("utf-8", "replace").strip().splitlines() if error.fp else []
        raise CallFailedError(
            f"HTTP {error.code}",
            f"The server answered {error.code} {error.reason}{f': {said[0][:160]}' if said else ''}.",
            remedy="Look at the server's log at that time.",
        ) from error
    except TimeoutError as error:
        raise late(ends.timeout_s) from error
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError) as error:
        if isinstance(getattr(error, "reason", None), TimeoutError):
            raise late(ends.timeout_s) from error
        raise CallFailedError(
            "not reachable",
            f"{url.partition('?')[0]} cannot be reached: {getattr(error, 'reason', error)}.",
            remedy="See whether the server runs and the address is right.",
        ) from error


def _json(data: bytes) -> dict[str, Any]:
    try:
        answered = json.loads(data)
    except ValueError as error:
        raise no_sound("it calls itself JSON and is none.") from error
    return answered if isinstance(answered, dict) else {}


def _bytes_of(
    value: str, base: str, headers: Mapping[str, str], ends: Deadline, labels: dict[str, str]
) -> bytes:
    """Return the file that a text holds or names."""
    if value.startswith("data:"):
        value = value.partition(",")[2]
    elif value.startswith(("http://", "https://", "/")):
        there = urljoin(base, value)
        same = there.split("/")[:3] == base.split("/")[:3]  # a token goes to no other server
        return fetch(there, ends, headers=headers if same else {})[1]
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise no_sound(f"{value[:40]!r} is neither an address nor base64.", labels) from error


def _decoded(data: bytes, labels: dict[str, str]) -> Any:
    try:
        return decode(io.BytesIO(data), "the answer")
    except (AudioFileError, InputError) as error:
        raise no_sound(error.message, labels) from error
