"""What the blind drill draws from: kinds of fault, each with a continuous range of severities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.faults import blind, injections
from core.faults.injections import Inject

Rng = np.random.Generator
Make = Callable[[float, Rng], Inject]
"""Returns the fault of a severity; what else it takes (a frequency, a place) is drawn."""


@dataclass(frozen=True)
class Kind:
    """One kind of fault, and the range that its severity is drawn from."""

    name: str
    unit: str
    mild: float
    bad: float
    """The ends of the range; less than ``mild`` where less is worse."""
    make: Make
    checks: tuple[str, ...]
    """Any of these names it rightly."""
    logarithmic: bool = False

    def severity(self, badness: float) -> float:
        """Return the severity at a badness between 0 (mild) and 1 (bad)."""
        if self.logarithmic:
            return float(self.mild * (self.bad / self.mild) ** badness)
        return self.mild + badness * (self.bad - self.mild)


def _place(rng: Rng, share: float) -> float:
    """Draw where a stretch of that share of the length begins."""
    return float(rng.uniform(0.0, max(0.0, 1.0 - share)))


def _inverted_part(share: float, rng: Rng) -> Inject:
    start = _place(rng, share)
    return blind.inverted_part(start, start + share)


def _tone(share: float, rng: Rng) -> Inject:
    return blind.tone(float(rng.uniform(60.0, 4000.0)), int(rng.integers(1, 4)), from_share=1.0 - share)


def _noise(share: float, rng: Rng) -> Inject:
    return blind.noise(float(rng.uniform(0.0, 2.0)), 1.0 - share, enveloped=bool(rng.integers(2)))


def _stuck(ms: float, rng: Rng) -> Inject:
    plays = int(rng.integers(1, 5))
    return blind.stuck_buffer(ms / 1000 / plays, plays, float(rng.uniform(0.1, 0.8)))


KINDS: tuple[Kind, ...] = (
    Kind("tone", "share of the sound", 0.02, 1.0, _tone, ("tone",)),
    Kind("noise", "share of the sound", 0.02, 1.0, _noise, ("coloured_noise", "not_noise")),
    Kind("stuck buffer", "ms repeated", 2.0, 500.0, _stuck, ("stuck_buffer",), logarithmic=True),
    Kind("coarse samples", "bits", 16.0, 4.0, lambda bits, rng: blind.coarse(bits), ("coarse_samples",)),
    Kind(
        "held samples",
        "samples held",
        1.005,
        4.0,
        lambda ratio, rng: blind.held(ratio),
        ("held_samples",),
        logarithmic=True,
    ),
    Kind("wrapped", "dB over full scale", 0.02, 6.0, lambda db, rng: blind.wrapped(db), ("wrapped",)),
    Kind(
        "hard clipping",
        "dB over full scale",
        0.1,
        12.0,
        lambda db, rng: injections.clipped(db, float(rng.uniform(-12.0, 0.0))),
        ("flat_tops", "crushed"),
    ),
    Kind(
        "clipped, then resampled",
        "dB over full scale",
        0.1,
        12.0,
        lambda db, rng: blind.clipped_and_resampled(db),
        ("clipped_before", "crushed"),
    ),
    Kind(
        "inverted part",
        "share of the sound",
        0.02,
        0.6,
        _inverted_part,
        ("polarity_part", "phase"),
    ),
    Kind(
        "inverted bass", "Hz", 40.0, 300.0, lambda hz, rng: blind.inverted_bass(hz), ("bass_phase", "phase")
    ),
    Kind(
        "late channel",
        "ms",
        0.03,
        20.0,
        lambda ms, rng: blind.late_channel(ms / 1000),
        ("channel_delay",),
        logarithmic=True,
    ),
    Kind(
        "channel dropout",
        "ms",
        1.0,
        500.0,
        lambda ms, rng: blind.channel_dropout(ms / 1000),
        ("channel_dropout",),
        logarithmic=True,
    ),
    Kind(
        "gap",
        "ms",
        1.0,
        1000.0,
        lambda ms, rng: injections.gap(ms / 1000),
        ("gaps", "clicks"),
        logarithmic=True,
    ),
    Kind(
        "whine",
        "dB against the music",
        -60.0,
        -10.0,
        lambda db, rng: blind.whine(float(rng.uniform(2_000.0, 16_000.0)), db),
        ("whine",),
    ),
    Kind(
        "hum",
        "dB against the music",
        -40.0,
        6.0,
        lambda db, rng: blind.hum(float(rng.choice((50.0, 60.0))), db),
        ("hum",),
    ),
    Kind(
        "drifting offset",
        "of full scale",
        0.005,
        0.5,
        lambda swing, rng: blind.drifting_offset(swing),
        ("dc_drift",),
        logarithmic=True,
    ),
    Kind(
        "rumble",
        "dB against the music",
        -30.0,
        6.0,
        lambda db, rng: blind.rumble(float(rng.uniform(2.0, 15.0)), db),
        ("rumble",),
    ),
    Kind("missing treble", "Hz", 16_000.0, 3_000.0, lambda hz, rng: blind.low_pass(hz), ("missing_treble",)),
    Kind(
        "late start",
        "share of the sound",
        0.02,
        0.7,
        lambda share, rng: blind.starts_late(share),
        ("long_silence", "abrupt_edge"),
    ),
    Kind(
        "stopped short",
        "share of the sound",
        0.005,
        0.6,
        lambda share, rng: blind.stops_short(1.0 - share),
        ("silent_tail", "abrupt_edge"),
    ),
)
"""Every kind that has a severity; what either is so or is not (planes read as frames) has none to draw."""
