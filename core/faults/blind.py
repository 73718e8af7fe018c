"""Faults that the sound alone shows, of any severity; each is a function of a sound and a generator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.audio import Audio
from core.faults import injections
from core.faults.injections import Inject

Wave = npt.NDArray[np.float64]
Rng = np.random.Generator


def tone(hz: float, partials: int = 1, level: float = 0.25, from_share: float = 0.0) -> Inject:
    """Steady partials of one frequency in the music's place, from a share of the length on."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        t, first = _time(audio), round(from_share * audio.frames)
        wave = sum(np.sin(2 * np.pi * hz * k * t + k) / k for k in range(1, partials + 1))
        out = np.repeat(level * np.asarray(wave)[:, None], audio.channels, axis=1)
        out[:first] = audio.samples[:first]
        return _like(audio, out)

    return inject


def noise(slope: float, from_share: float = 0.0, *, enveloped: bool = False) -> Inject:
    """Noise in the music's place from some point on; its power falls as frequency to the ``slope``."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        good, first = _samples(audio), round(from_share * audio.frames)
        spectrum = np.fft.rfft(rng.standard_normal(good.shape), axis=0)
        hz = np.maximum(np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate), 10.0)
        made = np.fft.irfft(spectrum * hz[:, None] ** (-slope / 2), audio.frames, axis=0)
        made *= _rms(good) / _rms(made)
        if enveloped:
            size = audio.sample_rate // 50
            count = audio.frames // size
            level = np.sqrt(np.square(good[: count * size]).reshape(count, -1).mean(axis=1))
            made *= np.interp(np.arange(audio.frames), np.arange(count) * size, level / _rms(good))[:, None]
        return _like(audio, np.concatenate([good[:first], made[first:]]))

    return inject


def stuck_buffer(block_s: float, plays: int, from_share: float = 0.5) -> Inject:
    """A block is written again and again over what follows it."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out, size = _samples(audio), round(block_s * audio.sample_rate)
        at = round(from_share * audio.frames)
        for k in range(1, plays + 1):
            place = out[at + k * size : at + (k + 1) * size]
            place[:] = out[at : at + size][: len(place)]
        return _like(audio, out)

    return inject


def one_loop(block_s: float) -> Inject:
    """One block over and over."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        size, at = round(block_s * audio.sample_rate), audio.frames // 3
        block = _samples(audio)[at : at + size]
        return _like(audio, np.tile(block, (-(-audio.frames // size), 1))[: audio.frames])

    return inject


def planes_as_frames(audio: Audio, rng: Rng) -> Audio:
    """(channels, frames) reshaped to (frames, channels)."""
    return _like(audio, _samples(audio).T.reshape(audio.frames, audio.channels))


def frames_as_planes(audio: Audio, rng: Rng) -> Audio:
    """(frames, channels) reshaped to (channels, frames) and transposed."""
    return _like(audio, _samples(audio).reshape(audio.channels, audio.frames).T)


def float_bits(audio: Audio, rng: Rng) -> Audio:
    """The bits of floats read as 32-bit integers."""
    return _like(audio, np.array(audio.samples).view(np.int32) / 2.0**31)


def unsigned_bytes(audio: Audio, rng: Rng) -> Audio:
    """Unsigned bytes read as signed ones."""
    unsigned = (np.round(_samples(audio) * 127) + 128).astype(np.uint8)
    return _like(audio, unsigned.view(np.int8).reshape(audio.samples.shape) / 128.0)


def coarse(bits: float, gain_db: float = 0.0) -> Inject:
    """Samples rounded to a few bits, and turned down afterwards."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        steps = 2.0 ** (bits - 1)
        return _like(audio, np.round(_samples(audio) * steps) / steps * 10 ** (gain_db / 20))

    return inject


def held(ratio: float) -> Inject:
    """Each sample held for ``ratio`` samples: a change of rate without a filter."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        places = (np.floor(np.arange(audio.frames) / ratio) * ratio).astype(np.int64)
        return _like(audio, _samples(audio)[places])

    return inject


def inverted_part(start_share: float, stop_share: float = 1.0) -> Inject:
    """One channel upside down for a part."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out = _samples(audio)
        out[round(start_share * audio.frames) : round(stop_share * audio.frames), -1] *= -1
        return _like(audio, out)

    return inject


def inverted_bass(under_hz: float) -> Inject:
    """One channel's bass upside down."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        spectrum = np.fft.rfft(_samples(audio), axis=0)
        hz = np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate)
        spectrum[:, -1] *= 1 - 2 / (1 + (hz / under_hz) ** 8)
        return _like(audio, np.fft.irfft(spectrum, audio.frames, axis=0))

    return inject


def last_frames_held(block: int) -> Inject:
    """The last frame of every block repeats the one before it."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out = _samples(audio)
        last = np.arange(block - 1, audio.frames, block)
        out[last] = out[last - 1]
        return _like(audio, out)

    return inject


def block_gains(most_db: float, block: int) -> Inject:
    """Every block at a gain of its own."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        gains = 10 ** (rng.uniform(-most_db, most_db, -(-audio.frames // block)) / 20)
        return _like(audio, _samples(audio) * np.repeat(gains, block)[: audio.frames, None])

    return inject


def hiss(level_db: float) -> Inject:
    """White noise; its level is that against the music's RMS."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        good = _samples(audio)
        noise = rng.standard_normal(good.shape)
        return _like(audio, good + noise * (_rms(good) / _rms(noise)) * 10 ** (level_db / 20))

    return inject


def late_channel(delay_s: float) -> Inject:
    """One channel late by a fixed time."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out, size = _samples(audio), round(delay_s * audio.sample_rate)
        out[:, -1] = np.concatenate([np.zeros(size), out[: audio.frames - size, -1]])
        return _like(audio, out)

    return inject


def whine(hz: float, level_db: float) -> Inject:
    """A steady line; its level is that against the music's RMS."""
    return _added(lambda t: np.sin(2 * np.pi * hz * t), level_db)


def hum(hz: float, level_db: float) -> Inject:
    """The mains and three of its harmonics; the level is that against the music's RMS."""
    return _added(
        lambda t: np.asarray(sum(np.sin(2 * np.pi * hz * k * t + k) / k for k in (1, 2, 3, 5))), level_db
    )


def rumble(hz: float, level_db: float) -> Inject:
    """A slow wave; its level is that against the music's RMS."""
    return _added(lambda t: np.sin(2 * np.pi * hz * t), level_db)


def drifting_offset(swing: float) -> Inject:
    """An offset that wanders from one side to the other."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        ramp = np.linspace(-swing / 2, swing / 2, audio.frames)
        return _like(audio, 0.6 * _samples(audio) + ramp[:, None])

    return inject


def low_pass(hz: float) -> Inject:
    """Nothing over a frequency: a low rate, resampled, or a codec of a low bit rate."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        spectrum = np.fft.rfft(_samples(audio), axis=0)
        spectrum[np.fft.rfftfreq(audio.frames, 1 / audio.sample_rate) > hz] = 0
        return _like(audio, np.fft.irfft(spectrum, audio.frames, axis=0))

    return inject


def stops_short(share: float) -> Inject:
    """Zeros from a share of the length on."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out = _samples(audio)
        out[round(share * audio.frames) :] = 0.0
        return _like(audio, out)

    return inject


def starts_late(share: float) -> Inject:
    """Zeros up to a share of the length."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out = _samples(audio)
        out[: round(share * audio.frames)] = 0.0
        return _like(audio, out)

    return inject


def channel_dropout(seconds: float) -> Inject:
    """The last channel is zero for a while, where the sound is loudest."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        out, size = _samples(audio), round(seconds * audio.sample_rate)
        first = _loudest(out, size)
        out[first : first + size, -1] = 0.0
        return _like(audio, out)

    return inject


def wrapped(over_db: float) -> Inject:
    """The peak lies over full scale, and 16-bit integers wrap around."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        good = _samples(audio)
        turned = np.round(good / (np.abs(good).max() or 1.0) * 10 ** (over_db / 20) * 32_767).astype(np.int64)
        return _like(audio, ((turned + 32_768) % 65_536 - 32_768) / 32_768.0)

    return inject


def crushed(under_db: float) -> Inject:
    """Clipped so far under its own peak, and raised to full level."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        good = _samples(audio)
        ceiling = (np.abs(good).max() or 1.0) * 10 ** (-under_db / 20)
        return _like(audio, np.clip(good / ceiling, -1.0, 1.0) * 0.99)

    return inject


def _added(wave: Callable[[Wave], Wave], level_db: float) -> Inject:
    def inject(audio: Audio, rng: Rng) -> Audio:
        good = _samples(audio)
        line = wave(_time(audio))
        return _like(audio, good + (line / _rms(line) * _rms(good) * 10 ** (level_db / 20))[:, None])

    return inject


def clipped_and_resampled(over_db: float) -> Inject:
    """Driven over full scale and cut off there, turned down by 3 dB, and taken to 48 kHz or 44.1 and back."""

    def inject(audio: Audio, rng: Rng) -> Audio:
        clipped = injections.clipped(over_db, -3.0)(audio, rng)
        between = 44_100 if audio.sample_rate == 48_000 else 48_000
        return _like(audio, clipped.resampled(between).resampled(audio.sample_rate).samples)

    return inject


def _loudest(samples: Wave, size: int) -> int:
    """Return where the loudest stretch of the last channel begins, by steps of its own length."""
    power = np.square(samples[: len(samples) // size * size, -1]).reshape(-1, size).sum(axis=1)
    return int(np.argmax(power)) * size


def _samples(audio: Audio) -> Wave:
    return np.array(audio.samples, dtype=np.float64)


def _time(audio: Audio) -> Wave:
    return np.arange(audio.frames) / audio.sample_rate


def _rms(wave: Wave) -> float:
    return float(np.sqrt(np.mean(np.square(wave)))) or 1.0


def _like(audio: Audio, samples: npt.ArrayLike) -> Audio:
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), audio.sample_rate)
