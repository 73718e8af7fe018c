"""A spectrogram as a PNG file's bytes, written without an image library."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

from core.audio import Audio

WIDTH, HEIGHT = 600, 160
SIZE = 2048
LOWEST_HZ, HIGHEST_HZ = 40.0, 20_000.0
RANGE_DB = 80.0
_STOPS = np.array(
    [[8, 10, 20], [44, 22, 92], [160, 44, 104], [238, 120, 60], [252, 238, 170]], dtype=np.float64
)


def spectrogram_png(audio: Audio, full_db: float) -> bytes:
    """Return 600 x 160 pixels: 40 Hz to 20 kHz upwards, logarithmic; ``full_db`` is the brightest level."""
    levels = _levels(audio) - full_db
    share = np.clip(1.0 + levels / RANGE_DB, 0.0, 1.0) * (len(_STOPS) - 1)
    at = np.arange(len(_STOPS))
    pixels = np.stack([np.interp(share, at, _STOPS[:, c]) for c in range(3)], axis=-1).astype(np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels[::-1])
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", head)
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def loudest_db(audio: Audio) -> float:
    """Return the brightest level of a sound, for two spectrograms of one scale; -80 for silence."""
    return float(max(-RANGE_DB, _levels(audio).max()))


def _levels(audio: Audio) -> npt.NDArray[np.float64]:
    """Return levels in dB, (rows, columns)."""
    from core.meter.transform import rfft

    mono = np.nan_to_num(audio.samples.mean(axis=1), nan=0.0, posinf=0.0, neginf=0.0)
    mono = np.pad(mono, (0, max(0, SIZE - len(mono))))
    starts = np.linspace(0, len(mono) - SIZE, WIDTH).astype(int)
    frames = np.stack([mono[at : at + SIZE] for at in starts]) * np.hanning(SIZE).astype(np.float32)
    power = np.square(np.abs(rfft(frames))).astype(np.float64)
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, HEIGHT + 1) * SIZE / audio.sample_rate
    low = np.minimum((edges[:-1] + 0.5).astype(int), power.shape[1] - 1)
    high = np.maximum(low + 1, np.minimum((edges[1:] + 0.5).astype(int), power.shape[1]))
    sums = np.pad(np.cumsum(power, axis=1), ((0, 0), (1, 0)))
    rows = (sums[:, high] - sums[:, low]) / (high - low)
    rows[:, edges[:-1] >= power.shape[1] - 1] = 0.0
    return np.asarray(10.0 * np.log10(rows.T / (SIZE / 4) ** 2 + 1e-12))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
