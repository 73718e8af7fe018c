"""The companion Space itself, on loopback with the tiny checkpoint, called by the engine in its child.

Runs where gradio, spaces and gradio_client are installed.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("gradio")
pytest.importorskip("spaces")
pytest.importorskip("gradio_client")

from core.engines.opened import open_engines
from core.errors import Cancelled, EngineError
from core.progress import silent
from tests.engines.acestep15.songs import TIDE, song
from tests.engines.acestep15.tiny import write_tiny

ROOT = Path(__file__).parents[3]
START_LIMIT_S = 180.0


@pytest.fixture(scope="module")
def engines(tmp_path_factory):
    models = tmp_path_factory.mktemp("models")
    write_tiny(models / "acestep-v15-turbo-diffusers")
    laid_out = tmp_path_factory.mktemp("space")
    (laid_out / "app.py").write_bytes((ROOT / "hosting" / "zerogpu" / "app.py").read_bytes())
    (laid_out / "core").symlink_to(ROOT / "core")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "GAINSTAGE_MODELS": str(models),
        "GAINSTAGE_LONGEST_S": "30",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": str(tmp_path_factory.mktemp("gradio")),
        "HF_HUB_OFFLINE": "1",
    }
    log = (laid_out / "log.txt").open("w")
    server = subprocess.Popen([sys.executable, "app.py"], cwd=laid_out, env=env, stdout=log, stderr=log)
    patch = pytest.MonkeyPatch()
    patch.setenv("GAINSTAGE_SPACE", f"http://127.0.0.1:{port}")
    opened = open_engines()
    try:
        _wait_for(f"http://127.0.0.1:{port}/config", server, laid_out / "log.txt")
        yield opened
    finally:
        opened.close()
        server.kill()
        server.wait()
        log.close()
        patch.undo()


def _wait_for(url, server, log):
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(log.read_text())


def ask(engines, plan, report=silent, **more):
    values = {
        "plan": plan.model_dump(mode="json"),
        "lyrics": TIDE.model_dump(mode="json"),
        "prompt": plan.prompt,
        "seed": 1,
        "clips": 1,
        "overlap_s": 0.0,
        "options": {},
    } | more
    return engines.call("space", "compose", values=values, sounds={}, report=report)


def test_a_song_is_made_there_and_is_the_same_again(engines):
    assert engines.availability("space").ready
    reported = []
    reply = ask(engines, song(), lambda fraction, message: reported.append(message))
    clip = reply.sounds["clip_1"]
    assert clip.sample_rate == 48_000 and clip.channels == 2 and clip.frames > 48_000
    assert reply.values["untrained"] is True and reply.values["steps"] == 8
    assert any("Calling the Space" in message for message in reported)
    assert ask(engines, song()).sounds["clip_1"].key == clip.key


def test_a_song_that_is_too_long_for_it_is_refused_in_its_words(engines):
    from tests.engines.acestep15.songs import section

    with pytest.raises(EngineError, match="at most 30 s"):
        ask(engines, song(section(bars=40)))


def test_cancelling_ends_the_call_and_the_next_one_is_answered(engines):
    def stop(fraction, message):
        if "Calling" not in message and "Starting" not in message:
            raise Cancelled

    with pytest.raises(Cancelled):
        ask(engines, song(), stop)
    assert ask(engines, song()).sounds["clip_1"].frames > 48_000
