"""Good sounds: music of many kinds in which nothing is wrong, each a trap for a careless check.

Each is made from a seed with numpy alone, about eight seconds long, and held in memory once. ``GOOD`` names
them all; ``core/drill/controls.py`` tells which fault each is a negative control of.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt

from core.audio import Audio

RATE = 44_100
SECONDS = 8.0
Wave = npt.NDArray[np.float64]
Rng = np.random.Generator


def made(samples: npt.ArrayLike, rate: int = RATE) -> Audio:
    """Float32 Audio of (frames,) or (frames, channels)."""
    array = np.asarray(samples, dtype=np.float32)
    return Audio(array[:, None] if array.ndim == 1 else array, rate)


def _time(seconds: float = SECONDS, rate: int = RATE) -> Wave:
    return np.arange(round(seconds * rate)) / rate


def _peak(samples: Wave, dbfs: float = -3.0) -> Wave:
    peaked: Wave = samples * (10 ** (dbfs / 20) / np.abs(samples).max())
    return peaked


def _pan(mono: Wave, place: float) -> Wave:
    """Constant-power pan, -1 to 1."""
    angle = (place + 1) * np.pi / 4
    panned: Wave = mono[:, None] * np.array([np.cos(angle), np.sin(angle)])
    return panned


def _place(out: Wave, note: Wave, start_s: float) -> None:
    first = round(start_s * RATE)
    last = min(len(out), first + len(note))
    out[first:last] += note[: last - first]


def _string(hz: float, seconds: float, rng: Rng, decay_s: float = 0.6) -> Wave:
    """A struck string: harmonics that die away, the high ones first, after a soft 2 ms attack."""
    t = _time(seconds)
    note = np.zeros(t.size)
    for k in range(1, 13):
        if k * hz < 16_000:
            note += (
                np.sin(2 * np.pi * k * hz * t + rng.uniform(0, 6.28))
                / k**1.3
                * np.exp(-t * (0.6 + k / 3) / decay_s)
            )
    note *= np.minimum(1, t / 0.002) * np.minimum(1, (seconds - t) / 0.03)
    return note


def _noise(seconds: float, rng: Rng, low_hz: float = 20.0, high_hz: float = 18_000.0) -> Wave:
    """Noise in a band, by Fourier transform."""
    count = round(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hz = np.fft.rfftfreq(count, 1 / RATE)
    spectrum[(hz < low_hz) | (hz > high_hz)] = 0
    return np.fft.irfft(spectrum, count)


def _drums(rng: Rng, seconds: float = SECONDS, beat_s: float = 0.5) -> Wave:
    out = np.zeros((round(seconds * RATE), 2))
    t = _time(0.4)
    kick = np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t * 40)))) * np.exp(-t * 12)
    for k in range(int(seconds / beat_s)):
        _place(out, _pan(kick, 0.0), k * beat_s)
        if k % 2:
            hit = _noise(0.25, rng, 200) * np.exp(-_time(0.25) * 22) + 0.4 * np.sin(
                2 * np.pi * 190 * _time(0.25)
            ) * np.exp(-_time(0.25) * 30)
            _place(out, _pan(0.8 * hit, 0.1), k * beat_s)
        for half in (0.0, 0.5):
            hat = _noise(0.08, rng, 6_000) * np.exp(-_time(0.08) * 70)
            _place(out, _pan(0.35 * hat, -0.4), (k + half) * beat_s)
    return out


@cache
def band() -> Audio:
    """Drums, bass, strummed chords and a lead: an ordinary mix in stereo."""
    rng = np.random.default_rng(1)
    out = 0.9 * _drums(rng)
    for k in range(16):
        root = (110.0, 130.8, 98.0, 123.5)[k // 4]
        _place(out, _pan(0.9 * _string(root / 2, 0.5, rng, 0.4), 0.0), k * 0.5)
        for n, ratio in enumerate((1, 1.26, 1.5, 2)):
            _place(out, _pan(0.3 * _string(root * 2 * ratio, 0.9, rng), 0.6 - 0.3 * n), k * 0.5 + 0.01 * n)
        _place(
            out, _pan(0.4 * _string(root * 4 * (1, 1.125, 1.26, 1.5)[k % 4], 0.6, rng), -0.5), k * 0.5 + 0.25
        )
    return made(_peak(out))


@cache
def drums_alone() -> Audio:
    """A drum kit with nothing around it: hard attacks and silence between."""
    return made(_peak(_drums(np.random.default_rng(2))))


@cache
def pad() -> Audio:
    """A held chord of detuned voices, slowly swelling."""
    rng, t = np.random.default_rng(3), _time()
    out = np.zeros((t.size, 2))
    for hz in (110.0, 164.8, 220.0, 277.2, 329.6):
        for _ in range(3):
            wave: Wave = np.zeros(t.size)
            for k in range(1, 8):
                wave += (
                    np.sin(2 * np.pi * k * hz * (1 + 0.002 * rng.standard_normal()) * t + rng.uniform(0, 6))
                    / k**2
                )
            out += _pan(wave, rng.uniform(-0.8, 0.8))
    out *= (0.5 + 0.3 * np.sin(2 * np.pi * 0.2 * t))[:, None] * np.minimum(
        1, np.minimum(t / 0.3, (SECONDS - t) / 0.5)
    )[:, None]
    return made(_peak(out, -6))


@cache
def sparse_piano() -> Audio:
    """Five notes, each left to ring off for seconds."""
    rng = np.random.default_rng(4)
    out = np.zeros((round(12 * RATE), 2))
    for start, hz, place in (
        (0.3, 220, -0.2),
        (2.6, 329.6, 0.1),
        (4.4, 261.6, 0.2),
        (7.5, 174.6, -0.1),
        (9.0, 440, 0.3),
    ):
        _place(out, _pan(_string(hz, 3.0, rng, 0.9), place), start)
    return made(_peak(out, -9))


@cache
def quiet_intro() -> Audio:
    """Three seconds 36 dB down before the band comes in."""
    out = band().samples.astype(float)
    t = np.arange(len(out)) / RATE
    return made(out * np.where(t < 3, 10 ** (-36 / 20), 1.0)[:, None])


@cache
def fade() -> Audio:
    """Fades in and out over three seconds each."""
    out = band().samples.astype(float)
    t = np.arange(len(out)) / RATE
    return made(out * np.clip(np.minimum(t, SECONDS - t) / 3, 0, 1)[:, None] ** 2)


@cache
def real_pause() -> Audio:
    """The band stops and rings off, rests in digital silence, and starts again with a hard attack."""
    out = band().samples.astype(float).copy()
    t = np.arange(len(out)) / RATE
    ring = np.where(t < 3, 1.0, np.exp(-(t - 3) / 0.07))
    ring[(t > 4) & (t < 5)] = 0.0
    return made(out * np.where(t < 5, ring, 1.0)[:, None])


@cache
def stop_time() -> Audio:
    """Hits with cuts between them, each cut closed by a 15 ms fade as an editor makes it."""
    out = band().samples.astype(float).copy()
    t = np.arange(len(out)) / RATE
    for start, stop in ((2.0, 2.4), (3.0, 3.4), (6.0, 7.0)):
        out *= (1 - np.clip(np.minimum((t - start) / 0.015, (stop - t) / 0.002), 0, 1))[:, None]
    return made(out)


@cache
def movements() -> Audio:
    """Two movements with five seconds of silence between them."""
    first, second = sparse_piano().samples[: 5 * RATE].astype(float), band().samples[: 5 * RATE].astype(float)
    first *= np.clip((5 - np.arange(len(first)) / RATE) / 1.5, 0, 1)[:, None] ** 2
    return made(np.concatenate([first, np.zeros((5 * RATE, 2)), second]))


def _pulse(hz: float | Wave, duty: float, t: Wave) -> Wave:
    """A pulse wave without an offset, 2 from bottom to top."""
    return np.where((t * hz) % 1 < duty, 2.0 - 2.0 * duty, -2.0 * duty)


@cache
def chiptune() -> Audio:
    """Two square-wave voices, a 4-bit triangle and shift-register noise, with rests: flat tops by nature."""
    rng, t = np.random.default_rng(5), _time()
    step = (t / 0.125).astype(int)
    lead = np.array([440, 523.25, 659.25, 523.25, 392, 493.9, 587.3, 493.9])[step % 8]
    low = np.array([110, 110, 98, 98])[(step // 8) % 4]
    out = 0.25 * _pulse(lead, 0.5, t) * (step % 8 != 7) + 0.2 * _pulse(lead * 1.5, 0.25, t)
    out += 0.3 * np.round(7.5 * (2 * np.abs(2 * ((t * low) % 1) - 1) - 1)) / 7.5
    out += 0.1 * np.repeat(rng.choice([-1.0, 1.0], t.size // 8 + 1), 8)[: t.size] * (step % 4 == 2)
    return made(_peak(np.repeat(out[:, None], 2, axis=1)))


@cache
def lone_square() -> Audio:
    """One square-wave voice with rests that cut it off: all of it flat, all of it at the extremes."""
    t = _time()
    step = (t / 0.25).astype(int)
    hz = np.array([220, 247, 262, 294, 330, 349, 392, 440])[step % 8]
    return made(0.5 * _pulse(hz, 0.5, t) * ((t / 0.25) % 1 < 0.7))


@cache
def metal() -> Audio:
    """A wall of distorted guitars, double bass drum and cymbals, mastered loud without being clipped flat."""
    rng, t = np.random.default_rng(6), _time()
    out = np.zeros((t.size, 2))
    for side in (-1.0, 1.0):
        chord = sum(
            np.sin(2 * np.pi * hz * (1 + 0.001 * side) * t + rng.uniform(0, 6)) for hz in (82.4, 123.5, 164.8)
        )
        chug = 0.6 + 0.4 * np.abs(np.sin(2 * np.pi * 3 * t))
        driven = np.tanh(6 * chord * chug + 0.3 * rng.standard_normal(t.size))
        spectrum = np.fft.rfft(driven)
        hz = np.fft.rfftfreq(t.size, 1 / RATE)
        out += _pan(np.fft.irfft(spectrum / (1 + (hz / 5_000) ** 4) * (hz > 60), t.size), side * 0.8)
    out += 0.7 * _drums(rng, beat_s=0.2) + 0.08 * np.stack(
        [_noise(SECONDS, rng, 5_000), _noise(SECONDS, rng, 5_000)], 1
    )
    out = _peak(out - out.mean(axis=0), 3)
    out = np.tanh(out) * (1 + 0.02 * np.sin(2 * np.pi * 0.7 * t))[:, None]
    return made(_peak(out - out.mean(axis=0), -1.5))


@cache
def old_mono() -> Audio:
    """A mono recording of the thirties: narrow, hissing, with a soft crackle."""
    rng = np.random.default_rng(7)
    mono = band().samples.astype(float).mean(axis=1)
    spectrum, hz = np.fft.rfft(mono), np.fft.rfftfreq(len(mono), 1 / RATE)
    spectrum[(hz < 150) | (hz > 5_000)] = 0
    out = _peak(np.fft.irfft(spectrum, len(mono)), -6) + 0.01 * _noise(SECONDS, rng, 100, 6_000)
    for at in rng.integers(0, len(out) - 50, 60):
        out[at : at + 40] += 0.02 * rng.standard_normal() * np.hanning(40)
    return made(out)


@cache
def voice_alone() -> Audio:
    """Sung phrases with rests to breathe: a vocal stem."""
    rng, t = np.random.default_rng(8), _time()
    hz = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 4, 2, 0])[(t / 1.0).astype(int) % 8] / 12)
    phase = np.cumsum(hz * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * t))) / RATE
    out = sum(
        np.sin(2 * np.pi * k * phase)
        * (
            np.exp(-(((k * 220 - 700) / 300) ** 2))
            + 0.4 * np.exp(-(((k * 220 - 1_800) / 500) ** 2))
            + 0.1 / k
        )
        for k in range(1, 16)
    )
    phrase = np.clip(np.minimum((t % 2) / 0.06, (1.3 - t % 2) / 0.12), 0, 1)
    return made(_peak(out * phrase + 0.003 * rng.standard_normal(t.size) * (phrase > 0)))


@cache
def sub_bass() -> Audio:
    """A bass around 40 Hz and little else: slow waves whose tops are nearly flat."""
    t = _time()
    phase = 2 * np.pi * np.cumsum(np.array([41.2, 36.7, 49.0, 41.2])[(t / 2).astype(int) % 4]) / RATE
    out = np.sin(phase) * (0.6 + 0.4 * np.sin(2 * np.pi * 0.5 * t) ** 2) + 0.1 * np.sin(2 * phase)
    wide = np.stack([out + 0.05 * np.sin(2 * np.pi * 660 * t), out + 0.05 * np.sin(2 * np.pi * 663 * t)], 1)
    return made(_peak(wide * np.minimum(1, np.minimum(t, SECONDS - t) / 0.05)[:, None]))


@cache
def surf() -> Audio:
    """The band behind waves on a shore: much noise that comes and goes."""
    rng, t = np.random.default_rng(9), _time()
    swell = (0.15 + np.sin(2 * np.pi * 0.15 * t) ** 2)[:, None]
    sea = np.stack([_noise(SECONDS, rng, 60, 12_000), _noise(SECONDS, rng, 60, 12_000)], 1) * swell
    return made(_peak(0.5 * band().samples + 0.15 * sea))


@cache
def sixteen_bit() -> Audio:
    """The band rounded to 16 bits at full scale: single samples reach it, none in a row by clipping."""
    return made(np.round(_peak(band().samples.astype(float), -0.01) * 32_767) / 32_768)


@cache
def near_mono() -> Audio:
    """A mix in which little leaves the middle: correlation 0.99."""
    out = band().samples.astype(float)
    middle = out.mean(axis=1, keepdims=True)
    return made(middle + 0.25 * (out - middle))


@cache
def looped() -> Audio:
    """Two bars of the band, played twice, sample by sample."""
    bars = band().samples[: 4 * RATE]
    return made(np.concatenate([bars, bars]))


@cache
def lopsided() -> Audio:
    """The band with its right side 12 dB down, as early stereo was mixed."""
    return made(band().samples * np.array([1.0, 0.25]))


@cache
def wide() -> Audio:
    """A pad whose two sides have little in common but their key."""
    left, right = pad().samples[:, 0], np.roll(pad().samples[:, 1], RATE // 3)
    return made(0.7 * np.stack([left + 0.1 * right, right + 0.1 * left], axis=1))


GOOD: dict[str, Callable[[], Audio]] = {
    one.__name__: one
    for one in (
        band,
        drums_alone,
        pad,
        sparse_piano,
        quiet_intro,
        fade,
        real_pause,
        stop_time,
        movements,
        chiptune,
        lone_square,
        metal,
        old_mono,
        voice_alone,
        sub_bass,
        surf,
        sixteen_bit,
        near_mono,
        looped,
        lopsided,
        wide,
    )
}
