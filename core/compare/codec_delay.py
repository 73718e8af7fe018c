"""Stems that an encoder has delayed: it puts samples before the sound, and not every decoder takes them out.

Stems of one song have something in common: a separator leaves a little of each in the others, and a mix among
them holds them all. Where two have, the whitened cross-correlation (GCC-PHAT, Knapp and Carter 1976), summed
over windows, has one sharp peak at their delay. Only delays that encoders leave are reported: others are the
music's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from core.audio import Audio

ENCODERS: Mapping[int, str] = {
    1024: "an AAC encoder",
    1105: "an MP3 encoder and decoder",
    2112: "Apple's AAC encoder",
    2257: "an MP3 encoder and decoder, with the frame of the encoder's own notes",
}
"""Samples that stay before the sound, at the rate that it was encoded at: one frame of AAC (1024), priming
of Apple's encoder (2112), LAME's 576 with a decoder's 529 (1105), and these behind one more frame (2257)."""
ENCODED_HZ = (44_100, 48_000)
WINDOW = 1 << 15
WINDOWS = 40
REACH = 4096
"""Delays up to this are looked at, in frames."""
CLEAR = 12.0
"""A peak is so many times the level of the correlation around it."""
OFF = 1.5
"""Frames that a delay may be beside an encoder's: resampled stems have parts of a frame."""
PRESENT = 1e-6
"""Of the strongest bin's level; below it there is rounding noise, and what a codec left out."""
AUDIBLE = 1e-6

Spectra = npt.NDArray[np.complex64]


@dataclass(frozen=True)
class CodecDelay:
    """How late a stem is."""

    frames: int
    """At the rate of the sounds that were compared."""
    samples: int
    """As the encoder counts them, at ``encoded_hz``."""
    encoded_hz: int
    against: tuple[str, ...]
    """Stems that it has something in common with, and that are not late."""

    @property
    def encoder(self) -> str:
        """What leaves such a delay."""
        return ENCODERS[self.samples]


def encoder_of(delay_s: float, rate: int) -> str:
    """Return which encoder leaves a delay of so many seconds, with its samples; empty when none does."""
    found = _as_encoded(abs(delay_s) * rate, rate, ENCODED_HZ)
    return f"{found[0]:,} samples, as {ENCODERS[found[0]]} leaves" if found else ""


def codec_delays(
    sounds: Mapping[str, Audio], encoded_hz: Mapping[str, int] | None = None
) -> dict[str, CodecDelay]:
    """Return the stems that are late by what an encoder leaves.

    ``sounds``: stems of one rate. ``encoded_hz``: each stem's rate before it was resampled; without it, 44.1
    and 48 kHz are tried. Stems with nothing in common tell nothing, nor do stems that are all equally late.
    """
    rates = {audio.sample_rate for audio in sounds.values()}
    if len(sounds) < 2 or len(rates) > 1:
        return {}
    (rate,) = rates
    spectra = _spectra(sounds)
    hz = {name: (encoded_hz[name],) if encoded_hz else ENCODED_HZ for name in sounds}
    lags = sorted(_lags(spectra), key=lambda found: -found[2])
    late: dict[str, CodecDelay] = {}
    for group in _groups(list(spectra), lags):
        late |= _explained(group, hz, rate)
    return late


def _spectra(sounds: Mapping[str, Audio]) -> dict[str, Spectra]:
    """Return the spectra of each audible stem's windows, of size 1 in each bin that holds something."""
    frames = max(audio.frames for audio in sounds.values())
    starts = np.unique(np.linspace(0, max(0, frames - WINDOW), WINDOWS).astype(int))
    taper = np.hanning(WINDOW)
    found = {}
    for name, audio in sounds.items():
        windows = np.stack([_window(audio, start) for start in starts])
        if np.abs(windows).max() <= AUDIBLE:
            continue
        spectra = np.fft.rfft(taper * windows, axis=1)
        size = np.abs(spectra)
        found[name] = np.where(size > PRESENT * size.max(), spectra / np.maximum(size, 1e-30), 0).astype(
            np.complex64
        )
    return found


def _window(audio: Audio, start: int) -> npt.NDArray[np.float64]:
    """Return a window of a sound in mono, zeros behind its end and for what is no number."""
    piece = np.nan_to_num(audio.samples[start : start + WINDOW], nan=0.0, posinf=0.0, neginf=0.0)
    return np.pad(piece.mean(axis=1, dtype=np.float64), (0, WINDOW - len(piece)))


def _lags(spectra: Mapping[str, Spectra]) -> Iterator[tuple[str, str, float, int]]:
    """Yield pairs with a clear peak: how clear it is, and how many frames later the second is."""
    for first, second in combinations(spectra, 2):
        cross = (np.conj(spectra[first]) * spectra[second]).sum(axis=0, dtype=np.complex128)
        around = np.abs(np.roll(np.fft.irfft(cross, WINDOW), REACH)[: 2 * REACH + 1])
        at = int(np.argmax(around))
        level = math.sqrt(float(np.square(around).mean()))
        if level > 0.0 and around[at] > CLEAR * level:
            yield first, second, float(around[at] / level), at - REACH


def _groups(names: list[str], lags: list[tuple[str, str, float, int]]) -> list[dict[str, int]]:
    """Return the stems that are linked by clear peaks, the clearest first, each with its place in time."""
    group = {name: {name: 0} for name in names}
    for first, second, _, lag in lags:
        if group[first] is group[second]:
            continue
        moved = group[first][first] + lag - group[second][second]
        group[first] |= {name: place + moved for name, place in group[second].items()}
        for name in group[second]:
            group[name] = group[first]
    return list({id(one): one for one in group.values() if len(one) > 1}.values())


def _explained(
    group: Mapping[str, int], hz: Mapping[str, tuple[int, ...]], rate: int
) -> dict[str, CodecDelay]:
    """Return the late stems of a group when every place in it is an encoder's delay or none."""
    earliest = min(group.values())
    places = {name: place - earliest for name, place in group.items()}
    in_time = tuple(name for name, place in places.items() if place <= OFF)
    late = {name: place for name, place in places.items() if name not in in_time}
    found = {name: _as_encoded(place, rate, hz[name]) for name, place in late.items()}
    if not all(found.values()):
        return {}
    return {
        name: CodecDelay(late[name], samples=one[0], encoded_hz=one[1], against=in_time)
        for name, one in found.items()
        if one
    }


def _as_encoded(frames: float, rate: int, tried_hz: tuple[int, ...]) -> tuple[int, int] | None:
    """Return the encoder's delay that ``frames`` at ``rate`` are, with its rate; None for another delay."""
    offs = {
        (samples, hz): abs(samples * rate / hz - frames)
        for samples in ENCODERS
        for hz in sorted(tried_hz, key=lambda hz: hz != rate)
    }
    nearest = min(offs, key=lambda one: offs[one])
    return nearest if offs[nearest] <= OFF else None
