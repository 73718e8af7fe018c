"""What the faults of the catalogue do to a good sound; each returns a new one of the same form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.dsp.limiter import limit
from core.measure import measure

Rng = np.random.Generator
Inject = Callable[[Audio, Rng], Audio]
Wave = npt.NDArray[np.float64]


def zeros(audio: Audio, rng: Rng) -> Audio:
    """Nothing but zeros."""
    return _like(audio, np.zeros(audio.samples.shape))


def hiss(audio: Audio, rng: Rng) -> Audio:
    """Noise at -80 dBFS."""
    return _like(audio, _near_silence(audio, rng))


def lifted(audio: Audio, rng: Rng) -> Audio:
    """That noise, peak-normalised to -1 dBFS."""
    hiss = _near_silence(audio, rng)
    return _like(audio, hiss * (0.89 / np.abs(hiss).max()))


def _near_silence(audio: Audio, rng: Rng) -> Wave:
    return rng.standard_normal(audio.samples.shape) * 10 ** (-80 / 20)


def all_nan(audio: Audio, rng: Rng) -> Audio:
    """No sample is a number."""
    return _like(audio, np.full(audio.samples.shape, np.nan))


def one(value: float) -> Inject:
    """One sample has this value."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out = _copy(audio)
        out[rng.integers(audio.frames), rng.integers(audio.channels)] = value
        return _like(audio, out)

    return inject


def stuck(audio: Audio, rng: Rng) -> Audio:
    """Constant -1."""
    return _like(audio, np.full(audio.samples.shape, -1.0))


def offset(audio: Audio, rng: Rng) -> Audio:
    """A DC offset of 0.05 on top of its own."""
    out = _copy(audio)
    return _like(audio, out + np.where(out.mean(axis=0) < 0, -0.05, 0.05))


def half(audio: Audio, rng: Rng) -> Audio:
    """The second half is missing."""
    return _like(audio, _copy(audio)[: audio.frames // 2])


def double(audio: Audio, rng: Rng) -> Audio:
    """The sound twice."""
    return _like(audio, np.concatenate([_copy(audio), _copy(audio)]))


def tail(audio: Audio, rng: Rng) -> Audio:
    """Zeros from 45 % on."""
    out = _copy(audio)
    out[round(0.45 * audio.frames) :] = 0.0
    return _like(audio, out)


def gap(seconds: float) -> Inject:
    """Zeros in place of some seconds, at most a third, where the sound plays."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out = _copy(audio)
        length = min(round(seconds * audio.sample_rate), audio.frames // 3)
        start = _loud_place(audio, rng, length)
        out[start : start + length] = 0.0
        return _like(audio, out)

    return inject


def spike(audio: Audio, rng: Rng) -> Audio:
    """One frame far off, where no attack masks it."""
    out = _copy(audio)
    at = _calm_place(audio, rng)
    out[at] += 0.9 * np.abs(out).max() * np.where(out[at] < 0, 1.0, -1.0)
    return _like(audio, out)


def step(audio: Audio, rng: Rng) -> Audio:
    """From one frame on the wave stands elsewhere, and comes back within 30 ms."""
    out = _copy(audio)
    at = _calm_place(audio, rng)
    frames = min(audio.sample_rate // 30, audio.frames - at)
    jump = 0.6 * np.abs(out).max() * np.where(out[at] < 0, 1.0, -1.0)
    out[at : at + frames] += np.cos(np.linspace(0, np.pi / 2, frames))[:, None] ** 2 * jump
    return _like(audio, out)


def mono(audio: Audio, rng: Rng) -> Audio:
    """The mean of the channels in each."""
    out = _copy(audio)
    return _like(audio, np.repeat(out.mean(axis=1, keepdims=True), audio.channels, axis=1))


def dead(audio: Audio, rng: Rng) -> Audio:
    """Zeros in the last channel."""
    out = _copy(audio)
    out[:, -1] = 0.0
    return _like(audio, out)


def inverted(audio: Audio, rng: Rng) -> Audio:
    """Change the sign of the last channel."""
    out = _copy(audio)
    out[:, -1] *= -1.0
    return _like(audio, out)


def clipped(drive_db: float, after_db: float = 0.0) -> Inject:
    """Raised to full scale, driven, cut off there, and turned by ``after_db``."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        driven = np.clip(_full_scale(audio) * 10 ** (drive_db / 20), -1.0, 1.0)
        return _like(audio, driven * 10 ** (after_db / 20))

    return inject


def saturated(drive_db: float) -> Inject:
    """The incident's mastering, 0.99 tanh(0.95 x), over a sum that is this far over full scale."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        return _like(audio, 0.99 * np.tanh(0.95 * _full_scale(audio) * 10 ** (drive_db / 20)))

    return inject


def brickwalled(plr_db: float) -> Inject:
    """Limited harder and harder until the peaks are so near to the loudness, which is then given back."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        before = measure(audio)
        peak_dbfs, loudness = before.sample_peak_dbfs or 0.0, before.integrated_lufs or -70.0
        for drive_db in range(6, 49, 3):
            crushed = limit(audio, gain_db=drive_db - peak_dbfs, ceiling_dbtp=-1.0, release_s=0.02).audio
            after = measure(crushed)
            if (after.plr_db or 0.0) <= plr_db:
                break
        gain_db = loudness - (after.integrated_lufs or loudness)
        return _like(audio, _copy(crushed) * 10 ** (gain_db / 20))

    return inject


def at_32_khz(audio: Audio, rng: Rng) -> Audio:
    """The same sound at 32 kHz, rightly labelled."""
    return audio.resampled(32_000)


def folded(audio: Audio, rng: Rng) -> Audio:
    """One channel, the mean of all."""
    return _like(audio, _copy(audio).mean(axis=1, keepdims=True))


def mislabelled(audio: Audio, rng: Rng) -> Audio:
    """Resampled to 32 kHz for 44.1, the label unchanged."""
    made_at = round(audio.sample_rate * 32_000 / 44_100)
    return Audio(audio.resampled(made_at).samples, audio.sample_rate)


def as_integers(audio: Audio, rng: Rng) -> Audio:
    """Times 32768."""
    return _like(audio, np.round(_copy(audio) * 32_768.0))


def divided_twice(audio: Audio, rng: Rng) -> Audio:
    """Divided by 32768."""
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
