"""The masks of a block: what part of every bin belongs to vocals, drums, bass and other.

They are parts of one: the stems add up to what went in. Vocals and accompaniment are Spleeter's (soft
masks of its two networks). The accompaniment is then split by rule: what is steep in frequency and short in
time is drums (median filtering: Fitzgerald, DAFx 2010), what is left below a crossover is bass, the rest is
other. That is an approximation, and is labelled so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache

import torch
from torch import Tensor

from core.engines.spleeter.median import running_median
from core.engines.spleeter.network import UNet

RATE = 44_100
FFT = 4096
BINS = 1024
"""Bins that the networks see, up to 11 kHz; above, a stem gets its mean mask ("average" extension)."""
ALL_BINS = FFT // 2 + 1
MASKED = ("vocals", "drums", "bass")
REST = "other"
STEMS = (*MASKED, REST)
EPSILON = 1e-10
BASS_HZ = 150.0
"""The bass ends here, and is gone an octave higher."""
MEDIAN = 17
"""Neighbours of the median: 0.4 s in time, 180 Hz in frequency."""
DRUM_BINS = 1536
"""Bins whose drums are distinguished one by one, up to 16.5 kHz; those above get the mean of the top ones."""
TOP_BINS = 256


def three_masks(magnitude: Tensor, networks: Mapping[str, UNet]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the masks of vocals, drums and bass, each (2, frames, ALL_BINS); what they leave of 1 is other.

    ``magnitude``: (2, frames, ALL_BINS) of a sound near -20 dBFS RMS, where the networks were trained.
    """
    seen = magnitude[None, :, :, :BINS].contiguous(memory_format=torch.channels_last)
    power = {name: network(seen)[0].square() for name, network in networks.items()}
    vocals = _whole_band((power["vocals"] + EPSILON / 2) / (sum(power.values()) + EPSILON))
    rest = 1.0 - vocals
    drums = rest * _percussive(magnitude, rest)
    bass = (rest - drums) * _below_crossover()
    return vocals, drums, bass


def _whole_band(mask: Tensor) -> Tensor:
    """Extend a mask (2, frames, BINS) to all bins by its mean."""
    above = mask.mean(dim=2, keepdim=True).expand(2, mask.shape[1], ALL_BINS - BINS)
    return torch.cat([mask, above], dim=2)


def _percussive(magnitude: Tensor, rest: Tensor) -> Tensor:
    """Return the soft mask (frames, ALL_BINS) of what is short in time, from both channels' mean."""
    mono = (magnitude[:, :, :DRUM_BINS] * rest[:, :, :DRUM_BINS]).mean(dim=0)
    steady = running_median(mono, MEDIAN, dim=0).square_()
    short = running_median(mono, MEDIAN, dim=1).square_()
    mask = short / (steady + short + EPSILON)
    above = mask[:, -TOP_BINS:].mean(dim=1, keepdim=True).expand(mask.shape[0], ALL_BINS - DRUM_BINS)
    return torch.cat([mask, above], dim=1)


@cache
def _below_crossover() -> Tensor:
    """Return each bin's weight in the bass: 1 below the crossover, an octave of raised cosine, then 0."""
    hz = torch.arange(ALL_BINS) * (RATE / FFT)
    octaves = torch.log2(torch.clamp(hz, min=1.0) / BASS_HZ).clamp(0.0, 1.0)
    return 0.5 + 0.5 * torch.cos(math.pi * octaves)
