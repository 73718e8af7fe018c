"""The sounds of ``docs/debugging.md``: ``python -m tests.debugging_examples FOLDER`` writes them.

Each is a good sound with one fault in it, made from a seed, so that anybody can repeat what the page shows.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.audio import Audio, write
from core.drill.good import band, drums_alone, pad, voice_alone
from core.faults import blind, injections


def _injected(inject):
    return lambda: inject(band(), np.random.default_rng(7))


def _turned(gain_db: float):
    return lambda: _like(band().samples * 10 ** (gain_db / 20))


def _stems() -> dict[str, Audio]:
    parts = {"drums": drums_alone(), "other": pad(), "vocals": voice_alone()}
    frames = min(part.frames for part in parts.values())
    return {
        name: _like(0.4 * np.broadcast_to(part.samples[:frames], (frames, 2))) for name, part in parts.items()
    }


def _mix(without: str = ""):
    return lambda: _like(sum(stem.samples for name, stem in _stems().items() if name != without))


def _like(samples) -> Audio:
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), 44_100)


SOUNDS: dict[str, Callable[[], Audio]] = {
    "good.wav": band,
    "silent.wav": _injected(injections.zeros),
    "quiet.wav": _turned(-60.0),
    "crushed.wav": _injected(blind.crushed(18.0)),
    "clipped.wav": _injected(injections.clipped(6.0)),
    "noisy.wav": _injected(blind.noise(1.0, 0.5)),
    "humming.wav": _injected(blind.hum(50.0, 0.0)),
    "thin.wav": _injected(injections.inverted),
    "mix.wav": _mix(),
    "mix-without-drums.wav": _mix("drums"),
    "today.wav": _turned(-3.0),
    **{f"stems/{name}.wav": (lambda name=name: _stems()[name]) for name in ("drums", "other", "vocals")},
}


def write_examples(folder: Path) -> None:
    """Write every sound under a folder."""
    for name, make in SOUNDS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, make())


if __name__ == "__main__":
    write_examples(Path(sys.argv[1]))
