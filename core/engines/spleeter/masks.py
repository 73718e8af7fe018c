"""The four masks of a block: what part of every bin belongs to vocals, drums, bass and other.

They are parts of one, so the stems add up to what went in. Vocals and accompaniment are Spleeter's (soft
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
STEMS = ("vocals", "drums", "bass", "other")
EPSILON = 1e-10
BASS_HZ = 150.0
"""The bass ends here, and is gone an octave higher."""
MEDIAN = 17
"""Neighbours of the median: 0.4 s in time, 180 Hz in frequency."""
DRUM_BINS = 1536
"""Bins whose drums are told apart one by one, up to 16.5 kHz; those above get the mean of the top ones."""
TOP_BINS = 256


def four_masks(magnitude: Tensor, networks: Mapping[str, UNet]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the masks of vocals, drums, bass and other, each (2, ALL_BINS, frames), which add up to 1.

    ``magnitude``: (2, ALL_BINS, frames) of a sound near -20 dBFS RMS, where the networks were trained.
    """
    seen = magnitude[:, :BINS].permute(0, 2, 1)[None].contiguous(memory_format=torch.channels_last)
    power = {name: network(seen)[0].square() for name, network in networks.items()}
    vocals = _whole_band((power["vocals"] + EPSILON / 2) / (sum(power.values()) + EPSILON))
    rest = 1.0 - vocals
    drums = rest * _percussive(magnitude * rest)
    tonal = rest - drums
    bass = tonal * _below_crossover()[None, :, None]
    return vocals, drums, bass, tonal - bass


def _whole_band(mask: Tensor) -> Tensor:
    """Extend a mask (2, frames, BINS) to all bins by its mean: (2, ALL_BINS, frames)."""
    mask = mask.permute(0, 2, 1)
    above = mask.mean(dim=1, keepdim=True).expand(2, ALL_BINS - BINS, mask.shape[2])
    return torch.cat([mask, above], dim=1)


def _percussive(magnitude: Tensor) -> Tensor:
    """Return the soft mask (1, ALL_BINS, frames) of what is short in time, from both channels' mean."""
    mono = magnitude.mean(dim=0)[:DRUM_BINS]
    steady = running_median(mono, MEDIAN, dim=1).square()
    short = running_median(mono, MEDIAN, dim=0).square()
    mask = short / (steady + short + EPSILON)
    above = mask[-TOP_BINS:].mean(dim=0, keepdim=True).expand(ALL_BINS - DRUM_BINS, mask.shape[1])
    return torch.cat([mask, above])[None]


@cache
def _below_crossover() -> Tensor:
    """Return each bin's weight in the bass: 1 below the crossover, an octave of raised cosine, then 0."""
    hz = torch.arange(ALL_BINS) * (RATE / FFT)
    octaves = torch.log2(torch.clamp(hz, min=1.0) / BASS_HZ).clamp(0.0, 1.0)
    return 0.5 + 0.5 * torch.cos(math.pi * octaves)
