"""Tiny checkpoints, and one warm child that plays from whichever of them it is told."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from core.engines.musicgen.card import CARD, available
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.progress import silent
from core.song import Line, Lyrics, LyricSection, Plan, PlanSection, SectionKind
from tests.engines.musicgen.tiny import write_tiny


@pytest.fixture(scope="session")
def mono(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("musicgen-tiny"))


@pytest.fixture(scope="session")
def stereo(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("musicgen-tiny-stereo"), channels=2)


@pytest.fixture(scope="session")
def hosts():
    card = replace(CARD, worker="tests.engines.musicgen.starved_worker")
    hosts = open_engines((Registered(card, available),))
    yield hosts
    hosts.close()


@pytest.fixture
def compose(hosts):
    """Play a plan from a checkpoint in the child."""

    def composing(checkpoint, plan=None, report=silent, seed=1, **more):
        return hosts.call(
            "musicgen", "compose", values=asked(checkpoint, plan, seed, **more), sounds={}, report=report
        )

    return composing


@pytest.fixture
def copied(tmp_path):
    """Copy a checkpoint, to be broken."""

    def copying(folder, name="broken"):
        return shutil.copytree(folder, tmp_path / name)

    return copying


def asked(checkpoint, plan=None, seed=1, lyrics=None, clips=1, overlap_s=0.0, **options):
    return {
        "plan": (plan or song(bars=1)).model_dump(mode="json"),
        "lyrics": lyrics.model_dump(mode="json") if lyrics else None,
        "seed": seed,
        "sample_rate": 44_100,
        "clips": clips,
        "overlap_s": overlap_s,
        "checkpoint": str(checkpoint),
        "options": options,
    }


def song(bars=1, prompt="warm lo-fi piano", **more):
    """Bars of 2 s each; the ending adds at least 0.8 s."""
    return Plan(
        prompt=prompt,
        title="Tide",
        genre="lo-fi",
        moods=("warm", "calm"),
        tempo_bpm=120.0,
        key="A minor",
        instruments=("piano", "bass"),
        sections=(PlanSection(kind=SectionKind.VERSE, bars=bars, energy=0.5, sung=True),),
        seed=1,
        **more,
    )


WORDS = Lyrics(
    title="Tide",
    sections=(LyricSection(kind=SectionKind.VERSE, lines=(Line(text="The tide comes in"),)),),
    source="typed",
)
