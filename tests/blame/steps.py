"""What a step of somebody's pipeline may do to a sound: the honest work, and every way to break it."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.signal import fftconvolve

from core.audio import Audio
from core.blame.chain import chain_of_takes
from core.blame.take import bundled, take_of
from core.dsp.limiter import limit
from core.dsp.shelves import tilt
from tests import sounds
from tests.fakes import stems_of


def changed(audio, samples, rate=None):
    return Audio(np.ascontiguousarray(samples, dtype=np.float32), rate or audio.sample_rate)


def gain(decibels):
    return lambda audio: changed(audio, audio.samples * 10 ** (decibels / 20))


def full(audio):
    return audio.samples / np.abs(audio.samples).max()


def tanh(drive_db):
    """The incident's mastering over a sum this far over full scale."""
    return lambda audio: changed(audio, 0.99 * np.tanh(0.95 * full(audio) * 10 ** (drive_db / 20)))


def clipped(drive_db):
    return lambda audio: changed(audio, np.clip(full(audio) * 10 ** (drive_db / 20), -1, 1))


def limited(gain_db):
    return lambda audio: limit(changed(audio, full(audio)), gain_db=gain_db, ceiling_dbtp=-1).audio


def equalised(audio):
    return tilt(audio, low_db=3, high_db=-4)


def delayed(frames):
    return lambda audio: changed(audio, np.pad(audio.samples, ((frames, 0), (0, 0))))


def trimmed(frames):
    return lambda audio: changed(audio, audio.samples[frames:])


def zeros(audio):
    return changed(audio, np.zeros_like(audio.samples))


def all_nan(audio):
    return changed(audio, np.full_like(audio.samples, np.nan))


def one_nan(audio):
    samples = audio.samples.copy()
    samples[5_000, 0] = np.nan
    return changed(audio, samples)


def constant(audio):
    return changed(audio, np.full_like(audio.samples, -1.0))


def half(audio):
    return changed(audio, audio.samples[: audio.frames // 2])


def twice(audio):
    return changed(audio, np.concatenate([audio.samples, audio.samples]))


def silent_between(start_s, stop_s):
    def change(audio):
        samples = audio.samples.copy()
        samples[round(start_s * audio.sample_rate) : round(stop_s * audio.sample_rate)] = 0
        return changed(audio, samples)

    return change


def mono(audio):
    return changed(audio, audio.samples.mean(axis=1, keepdims=True))


def mono_in_two(audio):
    return changed(audio, np.repeat(audio.samples.mean(axis=1, keepdims=True), 2, axis=1))


def mislabelled(audio):
    """Made at 32 kHz, labelled 44.1."""
    return Audio(audio.resampled(32_000).samples, 44_100)


def times(left, right):
    return lambda audio: changed(audio, audio.samples * [left, right])


def swapped(audio):
    return changed(audio, audio.samples[:, ::-1])


def with_offset(audio):
    return changed(audio, audio.samples + 0.05)


def as_integers(audio):
    return changed(audio, audio.samples * 32_768)


def in_16_bits(audio):
    return changed(audio, np.round(audio.samples * 32_767) / 32_768)


def resampled(rate):
    return lambda audio: audio.resampled(rate)


def room(audio):
    """A room that is heard, and does not drown the sound."""
    rng = np.random.default_rng(5)
    echo = rng.standard_normal(6_000) * np.exp(-np.arange(6_000) / 1_500) * 0.01
    echo[0] = 1.0
    return changed(audio, fftconvolve(audio.samples, echo[:, None], axes=0)[: audio.frames])


def fade(audio):
    return changed(audio, audio.samples * np.linspace(1, 0, audio.frames)[:, None])


@cache
def stems():
    """Four stems and the song they add up to."""
    parts = stems_of(sounds.band(), 7)
    return dict(parts), parts.sum()


@cache
def take(audio, name):
    return take_of(name, audio)


def chain(*steps):
    """A chain of sounds, or dicts of stems, named raw, two, three ..."""
    names = ("raw", "two", "three", "four", "five")
    return chain_of_takes(
        (name, bundled(name, step) if isinstance(step, dict) else take(step, name))
        for name, step in zip(names, steps, strict=False)
    )


def wrong(link):
    """Names and severities of what is not ok."""
    return {
        finding.check: finding.severity.value for finding in link.findings if finding.severity.value != "ok"
    }
