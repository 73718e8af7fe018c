"""Tiny repositories, and one warm child that separates with whichever of them it is told."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from core.audio import Audio
from core.engines.base import Availability
from core.engines.demucs.card import CARD, available
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.engines.spleeter.card import CARD as SPLEETER
from core.progress import silent
from tests.engines.demucs.tiny import FOUR, SIX, write_tiny

RATE = 44_100
FINE_TUNED = ("f7e0c4bc", "d12395a8", "92cfc3b6", "04573f0d")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("demucs-tiny") / "htdemucs")


@pytest.fixture(scope="session")
def six(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demucs-six") / "htdemucs_6s"
    return write_tiny(folder, "htdemucs_6s", ("5c90dfd2",), sources=SIX)


@pytest.fixture(scope="session")
def fine_tuned(tmp_path_factory):
    """A bag of four networks, each for one stem."""
    folder = tmp_path_factory.mktemp("demucs-ft") / "htdemucs_ft"
    each = [[float(stem == number) for stem in range(len(FOUR))] for number in range(len(FINE_TUNED))]
    return write_tiny(folder, "htdemucs_ft", FINE_TUNED, each)


@pytest.fixture(scope="session")
def hosts():
    """Demucs, and after it Spleeter, which is always ready."""
    card = replace(CARD, worker="tests.engines.demucs.starved_worker")
    spleeter = Registered(SPLEETER, lambda: Availability(True, "it is here."))
    hosts = open_engines((Registered(card, available), spleeter))
    yield hosts
    hosts.close()


@pytest.fixture(scope="session")
def separate(hosts):
    """Separate a song in the child."""

    def separating(checkpoint, song=None, report=silent, seed=1, **options):
        values = {"checkpoint": str(checkpoint), "options": options, "seed": seed}
        return hosts.call(
            "demucs", "separate", values=values, sounds={"song": song or noise()}, report=report
        )

    return separating


@pytest.fixture
def copied(tmp_path):
    """Copy a repository, to be broken."""

    def copying(folder, name="broken"):
        return shutil.copytree(folder, tmp_path / name)

    return copying


def noise(seconds=3.0, rate=RATE, channels=2, seed=1, level=0.1):
    samples = np.random.default_rng(seed).standard_normal((round(seconds * rate), channels))
    return Audio((level * samples).astype(np.float32), rate)


def difference_db(a, b):
    """Power of the difference over that of the first."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return 10 * np.log10(np.mean((a - b) ** 2) / np.mean(a**2) + 1e-20)
