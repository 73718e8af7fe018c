"""Faults of what an engine made: its own account of it shows them, and at times nothing else does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.audio import Audio
from core.contract import Severity
from core.faults import blind
from core.faults.model import Delivery, Evidence, Fault
from core.stages.base import Output

FAINT_DBFS = -75.0
ULTRASONIC_RATE = 96_000
STEP = 2.0**-15
"""One step of 16-bit samples."""


def _lifted_music(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Music that peaks at -75 dBFS is rounded to 16 bit and lifted to -1 dBFS; the engine reports it."""
    audio = delivery.output.sounds[delivery.target]
    faint = audio.samples * (10 ** (FAINT_DBFS / 20) / np.abs(audio.samples).max())
    rounded = np.round(faint / STEP + rng.uniform(-0.5, 0.5, faint.shape)) * STEP
    lifted = rounded * (0.89 / np.abs(rounded).max())
    promise = replace(delivery.output.promise, peak_before_normalising_dbfs=FAINT_DBFS)
    return replace(delivery.with_sound(Audio(lifted.astype(np.float32), audio.sample_rate)), promise=promise)


def _untrained(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Random weights made noise of it; their file says that they are random."""
    audio = delivery.output.sounds[delivery.target]
    noise = 0.1 * rng.standard_normal(audio.samples.shape)
    promise = replace(delivery.output.promise, engine_untrained=True)
    return replace(delivery.with_sound(Audio(noise.astype(np.float32), audio.sample_rate)), promise=promise)


def _over_full_scale(delivery: Delivery, rng: np.random.Generator) -> Output:
    """Float samples that peak at +6 dBFS."""
    audio = delivery.output.sounds[delivery.target]
    return delivery.with_sound(
        Audio(audio.samples * np.float32(2.0 / np.abs(audio.samples).max()), audio.sample_rate)
    )


def _ultrasonic(delivery: Delivery, rng: np.random.Generator) -> Output:
    """A song at 96 kHz, with a line of 30 kHz 10 dB under the music."""
    audio = delivery.output.sounds[delivery.target].resampled(ULTRASONIC_RATE)
    promise = replace(delivery.output.promise, sample_rate=ULTRASONIC_RATE)
    return replace(delivery.with_sound(blind.whine(30_000.0, -10.0)(audio, rng)), promise=promise)


MADE_FAULTS: tuple[Fault, ...] = (
    Fault(
        "faint_and_lifted",
        "Next to nothing, lifted by the engine",
        "The engine's own result peaked at -75 dBFS, and it normalised that before it answered.",
        Evidence.PROVENANCE,
        ("level_before_normalising",),
        "next to nothing and lifted it",
        stages=("generate",),
        befalls=_lifted_music,
    ),
    Fault(
        "untrained",
        "Random weights",
        "A checkpoint of random weights was named, and noise is all it makes.",
        Evidence.PROVENANCE,
        ("not_noise", "trained"),
        "random weights",
        severity=Severity.WARN,
        stages=("generate",),
        befalls=_untrained,
    ),
    Fault(
        "over_full_scale",
        "Over full scale",
        "Floats peak 6 dB over full scale: whole as they are, and cut off by whoever saves them as integers.",
        Evidence.BLIND,
        ("true_peak",),
        "more level than full scale",
        severity=Severity.WARN,
        stages=("generate",),
        befalls=_over_full_scale,
    ),
    Fault(
        "ultrasonic",
        "A line over hearing",
        "At 96 kHz a line of 30 kHz lies 10 dB under the music: nobody hears it, every limiter works for it.",
        Evidence.BLIND,
        ("ultrasonic",),
        "power supply",
        severity=Severity.WARN,
        stages=("generate",),
        befalls=_ultrasonic,
    ),
)
