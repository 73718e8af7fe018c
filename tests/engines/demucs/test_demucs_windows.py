"""Which windows are looked at, and that their shares are whole; and that the result is Demucs' own."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.demucs import loading, separation
from core.engines.demucs.windows import plan, share
from core.progress import silent
from tests.engines.demucs.conftest import RATE, difference_db, noise

SMALL = 100


@settings(max_examples=150, deadline=None)
@given(
    frames=st.integers(1, 700),
    sizes=st.lists(st.integers(20, SMALL), min_size=1, max_size=3),
    shifts=st.integers(0, 3),
    overlap=st.floats(0.0, 0.9),
    seed=st.integers(0, 9),
)
def test_every_sample_is_whole_in_every_pass(frames, sizes, shifts, overlap, seed):
    """The shares of a pass's windows add up to 1 over the whole song."""
    windows = plan(frames, sizes, 60, shifts, overlap, seed)
    passes = max(1, shifts)
    total = np.zeros((len(sizes), frames))
    for window in windows:
        part = share(window, sizes[window.network], overlap)
        assert part.shape == (window.frames,)
        first = max(0, window.start)
        assert window.start + window.frames <= frames
        total[window.network, first : window.start + window.frames] += part[first - window.start :]
    assert np.allclose(total, passes, atol=1e-5)
    starts = [window.start for window in windows]
    assert starts == sorted(starts)
    assert starts[0] >= -30, "half a second before the song at most"


def test_the_seed_draws_the_shifts():
    one, again, other = (plan(10_000, [900], RATE, 3, 0.25, seed) for seed in (1, 1, 2))
    assert one == again != other
    assert plan(10_000, [900], RATE, 0, 0.25, 1) == plan(10_000, [900], RATE, 0, 0.25, 2)


def run(model, song, shifts=0, overlap=0.25, seed=1, report=silent):
    parts = list(separation.separate(model, song, shifts, overlap, seed, report))
    return np.concatenate(parts, axis=1)


def by_demucs(folder, name, song, **more):
    from demucs.api import Separator

    torch.set_num_threads(1)
    told = Separator(name, repo=folder, device="cpu", **{"shifts": 0, "overlap": 0.25, **more})
    _, stems = told.separate_tensor(torch.from_numpy(song.T.copy()))
    return np.stack([stem.numpy().T for stem in stems.values()])


@pytest.mark.parametrize(("seconds", "overlap"), [(0.7, 0.25), (1.2, 0.0), (3.1, 0.25), (2.0, 0.9)])
def test_it_is_what_demucs_makes_of_the_whole_song(tiny, seconds, overlap):
    song = noise(seconds).samples + np.float32(0.02)
    expected = by_demucs(tiny, "htdemucs", song, overlap=overlap)
    assert difference_db(expected, run(loading.load(tiny), song, overlap=overlap)) < -110


def test_a_bag_and_six_stems_are_demucs_own_too(fine_tuned, six):
    song = noise(1.5).samples
    for folder in (fine_tuned, six):
        expected = by_demucs(folder, folder.name, song)
        assert difference_db(expected, run(loading.load(folder), song)) < -110


def test_shifts_are_demucs_own_when_they_are_drawn_alike(tiny, monkeypatch):
    song = noise(1.5).samples
    drawn = [-plan(song.shape[0], [53_000], RATE, 1, 0.25, seed)[0].start for seed in (3, 4)]
    import demucs.apply

    for seed, lead in zip((3, 4), drawn, strict=True):
        fixed = SimpleNamespace(randint=lambda low, high, lead=lead: high - lead)
        monkeypatch.setattr(demucs.apply, "random", fixed)
        expected = by_demucs(tiny, "htdemucs", song, shifts=1)
        assert difference_db(expected, run(loading.load(tiny), song, 1, seed=seed)) < -110


def test_memory_does_not_grow_with_the_song(tiny):
    """What is given away is given away at once: no piece is longer than one window."""
    model = loading.load(tiny)
    parts = list(separation.separate(model, noise(8.0).samples, 0, 0.25, 1, silent))
    assert sum(part.shape[1] for part in parts) == 8 * RATE
    assert max(part.shape[1] for part in parts) <= max(model.windows)


def test_how_many_windows_at_once_changes_nothing(tiny, monkeypatch):
    model, song = loading.load(tiny), noise(5.0).samples
    found = []
    for count in (1, 3):
        monkeypatch.setattr(separation, "_within_memory", lambda model, most, count=count: count)
        found.append(run(model, song))
    assert np.array_equal(*found)


def test_little_memory_looks_at_fewer_windows_at_once(tiny, monkeypatch):
    model = loading.load(tiny)
    for free, expected in ((1000, 1), (10**12, 4), (None, 4)):
        monkeypatch.setattr(separation, "memory", lambda free=free: SimpleNamespace(available=free))
        assert separation._within_memory(model, 4) == expected


def test_what_is_cancelled_leaves_no_thread_at_work(tiny):
    class Stop(Exception):
        pass

    def report(fraction, message):
        if fraction > 0.1:
            raise Stop

    model = loading.load(tiny)
    with pytest.raises(Stop):
        run(model, noise(30.0).samples, report=report)
    assert not [thread for thread in threading.enumerate() if "ThreadPool" in thread.name]
    hooks = [len(part._forward_pre_hooks) for network in model.networks for part in network.modules()]
    assert sum(hooks) == 0


def test_a_network_stops_in_the_middle_of_a_window_when_nobody_waits_any_more(tiny):
    model = loading.load(tiny)
    song = noise(1.0).samples
    looks = separation._Looks(model, song, separation.level_of(song), 0.25)
    window, *_ = plan(song.shape[0], model.windows, RATE, 0, 0.25, 1)
    reached = []
    model.networks[0].decoder[0].register_forward_hook(lambda *given: looks._abandoned.set())
    model.networks[0].decoder[3].register_forward_hook(lambda *given: reached.append("the last layer"))
    with looks._interruptible(), pytest.raises(separation.AbandonedError):
        looks._look(window)
    assert not reached
