"""ACE-Step 1's own interpreter where there is one, and a play-acted acestep where there is none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.engines.acestep.card import CARD, available
from core.engines.acestep.layout import FILES
from core.engines.interpreters import interpreter_variable, own_interpreter
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.progress import silent
from tests.engines.acestep15.songs import asked, section, song

HERE = Path(__file__).parent
VARIABLE = interpreter_variable(CARD)
EMPTY_WEIGHTS = (2).to_bytes(8, "little") + b"{}"
"""A whole safetensors file without a tensor."""


def interpreter_with(folder, script, interpreter):
    """Return a script that runs ``interpreter`` with a folder of ours before its packages."""
    script.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{interpreter}" "$@"\n')
    script.chmod(0o755)
    return script


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    """The real acestep, whose lyric encoder is made small; skipped where it is not installed."""
    found = own_interpreter(CARD)
    if found is None:
        pytest.skip(f"acestep is not installed: make acestep SRC=<a clone of it>, or set {VARIABLE}")
    return interpreter_with(HERE / "small", tmp_path_factory.mktemp("small") / "python", found)


@pytest.fixture(scope="session")
def tiny(small, tmp_path_factory):
    """A checkpoint that the real package's classes wrote."""
    folder = tmp_path_factory.mktemp("acestep-tiny")
    builder = [str(small), str(HERE / "build_tiny.py"), str(folder)]
    subprocess.run(builder, check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def real_hosts(small):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, str(small))
        hosts = open_engines((Registered(CARD, available),))
        yield hosts
        hosts.close()


@pytest.fixture(scope="session")
def acted(tmp_path_factory):
    """An interpreter whose acestep is ``acting/acestep``: right in form, without a model."""
    return interpreter_with(HERE / "acting", tmp_path_factory.mktemp("acted") / "python", sys.executable)


@pytest.fixture(scope="module")
def hosts(acted):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(VARIABLE, str(acted))
        hosts = open_engines((Registered(CARD, available),))
        yield hosts
        hosts.close()


@pytest.fixture
def checkpoint(tmp_path):
    """Return what writes an acted checkpoint: every file that a real one has, and how the act goes."""

    def written(how="", without="", **act):
        for pattern in FILES:
            path = tmp_path / pattern.split("|")[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(EMPTY_WEIGHTS if path.suffix == ".safetensors" else b"{}")
        if without:
            (tmp_path / without).unlink()
        (tmp_path / "act.json").write_text(json.dumps({"how": how, **act}))
        return tmp_path

    return written


def compose(hosts, folder, plan=None, report=silent, **more):
    plan = plan or song(section(bars=2))
    return hosts.call("acestep", "compose", values=asked(folder, plan, **more), sounds={}, report=report)
