"""Tiny language models, and one warm child that answers from whichever of them it is told."""

from __future__ import annotations

import shutil

import pytest

from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.engines.writer.card import CARD, available
from core.progress import silent
from core.song import SongRequest
from core.stages.base import Work
from core.stages.lyrics import LyricsSettings, LyricsStage
from tests.engines.writer.tiny import write_tiny

PROMPT = "warm pop about the sea"


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("writer") / "tiny-model")


@pytest.fixture(scope="session")
def hosts():
    hosts = open_engines((Registered(CARD, available),))
    yield hosts
    hosts.close()


@pytest.fixture
def ask(hosts):
    """Ask the child one question."""

    def asking(checkpoint, question="Write a line about the sea.", tokens=24, seed=1, report=silent, **more):
        values = {"question": question, "tokens": tokens, "seed": seed, "temperature": 0.8, "top_p": 0.95}
        values |= {"checkpoint": str(checkpoint), **more}
        return hosts.call(CARD.name, "answer", values=values, sounds={}, report=report)

    return asking


@pytest.fixture
def write(hosts, tmp_path):
    """Run the lyrics stage: choose, then write."""

    def writing(checkpoint, prompt=PROMPT, report=silent, seed=1, **own):
        settings = LyricsSettings(checkpoint=str(checkpoint), model=own)
        request = SongRequest(prompt=prompt, duration_s=20, seed=seed)
        choice = LyricsStage().choose_for(request, settings, hosts)
        return LyricsStage().run(
            Work(
                request=request,
                settings=settings,
                inputs={},
                plan=None,
                lyrics=None,
                engines=hosts,
                report=report,
                scratch=tmp_path,
                engine=choice.engine,
                checkpoint=choice.checkpoint,
            )
        )

    return writing


@pytest.fixture
def copied(tmp_path):
    """Copy a checkpoint, to be broken."""

    def copying(folder, name="broken"):
        return shutil.copytree(folder, tmp_path / name)

    return copying
