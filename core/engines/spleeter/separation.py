"""Four stems from Spleeter's two, block by block, so that memory does not grow with the song.

All four masks are parts of one, so the stems add up to what went in. Vocals and accompaniment are
Spleeter's (soft masks of its two networks). The accompaniment is then split by rule: what is wide in frequency
and short in time is drums (median filtering: Fitzgerald, DAFx 2010), what is left below a crossover is bass,
the rest is other. That is an approximation, and is labelled so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from core.engines.spleeter.network import UNet
from core.progress import Report

RATE = 44_100
FFT = 4096
HOP = 1024
BINS = 1024
"""Bins that the networks see, up to 11 kHz; above, each stem gets its mean mask."""
FRAMES = 512
"""Frames of one block: 11.9 s."""
STEMS = ("vocals", "drums", "bass", "other")
TARGET_RMS = 0.1
"""-20 dBFS: the networks depend on the level they were trained at."""
BASS_HZ = 150.0
MEDIAN = 17

Samples = npt.NDArray[np.float32]


def separate(song: Samples, networks: Mapping[str, UNet], report: Report) -> dict[str, Samples]:
    """Return four stems (frames, 2) of a stereo song (frames, 2) at 44.1 kHz, which add up to it."""
    frames = song.shape[0]
    count = math.ceil((frames + FFT) / HOP) + 1
    blocks = math.ceil(count / FRAMES)
    padded = np.zeros((2, (blocks * FRAMES - 1) * HOP + FFT), np.float32)
    padded[:, FFT - HOP : FFT - HOP + frames] = song.T
    out = {name: np.zeros_like(padded) for name in STEMS}
    rms = float(np.sqrt(np.mean(np.square(song, dtype=np.float64))))
    gain = TARGET_RMS / rms if rms > 0 else 1.0
    window = torch.hann_window(FFT)
    for block in range(blocks):
        report(block / blocks, f"Block {block + 1} of {blocks}")
        start = block * FRAMES * HOP
        stop = start + (FRAMES - 1) * HOP + FFT
        _separate_block(
            padded[:, start:stop], networks, gain, window, [o[:, start:stop] for o in out.values()]
        )
    # Hann squared at 75 % overlap adds up to 1.5 everywhere but in the padding.
    place = slice(FFT - HOP, FFT - HOP + frames)
    return {name: (sound[:, place].T / np.float32(1.5)).astype(np.float32) for name, sound in out.items()}


@torch.inference_mode()
def _separate_block(
    block: Samples, networks: Mapping[str, UNet], gain: float, window: Tensor, out: list[Samples]
) -> None:
    """Add one block's stems into ``out``, views of the stems' arrays."""
    spectrum = torch.stft(torch.from_numpy(block), FFT, HOP, window=window, center=False, return_complex=True)
    magnitude = spectrum.abs()
    seen = magnitude[:, :BINS].permute(0, 2, 1)[None] * gain
    power = {name: network(seen)[0].square() for name, network in networks.items()}
    vocals = _whole_band((power["vocals"] + 5e-11) / (sum(power.values()) + 1e-10))
    rest = 1.0 - vocals
    drums = _percussive(magnitude * rest) * rest
    low = rest - drums
    bass = low * _below_crossover()[None, :, None]
    for mask, target in zip((vocals, drums, bass, low - bass), out, strict=True):
        _add(spectrum * mask, window, target)


def _whole_band(mask: Tensor) -> Tensor:
    """Extend a mask (2, frames, BINS) to all bins by its mean: (2, bins, frames)."""
    mask = mask.permute(0, 2, 1)
    above = mask.mean(dim=1, keepdim=True).expand(2, FFT // 2 + 1 - BINS, mask.shape[2])
    return torch.cat([mask, above], dim=1)


def _percussive(magnitude: Tensor) -> Tensor:
    """Soft mask of what is short in time, from the two channels' mean magnitude (2, bins, frames)."""
    mono = magnitude.mean(dim=0)[: BINS + BINS // 2]
    half = MEDIAN // 2
    steady = functional.pad(mono[None], (half, half), mode="reflect")[0].unfold(1, MEDIAN, 1)
    short = functional.pad(mono.T[None], (half, half), mode="reflect")[0].unfold(1, MEDIAN, 1)
    harmonic = steady.median(dim=2).values.square()
    percussive = short.median(dim=2).values.T.square()
    mask = percussive / (harmonic + percussive + 1e-10)
    above = mask[-BINS // 4 :].mean(dim=0, keepdim=True).expand(FFT // 2 + 1 - mask.shape[0], mask.shape[1])
    return torch.cat([mask, above])[None]


def _below_crossover() -> Tensor:
    """Weight of each bin in the bass: 1 below the crossover, an octave of raised cosine, then 0."""
    hz = torch.arange(FFT // 2 + 1) * (RATE / FFT)
    octaves = torch.log2(torch.clamp(hz, min=1.0) / BASS_HZ).clamp(0.0, 1.0)
    return 0.5 + 0.5 * torch.cos(math.pi * octaves)


def _add(spectrum: Tensor, window: Tensor, target: Samples) -> None:
    """Overlap-add a block's inverse transform into ``target`` (2, samples)."""
    sounds = torch.fft.irfft(spectrum, n=FFT, dim=1) * window[None, :, None]
    size = (1, target.shape[1])
    whole = functional.fold(sounds, size, kernel_size=(1, FFT), stride=(1, HOP))
    target += whole[:, 0, 0].numpy()
