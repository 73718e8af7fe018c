"""A song goes through Demucs' networks window by window, so that memory does not grow with its length.

What comes out is what ``demucs.apply.apply_model`` makes of the whole song, but for rounding: the same
windows, the same normalisation over the song, the same fades. Passes (shifts, and the networks of a bag) go
side by side in time rather than one after the other, so that what is finished can be given away.
"""

from __future__ import annotations

import math
import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from core.engines.child import let_go
from core.engines.demucs.loading import Model
from core.engines.demucs.windows import Window, plan, share
from core.engines.shared.streaming import Samples, clock
from core.errors import EngineError, EngineMemoryError
from core.machine.resources import cores, memory
from core.progress import Report

MOST_AT_ONCE = 4
"""Windows that are looked at side by side; more cores than that help within a window."""
LOOK_BYTES = 250e6
"""Memory that a look of 7.8 s at 44.1 kHz takes, whatever the network."""
CHANNEL_BYTES = 16e6
"""What it takes besides for each channel of the network; the published ones have 48."""
LOOK_FRAMES = 343_980
POLL_S = 0.25
"""How often a cancel is looked for."""
SUMMED_FRAMES = 1 << 20


@dataclass(frozen=True)
class Level:
    """What turns a song's samples into the networks' scale."""

    mean: float
    deviation: float


class AbandonedError(Exception):
    """Raised inside a network whose result nobody waits for any more."""


def level_of(song: Samples) -> Level:
    """Return the mean and the standard deviation of the song's channels' mean, as Demucs takes them."""
    count, total, squares = song.shape[0], 0.0, 0.0
    for start in range(0, count, SUMMED_FRAMES):
        mono = np.asarray(song[start : start + SUMMED_FRAMES]).mean(axis=1, dtype=np.float64)
        total += float(mono.sum())
        squares += float(np.dot(mono, mono))
        let_go(song)
    mean = total / count
    variance = max(0.0, squares - count * mean * mean) / max(1, count - 1)
    return Level(mean, math.sqrt(variance) + 1e-8)


def separate(
    model: Model, song: Samples, shifts: int, overlap: float, seed: int, report: Report
) -> Iterator[npt.NDArray[np.float32]]:
    """Yield the stems' next samples (stems, n, 2) until the song (frames, 1 or 2) is over.

    ``song``: at the model's rate. Raises EngineError when the networks compute what is no number; what
    ``report`` raises ends the work within a layer of a network, and the model stays usable.
    """
    level = level_of(song)
    windows = plan(song.shape[0], model.windows, model.sample_rate, shifts, overlap, seed)
    sums = np.zeros((len(model.sources), 2, max(model.windows)), np.float32)
    base = 0
    telling = _Telling(report)
    looks = _Looks(model, song, level, overlap)
    for done, (window, stems) in enumerate(looks.in_order(windows, telling)):
        first = max(0, window.start)
        if first > base:
            # Every window that is still to come starts here or later.
            yield _finished(sums, first - base, level)
            base = first
        kept = stems[:, :, first - window.start :]
        sums[:, :, : kept.shape[2]] += kept
        let_go(song)
        at_s = (base + kept.shape[2]) / model.sample_rate
        place = f"{clock(at_s)} of {clock(song.shape[0] / model.sample_rate)}"
        telling.tell((done + 1) / len(windows), place)
    yield _finished(sums, song.shape[0] - base, level)


def _finished(sums: npt.NDArray[np.float32], count: int, level: Level) -> npt.NDArray[np.float32]:
    """Return the first ``count`` samples (stems, count, 2) at the song's level, and move the rest up."""
    out = sums[:, :, :count] * np.float32(level.deviation) + np.float32(level.mean)
    rest = sums.shape[2] - count
    sums[:, :, :rest] = sums[:, :, count:].copy()
    sums[:, :, rest:] = 0.0
    return np.ascontiguousarray(out.transpose(0, 2, 1))


class _Telling:
    """The report, and what was reported last, to be sent again while a network works."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._last = (0.0, "Separating")

    def tell(self, fraction: float, message: str) -> None:
        self._last = (fraction, message)
        self._report(fraction, message)

    def again(self) -> None:
        self._report(*self._last)


class _Looks:
    """Runs the networks over windows, a few at once."""

    def __init__(self, model: Model, song: Samples, level: Level, overlap: float) -> None:
        self._model = model
        self._song = song
        self._level = level
        self._overlap = overlap
        self._abandoned = threading.Event()

    def in_order(
        self, windows: Sequence[Window], telling: _Telling
    ) -> Iterator[tuple[Window, npt.NDArray[np.float32]]]:
        """Yield each window with what it adds to the stems (stems, 2, frames), one after the other."""
        most = _at_once(self._model, len(windows))
        torch.set_num_threads(max(1, cores() // min(most, cores())))
        most = _within_memory(self._model, most)
        with self._interruptible(), ThreadPoolExecutor(most) as pool:
            waiting: deque[tuple[Window, Future[npt.NDArray[np.float32]]]] = deque()
            left = iter(windows)
            try:
                for _ in windows:
                    while len(waiting) <= most and (window := next(left, None)) is not None:
                        waiting.append((window, self._begun(pool, window)))
                    window, future = waiting.popleft()
                    yield window, _awaited(future, telling)
            finally:
                self._abandoned.set()
                pool.shutdown(wait=True, cancel_futures=True)

    def _begun(self, pool: ThreadPoolExecutor, window: Window) -> Future[npt.NDArray[np.float32]]:
        try:
            return pool.submit(self._look, window)
        except RuntimeError as error:
            raise EngineMemoryError(
                "Demucs cannot start another thread.",
                causes=("memory is short, or the system allows this process no more threads",),
                remedy="Close what else uses the memory, and try again.",
                detail=str(error),
            ) from error

    def _look(self, window: Window) -> npt.NDArray[np.float32]:
        model, size = self._model, self._model.windows[window.network]
        # A short last window is filled up with the song on both sides, or silence beyond it.
        lead = (size - window.frames) // 2
        chunk = self._around(window.start - lead, size).to(model.device)
        with torch.inference_mode():
            stems = model.networks[window.network](chunk[None])[0]
        own = stems[:, :, lead : lead + window.frames].float().cpu().numpy()
        if not np.isfinite(own).all():
            raise EngineError(
                f"Demucs computed values that are not numbers at {window.start / model.sample_rate:.1f} s.",
                causes=(
                    f"the model {model.name} overflows in {model.precision} on {model.device}",
                    "its weights are damaged",
                ),
                remedy="Download the model again, or choose another separator.",
            )
        weights = np.array(model.shares[window.network], np.float32)[:, None, None]
        out: npt.NDArray[np.float32] = own * (weights * share(window, size, self._overlap))
        return out

    def _around(self, start: int, frames: int) -> Tensor:
        """Return the normalised song (2, frames) from ``start`` on, silent where there is no song."""
        first, last = max(0, start), min(self._song.shape[0], start + frames)
        out = np.zeros((2, frames), np.float32)
        if last > first:
            piece = (np.asarray(self._song[first:last]) - self._level.mean) / self._level.deviation
            out[:, first - start : last - start] = piece.T
        return torch.from_numpy(out)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let every layer ask first whether its result is still wanted."""

        def ask(*_: Any) -> None:
            if self._abandoned.is_set():
                raise AbandonedError

        with ExitStack() as hooks:
            for network in dict.fromkeys(self._model.networks):
                for layer in _layers(network):
                    hooks.callback(layer.register_forward_pre_hook(ask).remove)
            yield


def _layers(network: nn.Module) -> Iterator[nn.Module]:
    """Yield the large layers of HTDemucs, through which a sound goes one after the other."""
    for name, part in network.named_modules():
        if re.fullmatch(r"t?(encoder|decoder)\.\d+|crosstransformer\.layers(_t)?\.\d+", name):
            yield part


def _awaited(future: Future[npt.NDArray[np.float32]], telling: _Telling) -> npt.NDArray[np.float32]:
    """Return the result, asking every now and then whether to go on."""
    while not wait([future], POLL_S).done:
        telling.again()
    return future.result()


def _at_once(model: Model, windows: int) -> int:
    """Return how many windows to look at side by side; depends on nothing that changes between two runs."""
    return 1 if model.device != "cpu" else max(1, min(MOST_AT_ONCE, cores(), windows))


def _within_memory(model: Model, most: int) -> int:
    """Return how many of them fit into the memory that is free, at least one."""
    free = memory().available
    if free is None or model.device != "cpu":
        return most
    sizes = [
        window / LOOK_FRAMES * (LOOK_BYTES + CHANNEL_BYTES * int(network.channels))
        for window, network in zip(model.windows, model.networks, strict=True)
    ]
    return max(1, min(most, int(free // max(sizes))))
