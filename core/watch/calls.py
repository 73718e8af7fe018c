"""One call of what is watched: a command, a function in a process of its own, an address, a Gradio app."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from core.audio import read
from core.errors import AudioFileError, InputError
from core.watch.answers import Answer, CallFailedError, late, no_sound
from core.watch.config import CommandCall, FunctionCall, HttpCall, Watch
from core.watch.web import by_gradio, by_http

ROOT = Path(__file__).parents[2]


def call(watch: Watch, folder: Path) -> Answer:
    """Make the call once and return its sound; raises CallFailedError. ``folder``: the configuration's."""
    asked = watch.call
    if isinstance(asked, HttpCall):
        return by_http(asked)
    if isinstance(asked, (CommandCall, FunctionCall)):
        return _by_process(asked, folder)
    return by_gradio(asked)


def _by_process(asked: CommandCall | FunctionCall, folder: Path) -> Answer:
    with tempfile.TemporaryDirectory(prefix="gainstage-watch-") as place:
        if isinstance(asked, CommandCall):
            out = Path(place) / f"sound{asked.suffix}"
            command = [part.replace("{out}", str(out)) for part in asked.command]
        else:
            out = Path(place) / "sound.wav"
            given = json.dumps({"arguments": asked.arguments, "rate": asked.rate})
            command = [sys.executable, "-m", "core.watch.called", asked.function, str(out), given]
        _run(command, folder, asked.timeout_s)
        if not out.is_file():
            raise no_sound("the program ended well and wrote no file.")
        try:
            return Answer(read(out))
        except (AudioFileError, InputError) as error:
            raise no_sound(error.message) from error


def _run(command: Sequence[str], folder: Path, timeout_s: float) -> None:
    """Run a program to its end; one that is over its time is ended with all that it started."""
    env = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    }
    try:
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise CallFailedError(
            "not started",
            f"{command[0]} cannot be started: {error.strerror}.",
            remedy="Name a program that is on the path, or its whole path.",
        ) from error
    try:
        _, said = child.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired as error:
        if sys.platform != "win32":
            os.killpg(child.pid, signal.SIGKILL)
        child.kill()
        child.communicate()
        raise late(timeout_s) from error
    if child.returncode:
        lines = said.decode("utf-8", "replace").strip().splitlines()
        last = f": {lines[-1][:200]}" if lines else ""
        raise CallFailedError(
            f"exit status {child.returncode}",
            f"The program ended with status {child.returncode}{last}.",
            remedy="Run it by hand and read what it prints.",
        )
