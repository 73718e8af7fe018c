"""Tiny checkpoints, and one warm child that plays from whichever of them it is told."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from core.audio import Audio
from core.engines.acestep15.card import CARD, available
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.progress import silent
from tests.engines.acestep15.songs import asked
from tests.engines.acestep15.tiny import write_tiny

STARVED = "tests.engines.acestep15.starved_worker"


@pytest.fixture(scope="session")
def turbo(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("ace-step-turbo"))


@pytest.fixture(scope="session")
def base(turbo, tmp_path_factory):
    """The same weights, declared to be those of a base model."""
    folder = tmp_path_factory.mktemp("ace-step-base")
    shutil.copytree(turbo, folder, dirs_exist_ok=True)
    config = folder / "transformer" / "config.json"
    told = config.read_text().replace('"is_turbo": true', '"is_turbo": false').replace('"turbo"', '"base"')
    config.write_text(told)
    return folder


@pytest.fixture(scope="session")
def hosts():
    hosts = open_engines((Registered(replace(CARD, worker=STARVED), available),))
    yield hosts
    hosts.close()


@pytest.fixture
def compose(hosts):
    """Play a plan from a checkpoint in the child; ``source``: samples (frames, channels) and their rate."""

    def composing(checkpoint, plan=None, lyrics=None, report=silent, source=None, **more):
        sounds = {"source": Audio(*source)} if source else {}
        values = asked(checkpoint, plan, lyrics, **more)
        return hosts.call("ace-step", "compose", values=values, sounds=sounds, report=report)

    return composing


@pytest.fixture
def copied(tmp_path):
    """Copy a checkpoint, to be broken."""

    def copying(folder, name="broken"):
        return shutil.copytree(folder, tmp_path / name)

    return copying
