"""The fault catalogue: the ways in which a chain goes wrong, each of which can be injected into a good sound.

A fault says what happened, by what evidence it can be known, and which check is to name it first. The drill
and the tests inject every one of them; nothing here is ever part of making a song.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.contract import Severity

Rng = np.random.Generator
Inject = Callable[[Audio, Rng], Audio]
Wave = npt.NDArray[np.float64]


class Evidence(StrEnum):
    """What must be known to catch a fault."""

    BLIND = "blind"
    """The sound alone shows it."""
    IN_OUT = "in-out"
    """It shows against what went in."""
    PROMISE = "promise"
    """It shows against the settings, the plan and what the stage promised."""
    PROVENANCE = "provenance"
    """Only who made the sound, and how, shows it."""


@dataclass(frozen=True)
class Fault:
    """One way for a stage to deliver the wrong sound."""

    name: str
    title: str
    happened: str
    """What went wrong in the chain, in one sentence."""
    evidence: Evidence
    caught_by: tuple[str, ...]
    """Names of the checks that may name it first."""
    inject: Inject
    """Returns the sound as the fault leaves it; the same for the same state of the generator."""
    severity: Severity = Severity.FAIL
    """How bad those checks find it at least."""


def _zeros(audio: Audio, rng: Rng) -> Audio:
    return _like(audio, np.zeros(audio.samples.shape))


def _hiss(audio: Audio, rng: Rng) -> Audio:
    return _like(audio, _near_silence(audio, rng))


def _lifted(audio: Audio, rng: Rng) -> Audio:
    hiss = _near_silence(audio, rng)
    return _like(audio, hiss * (0.89 / np.abs(hiss).max()))


def _near_silence(audio: Audio, rng: Rng) -> Wave:
    return rng.standard_normal(audio.samples.shape) * 10 ** (-80 / 20)


def _all_nan(audio: Audio, rng: Rng) -> Audio:
    return _like(audio, np.full(audio.samples.shape, np.nan))


def _one(value: float) -> Inject:
    def inject(audio: Audio, rng: Rng) -> Audio:
        out = _copy(audio)
        out[rng.integers(audio.frames), rng.integers(audio.channels)] = value
        return _like(audio, out)

    return inject


def _stuck(audio: Audio, rng: Rng) -> Audio:
    return _like(audio, np.full(audio.samples.shape, -1.0))


def _offset(audio: Audio, rng: Rng) -> Audio:
    out = _copy(audio)
    return _like(audio, out + np.where(out.mean(axis=0) < 0, -0.05, 0.05))


def _half(audio: Audio, rng: Rng) -> Audio:
    return _like(audio, _copy(audio)[: audio.frames // 2])


def _double(audio: Audio, rng: Rng) -> Audio:
    return _like(audio, np.concatenate([_copy(audio), _copy(audio)]))


def _tail(audio: Audio, rng: Rng) -> Audio:
    out = _copy(audio)
    out[round(0.45 * audio.frames) :] = 0.0
    return _like(audio, out)


def _gap(seconds: float) -> Inject:
    def inject(audio: Audio, rng: Rng) -> Audio:
        out = _copy(audio)
        length = min(round(seconds * audio.sample_rate), audio.frames // 3)
        start = _loud_place(audio, rng, length)
        out[start : start + length] = 0.0
        return _like(audio, out)

    return inject


def _spike(audio: Audio, rng: Rng) -> Audio:
    out = _copy(audio)
    at = _calm_place(audio, rng)
    out[at] += 0.9 * np.abs(out).max() * np.where(out[at] < 0, 1.0, -1.0)
    return _like(audio, out)


def _mono(audio: Audio, rng: Rng) -> Audio:
    out = _copy(audio)
    return _like(audio, np.repeat(out.mean(axis=1, keepdims=True), audio.channels, axis=1))


def _dead(audio: Audio, rng: Rng) -> Audio:
    out = _copy(audio)
    out[:, -1] = 0.0
    return _like(audio, out)


def _inverted(audio: Audio, rng: Rng) -> Audio:
    """Invert one of two channels that agree, as those of most songs do."""
    out = _copy(audio)
    middle = out.mean(axis=1)
    out[:, 0] = 0.7 * middle + 0.3 * out[:, 0]
    out[:, -1] = -(0.7 * middle + 0.3 * out[:, -1])
    return _like(audio, out)


def _clipped(drive_db: float, after_db: float = 0.0) -> Inject:
    def inject(audio: Audio, rng: Rng) -> Audio:
        driven = np.clip(_full_scale(audio) * 10 ** (drive_db / 20), -1.0, 1.0)
        return _like(audio, driven * 10 ** (after_db / 20))

    return inject


def _saturated(drive_db: float) -> Inject:
    """The incident's mastering, 0.99 tanh(0.95 x), over a sum that is this far over full scale."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        return _like(audio, 0.99 * np.tanh(0.95 * _full_scale(audio) * 10 ** (drive_db / 20)))

    return inject


def _mislabelled(audio: Audio, rng: Rng) -> Audio:
    made_at = round(audio.sample_rate * 32_000 / 44_100)
    return Audio(audio.resampled(made_at).samples, audio.sample_rate)


def _as_integers(audio: Audio, rng: Rng) -> Audio:
    return _like(audio, np.round(_copy(audio) * 32_768.0))


def _divided_twice(audio: Audio, rng: Rng) -> Audio:
    return _like(audio, _copy(audio) / 32_768.0)


def _copy(audio: Audio) -> Wave:
    return audio.samples.astype(np.float64)


def _like(audio: Audio, samples: npt.NDArray[np.floating]) -> Audio:
    return Audio(samples.astype(np.float32), audio.sample_rate)


def _full_scale(audio: Audio) -> Wave:
    """Return the sound with its peak at full scale."""
    out = _copy(audio)
    return out / max(float(np.abs(out).max()), 1e-9)


def _calm_place(audio: Audio, rng: Rng) -> int:
    """Return a frame where the sound plays and no attack would mask a click: among the calmer 100 ms."""
    size = max(1, audio.sample_rate // 10)
    pieces = _copy(audio)[: audio.frames // size * size].reshape(-1, size, audio.channels)[1:-1]
    power = np.square(pieces).mean(axis=(1, 2))
    bends = np.abs(np.diff(pieces, 2, axis=1)).max(axis=(1, 2))
    plays = power > 0.1 * power.mean()
    calm = np.flatnonzero(plays & (bends <= np.median(bends[plays])))
    return int((rng.choice(calm) + 1.5) * size)


def _loud_place(audio: Audio, rng: Rng, length: int) -> int:
    """Return a frame, away from the ends, before and after which the sound plays for 20 ms."""
    size = max(1, audio.sample_rate // 50)
    count = audio.frames // size
    power = np.square(_copy(audio)[: count * size].reshape(count, -1)).mean(axis=1)
    loud = power > 0.1 * power.mean()
    ahead = max(1, -(-length // size))
    places = [b for b in range(count // 10 + 1, count - ahead - 1) if loud[b - 1] and loud[b + ahead]]
    block = int(rng.choice(places)) if places else count // 2
    return block * size


FAULTS: tuple[Fault, ...] = (
    Fault(
        "zeros",
        "Silence instead of an error",
        "An engine raised, the code caught it and returned zeros of the right length.",
        Evidence.BLIND,
        ("not_silent",),
        _zeros,
    ),
    Fault(
        "near_silence",
        "Near silence",
        "Nothing but noise at -80 dBFS was made.",
        Evidence.BLIND,
        ("near_silent",),
        _hiss,
    ),
    Fault(
        "near_silence_lifted",
        "Near silence, lifted",
        "Noise at -80 dBFS was peak-normalised to -1 dBFS.",
        Evidence.BLIND,
        ("not_noise",),
        _lifted,
    ),
    Fault(
        "nan_everywhere",
        "All NaN",
        "Half-precision arithmetic overflowed in the model.",
        Evidence.BLIND,
        ("finite",),
        _all_nan,
    ),
    Fault(
        "nan_one",
        "One NaN",
        "One sample is no number; most filters would spread it over the rest.",
        Evidence.BLIND,
        ("finite",),
        _one(float("nan")),
    ),
    Fault(
        "inf_one",
        "One infinity",
        "A division by zero left one infinite sample.",
        Evidence.BLIND,
        ("finite",),
        _one(float("inf")),
    ),
    Fault(
        "constant",
        "Constant -1",
        "NaN was written as 16-bit integers, every one of which is -32768.",
        Evidence.BLIND,
        ("not_stuck",),
        _stuck,
    ),
    Fault(
        "dc_offset",
        "DC offset",
        "The wave swings around 0.05 instead of zero.",
        Evidence.BLIND,
        ("dc_offset",),
        _offset,
    ),
    Fault(
        "half_length",
        "Half the length",
        "Stereo pairs were counted as frames and the second half was cut off.",
        Evidence.PROMISE,
        ("length",),
        _half,
    ),
    Fault(
        "double_length",
        "Twice the length",
        "The sound was joined to itself.",
        Evidence.PROMISE,
        ("length",),
        _double,
    ),
    Fault(
        "silent_tail",
        "Silence at the end",
        "The engine stopped half-way and the rest was padded with zeros.",
        Evidence.BLIND,
        ("silent_tail",),
        _tail,
    ),
    Fault(
        "gap",
        "A gap of two seconds",
        "A chunk failed and zeros took its place.",
        Evidence.BLIND,
        ("gaps",),
        _gap(2.0),
    ),
    Fault(
        "dropout",
        "A dropout of 40 ms",
        "A buffer ran empty.",
        Evidence.BLIND,
        ("gaps",),
        _gap(0.04),
    ),
    Fault(
        "click",
        "A click",
        "One frame was written over.",
        Evidence.BLIND,
        ("clicks",),
        _spike,
    ),
    Fault(
        "mono_collapse",
        "Stereo lost",
        "The channels were averaged and copied back to both.",
        Evidence.IN_OUT,
        ("width",),
        _mono,
    ),
    Fault(
        "dead_channel",
        "One dead channel",
        "Only one channel was filled.",
        Evidence.BLIND,
        ("dead_channel",),
        _dead,
    ),
    Fault(
        "inverted_channel",
        "One channel inverted",
        "A sign was lost in one channel: in mono the song cancels itself.",
        Evidence.BLIND,
        ("phase",),
        _inverted,
    ),
    Fault(
        "hard_clipping",
        "Hard clipping",
        "The sum went 6 dB over full scale into integers.",
        Evidence.BLIND,
        ("flat_tops",),
        _clipped(6.0),
    ),
    Fault(
        "clipping_attenuated",
        "Clipping, turned down",
        "Clipped 6 dB over full scale, then lowered by 10 dB: no sample is near full scale any more.",
        Evidence.BLIND,
        ("flat_tops",),
        _clipped(6.0, after_db=-10.0),
    ),
    Fault(
        "tanh_6_db",
        "tanh drive at +6 dB",
        "The incident's mastering over a sum 6 dB too hot: no limit of level shows it, the change does.",
        Evidence.IN_OUT,
        ("crest_loss",),
        _saturated(6.0),
        Severity.WARN,
    ),
    Fault(
        "tanh_12_db",
        "tanh drive at +12 dB",
        "The incident's mastering over a sum 12 dB too hot.",
        Evidence.IN_OUT,
        ("crest_loss",),
        _saturated(12.0),
    ),
    Fault(
        "wrong_rate_label",
        "Wrong rate label",
        "Samples made at 32 kHz are labelled 44.1 kHz: too fast, too high, too short.",
        Evidence.PROMISE,
        ("length",),
        _mislabelled,
    ),
    Fault(
        "integers_as_floats",
        "Integers taken for floats",
        "16-bit values were not divided by 32768.",
        Evidence.BLIND,
        ("scale",),
        _as_integers,
    ),
    Fault(
        "divided_twice",
        "Scaled down twice",
        "Floats were divided by 32768 as if they were integers.",
        Evidence.BLIND,
        ("not_silent", "near_silent"),
        _divided_twice,
    ),
)


def fault(name: str) -> Fault:
    """Return the fault of that name; raises KeyError."""
    return {one.name: one for one in FAULTS}[name]
