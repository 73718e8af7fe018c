"""What huggingface_hub would keep of a download's promises, beside ours, on a hub of this machine that fails.

``python -m benchmarks.hub_download``; 40 MB a case, about a minute. Both ask the fake hub of the tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
import warnings
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from core.engines.weights import MODELS, Weights
from core.errors import GainstageError
from core.models.download import download
from core.models.hub import Hub
from core.progress import Report, silent
from tests.models.fake_hub import REPOSITORY, FakeHub, Server

MODEL = "model.safetensors"
TINY = Weights("tiny-model", REPOSITORY, (MODEL,), 40, "MIT", "For tests.")
CONTENT = np.random.default_rng(1).bytes(40_000_000)
CUTS = [10_000_000, 7_000_000]
CANCEL_AT = 15_000_000
PAUSE_S = 6.0
Get = Callable[[FakeHub, Path, Callable[[int], None]], None]


class _CancelledError(Exception):
    pass


def _ours(hub: FakeHub, folder: Path, at: Callable[[int], None]) -> None:
    report: Report = silent
    if at is not _nothing:
        report = lambda fraction, _: at(int(fraction * len(CONTENT)))  # noqa: E731
    with patch.dict(os.environ, {MODELS: str(folder)}):
        download(TINY, report, hub=Hub(hub.url), pauses_s=(0.0, 0.0, 0.0))


def _theirs(hub: FakeHub, folder: Path, at: Callable[[int], None]) -> None:
    from huggingface_hub import hf_hub_download
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]
        def __init__(self, *args: Any, **more: Any) -> None:
            more.pop("name", None)
            super().__init__(*args, **more | {"file": sink})

        def update(self, n: float | None = 1) -> bool | None:
            done = super().update(n)
            at(int(self.n))
            return done

    with Path(os.devnull).open("w") as sink:
        hf_hub_download(
            REPOSITORY, MODEL, revision=hub.commit, endpoint=hub.url, local_dir=folder, tqdm_class=Bar
        )


def _nothing(_: int) -> None:
    pass


def _again_after_cuts(get: Get, hub: FakeHub, folder: Path) -> str:
    hub.drop_after = list(CUTS)
    get(hub, folder, _nothing)
    return f"{(sum(one.sent for one in hub.asked) - len(CONTENT)) / 1e6:.0f} MB fetched twice"


def _again_after_cancel(get: Get, hub: FakeHub, folder: Path) -> str:
    def cancelling(done: int) -> None:
        if done > CANCEL_AT:
            raise _CancelledError

    try:
        get(hub, folder, cancelling)
    except _CancelledError:
        hub.asked.clear()
        get(hub, folder, _nothing)
        return f"went on at byte {hub.asked[-1].range_from / 1e6:.0f} million"
    return "was not cancelled"


def _wrong_byte(get: Get, hub: FakeHub, folder: Path) -> str:
    hub.sends = {MODEL: CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])}
    get(hub, folder, _nothing)
    return "a wrong byte was accepted"


def _full_disk(get: Get, hub: FakeHub, folder: Path) -> str:
    usage = namedtuple("usage", "total used free")(1, 1, 1000)
    with patch.object(shutil, "disk_usage", lambda _: usage), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        get(hub, folder, _nothing)
    return "was fetched all the same"


def _offline(get: Get, hub: FakeHub, folder: Path) -> str:
    with patch.dict(os.environ, {"HF_HUB_OFFLINE": "1"}):
        get(hub, folder, _nothing)
    return "used the network"


def _silence(get: Get, hub: FakeHub, folder: Path) -> str:
    """How far apart the moments are at which a cancel is seen while bytes trickle in."""
    hub.wait, hub.wait_after = threading.Event(), 12_000_000
    seen = [time.monotonic()]
    timer = threading.Timer(PAUSE_S, hub.wait.set)
    timer.start()
    get(hub, folder, lambda _: seen.append(time.monotonic()))
    steps = len(seen) - 1
    return f"{steps} looks at progress and cancel in {len(CONTENT) / 1e6:.0f} MB"


CASES = {
    "cut off twice": _again_after_cuts,
    "cancelled at 15 MB, then again": _again_after_cancel,
    "the last byte is wrong": _wrong_byte,
    "1,000 bytes are free on the disk": _full_disk,
    "HF_HUB_OFFLINE is set while it runs": _offline,
    "the server pauses": _silence,
}


def main() -> None:
    """Print each case's outcome for both."""
    os.environ |= {"NO_PROXY": "*", "HF_HUB_DISABLE_XET": "1"}
    for title, case in CASES.items():
        for name, get in (("ours", _ours), ("huggingface_hub", _theirs)):
            hub = FakeHub({MODEL: CONTENT})
            server = Server(hub)
            folder = Path(tempfile.mkdtemp())
            try:
                outcome = case(get, hub, folder)
            except GainstageError as error:
                outcome = f"refused: {error.message}"
            finally:
                server.close()
                shutil.rmtree(folder, ignore_errors=True)
            print(f"{title:38} {name:16} {outcome}")


if __name__ == "__main__":
    main()
