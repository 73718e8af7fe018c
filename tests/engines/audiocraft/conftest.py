"""audiocraft's own interpreter where there is one, and a play-acted audiocraft where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.engines.audiocraft.card import CARD, available
from core.engines.interpreters import interpreter_variable, own_interpreter
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.progress import silent
from tests.engines.musicgen.conftest import asked

HERE = Path(__file__).parent
VARIABLE = interpreter_variable(CARD)


@pytest.fixture(scope="session")
def interpreter():
    found = own_interpreter(CARD)
    if found is None:
        pytest.skip(f"audiocraft is not installed: make audiocraft, or set {VARIABLE}")
    return found


@pytest.fixture(scope="session")
def tiny(interpreter, tmp_path_factory):
    """Folders ``mono``, ``stereo`` and ``melody`` with checkpoints that audiocraft itself wrote."""
    folder = tmp_path_factory.mktemp("audiocraft-tiny")
    builder = [interpreter, str(HERE / "build_tiny.py"), str(folder)]
    subprocess.run(builder, check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def hosts(interpreter):
    hosts = open_engines((Registered(CARD, available),))
    yield hosts
    hosts.close()


@pytest.fixture(scope="session")
def acted(tmp_path_factory):
    """An interpreter whose audiocraft is ``acting/audiocraft``: right in form, without a model."""
    script = tmp_path_factory.mktemp("acted") / "python"
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{HERE / "acting"}" exec "{sys.executable}" "$@"\n')
    script.chmod(0o755)
    return script


@pytest.fixture(scope="module")
def acting_hosts(acted):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, str(acted))
        patched.setenv("GAINSTAGE_MODELS", str(acted.parent / "models"))
        hosts = open_engines((Registered(CARD, available),))
        yield hosts
        hosts.close()


@pytest.fixture
def other_hosts(acted, monkeypatch):
    """Hosts whose child is started by the test, in the environment that it makes."""
    monkeypatch.setenv(VARIABLE, str(acted))
    hosts = open_engines((Registered(CARD, available),))
    yield hosts
    hosts.close()


def compose(hosts, checkpoint, plan=None, report=silent, sounds=None, **more):
    return hosts.call(
        "audiocraft", "compose", values=asked(checkpoint, plan, **more), sounds=sounds or {}, report=report
    )
