"""Every write of a song fails once: the true sentence, nothing lost, nothing half, and the next try is right.

With GAINSTAGE_EVERY_WRITE=1 (``make faults``) every write fails in every manner, else one in so many, and
another of them for each manner.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from core.audio import Audio
from core.errors import GainstageError
from core.runs.pipeline import RunSettings
from core.runs.record import RunState
from core.runs.store import Store
from core.song import SongRequest
from tests.runs.failing_disk import FailingDisk
from tests.runs.small_chain import FRAMES, small  # noqa: F401

pytestmark = pytest.mark.usefixtures("small")
EVERY = bool(os.environ.get("GAINSTAGE_EVERY_WRITE"))
TRUE = {
    "full": ("is full", "no free space", "could not be written"),
    "short": ("is full", "no free space", "could not be written"),
    "readonly": ("cannot be", "could not be", "read-only", "may not be"),
    "files": ("files are open", "no more files", "could not be written", "cannot be read or written"),
}
MOST_WRITES = 400
STRIDE = {"full": 7, "short": 11, "readonly": 13, "files": 9}


def asked(seed):
    return SongRequest(prompt="a calm tune", seed=seed, duration_s=8.0)


def master_of(seed):
    """Return the key that the master of this seed has to have."""
    samples = np.random.default_rng(seed).standard_normal((FRAMES, 2)).astype(np.float64) * 0.1
    x = samples.astype(np.float32)
    for gain_db in (RunSettings().mix.headroom_dbfs, RunSettings().master.ceiling_dbtp):
        x = x * np.float32(10 ** (gain_db / 20))
    return Audio(x, 44_100).key


@pytest.mark.parametrize("how", sorted(TRUE))
def test_whichever_write_fails_it_is_told_truly_and_nothing_is_lost_or_half(
    open_studio, finish, tmp_path, monkeypatch, how
):
    monkeypatch.setattr("core.runs.presence.BEGINS_WITHIN_S", -1.0)
    disk = FailingDisk(tmp_path, monkeypatch)
    studio = open_studio()
    earlier = finish(studio, asked(0))
    assert earlier.step("master").main.key == master_of(0)
    ended, told = [], set()
    for at in range(1 + STRIDE[how] // 2, MOST_WRITES, 1 if EVERY else STRIDE[how]):
        disk.fail(at, how)
        said = attempt(studio, finish, at)
        if not disk.heal():
            assert said == ""
            break
        ended.append(at)
        if said:
            told.add(said)
            assert any(word in said for word in TRUE[how]), (at, said)
        whole(studio, earlier, at)
        again = finish(studio, asked(at))
        assert again.state is RunState.DONE, at
        assert again.step("master").main.key == master_of(at)
    assert len(ended) > (100 if EVERY else 100 // STRIDE[how])
    assert told


def attempt(studio, finish, seed):
    """Make a song on the failing disk; return the sentence that it ended with, empty for none."""
    try:
        run = finish(studio, asked(seed))
    except GainstageError as error:
        assert error.kind in ("storage", "lost_sound"), error
        return error.message
    errors = [step.error for step in run.steps if step.error]
    assert run.state is (RunState.STOPPED if errors else RunState.DONE)
    for error in errors:
        assert error.kind in ("storage", "lost_sound"), error
    return errors[0].message if errors else ""


def whole(studio, earlier, at):
    """Assert that what was made before is whole, nothing is half, and no run claims to be at work."""
    store = Store(studio.home)
    for path in store._artifacts.glob("*/*.json"):
        assert store.audio(path.stem).key == path.stem
    assert all(store.has(a.key) for step in earlier.steps for a in step.artifacts)
    assert not store.exports.lost(earlier.step("export").files.values())
    half = [p for p in studio.home.rglob("*") if ".part" in p.name or p.name.startswith(".0")]
    assert not half, at
    assert not list((studio.home / "scratch").glob("*")), at
    assert not any(run.state.live for run in studio.runs("me")), at
