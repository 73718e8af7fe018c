"""The child's side of ACE-Step on a Space: a plan and lyrics are sent, clips come back.

A Space is a stranger: what it returns is bounded, read without pickle, and validated by the studio as every
engine's sound is. Nothing is downloaded from another address than the Space's own.
"""

from __future__ import annotations

import io
import json
import math
import os
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote
from urllib.request import HTTPRedirectHandler, Request, build_opener

import numpy as np
import numpy.typing as npt

from core.engines.child import WorkerError
from core.engines.space.address import TOKEN, address, token
from core.engines.space.card import SpaceSettings
from core.progress import Report

Samples = npt.NDArray[np.float32]
POLL_S = 0.2
RETRY_AFTER_S = 3.0
WAKES_WITHIN_S = 180.0
"""A Space that sleeps answers with errors while it wakes."""
ATTEMPTS = 2
"""An order is sent once more after a connection that broke."""
MOST_CLIP_BYTES = 512 << 20
FETCH_TIMEOUT_S = 60.0
REPLIED: Mapping[str, type | tuple[type, ...]] = {
    "notes": list,
    "overlap_s": list,
    "overlap_identical": bool,
    "duration_s": (int, float),
    "model": str,
    "text": str,
    "turbo": bool,
    "steps": int,
    "guidance": (int, float),
    "shift": (int, float),
    "passes": int,
    "native_rate": int,
    "raw_peak_dbfs": (int, float),
    "raw_rms_dbfs": (int, float),
    "untrained": bool,
}
"""What is taken over of a reply's values; anything else is dropped."""
MOST_TEXT = 20_000


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nowhere: the Space could name an address inside this network."""


class Worker:
    """Sends each song to the Space; holds nothing between songs."""

    device = "a Space's GPU"
    precision = "unknown"

    def compose(
        self, values: Mapping[str, Any], sounds: Mapping[str, Any], report: Report
    ) -> tuple[dict[str, Any], dict[str, tuple[Samples, int]]]:
        """Have the song of ``values`` made, as ACE-Step's own worker does without an upload.

        Returns ``clip_1`` ... and the reply's values. Raises WorkerError; what ``report`` raises cancels the
        order, and takes it out of the Space's queue.
        """
        settings = SpaceSettings.model_validate(values.get("options") or {})
        if sounds or values.get("plan") is None:
            raise WorkerError(
                "The Space makes songs from a plan alone: it changes no upload.",
                "Choose another engine for that.",
                "engine_input",
            )
        until = time.monotonic() + settings.patience_s
        order = json.dumps(_order(values, settings))
        for attempt in range(1, ATTEMPTS + 1):
            client = _connected(min(until, time.monotonic() + WAKES_WITHIN_S), report)
            try:
                reply, files = _answer(client, order, until, report)
                if isinstance(reply, dict) and isinstance(reply.get("error"), dict):
                    raise _of_space(reply["error"])
                report(0.95, "Fetching the clips")
                self.device = f"the GPU of {address()}"
                return _values(reply), _clips(client, reply, files)
            except Exception as error:
                if attempt == ATTEMPTS or not _broke_off(error):
                    raise
                report(0.0, "The connection to the Space broke off; once more")
            finally:
                client.close()
        raise AssertionError("unreachable: the last attempt returns or raises")


def _order(values: Mapping[str, Any], settings: SpaceSettings) -> dict[str, Any]:
    named = ("plan", "lyrics", "prompt", "typed_lyrics", "instrumental", "seed", "clips", "overlap_s")
    options = {"preset": settings.preset.value, "steps": settings.steps}
    return {**{name: values.get(name) for name in named}, "options": options}


def _connected(until: float, report: Report) -> Any:
    """Return a client of the Space; waits while it wakes. Raises WorkerError, whose words name the cause."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    try:
        from gradio_client import Client
        from gradio_client.exceptions import AuthenticationError
    except ImportError as error:
        raise WorkerError("gradio_client is not installed.", "Run make remote.", "engine_missing") from error
    while True:
        report(0.0, "Calling the Space")
        try:
            # False, as None would send the token that the hub's own tools have stored.
            return Client(
                address(),
                token=token() or False,
                verbose=False,
                download_files=False,
                analytics_enabled=False,
            )
        except AuthenticationError as error:
            raise WorkerError(f"The Space refused the token of {TOKEN}: {error}") from error
        except Exception as error:  # httpx's, ValueError and JSON's, by what the server sends as it wakes
            if time.monotonic() > until:
                raise WorkerError(f"The Space {address()} does not answer: {error!r}") from error
        _pause(RETRY_AFTER_S, lambda: report(0.0, "Waiting for the Space to wake"))


def _answer(client: Any, order: str, until: float, report: Report) -> tuple[Any, Any]:
    """Send the order and return what came back; its place in the queue and its progress are reported."""
    job = client.submit(order, api_name="/compose")
    try:
        while not job.done():
            report(*_progress(job.status()))
            if time.monotonic() > until:
                raise WorkerError(
                    "The Space gave no song within the time-out.",
                    "Raise patience_s, make a shorter song, or try when its queue is shorter.",
                    causes=("many others wait for its GPU", "the song is long for it"),
                )
            time.sleep(POLL_S)
    except BaseException:
        job.cancel()
        raise
    answer = job.result()
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        raise _no_clips("it answered in another form")
    return answer[0], answer[1]


def _progress(status: Any) -> tuple[float, str]:
    units = status.progress_data or ()
    if units and isinstance(units[-1].progress, (int, float)):
        return 0.05 + 0.9 * min(1.0, max(0.0, units[-1].progress)), str(units[-1].desc or "")[:200]
    if status.rank is not None and status.queue_size:
        return 0.0, f"Place {status.rank + 1} of {status.queue_size} in the Space's queue"
    return 0.0, "The Space works"


def _values(reply: Any) -> dict[str, Any]:
    """Return those of the reply's values that are known, of their type, finite and of bounded length."""
    if not isinstance(reply, dict):
        raise _no_clips(f"its reply is a {type(reply).__name__}")
    return {n: reply[n] for n, kind in REPLIED.items() if isinstance(reply.get(n), kind) and _sane(reply[n])}


def _sane(value: Any) -> bool:
    if isinstance(value, list):
        flat = all(isinstance(item, (str, int, float)) and _sane(item) for item in value)
        return len(value) <= 100 and flat
    return len(value) <= MOST_TEXT if isinstance(value, str) else math.isfinite(value)


def _clips(client: Any, reply: Mapping[str, Any], files: Any) -> dict[str, tuple[Samples, int]]:
    rate = reply.get("native_rate")
    if not isinstance(files, list) or not 1 <= len(files) <= 10 or not isinstance(rate, int):
        raise _no_clips("it sent no list of files, or no rate")
    return {f"clip_{number}": (_samples(client, file), rate) for number, file in enumerate(files, start=1)}


def _samples(client: Any, file: Any) -> Samples:
    """Return one clip's samples, read from the Space's own address whatever address the reply names."""
    path = file.get("path") if isinstance(file, dict) else None
    if not isinstance(path, str):
        raise _no_clips("a file of its reply has no path")
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    request = Request(
        f"{client.src_prefixed}file={quote(path)}", headers={**client.headers, "Cookie": cookies}
    )
    with build_opener(_NoRedirect).open(request, timeout=FETCH_TIMEOUT_S) as response:
        content = response.read(MOST_CLIP_BYTES + 1)
    if len(content) > MOST_CLIP_BYTES:
        raise _no_clips(f"a clip is larger than {MOST_CLIP_BYTES >> 20} MB")
    try:
        return np.asarray(np.load(io.BytesIO(content), allow_pickle=False), np.float32)
    except (ValueError, OSError, EOFError, MemoryError, SyntaxError) as error:
        raise _no_clips(f"a clip is no array of samples ({error})") from error


def _no_clips(why: str) -> WorkerError:
    return WorkerError(
        f"The Space returned no song: {why}.",
        "Lay it out again from this version of the studio (make space DIR=... ZEROGPU=1).",
        "engine_output",
        ("the Space runs another program", "it runs another version of the studio"),
    )


def _of_space(error: Mapping[str, Any]) -> WorkerError:
    """Return the failure that ACE-Step had there, as its worker explained it."""
    texts = {name: str(error.get(name, ""))[:MOST_TEXT] for name in ("message", "remedy", "kind", "detail")}
    return WorkerError(texts["message"], texts["remedy"], texts["kind"] or "engine", (), texts["detail"])


def _broke_off(error: Exception) -> bool:
    return isinstance(error, OSError) or type(error).__module__.split(".")[0] in ("httpx", "httpcore")


def _pause(seconds: float, tick: Callable[[], None]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        tick()
        time.sleep(POLL_S)
