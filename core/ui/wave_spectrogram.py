"""The spectrogram of a whole sound as a browser draws it: a byte for each column and band."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.audio import Audio
from core.errors import GainstageError
from core.studio import Studio

COLUMNS = 600
ROWS = 112
WINDOW = 4096
WINDOWS_A_COLUMN = 3
LOW_HZ = 40.0
HIGH_HZ = 20_000.0
FLOOR_DB = -100.0


def spectrogram_view(studio: Studio, key: str, *, wanted: bool) -> dict[str, Any] | None:
    """Return the spectrogram of a sound; None when it was not asked for, or the sound is gone."""
    if not wanted:
        return None
    try:
        return _sent(studio, key)
    except GainstageError:
        return None


def spectrogram(audio: Audio) -> npt.NDArray[np.uint8]:
    """Return levels (ROWS, columns), the lowest band first: 0 is -100 dBFS and less, 255 a full-scale sine.

    Bands are spaced by their logarithm. A column is the mean power of three windows within its time, over all
    channels; a band has its strongest bin's level. What is no number counts as zero.
    """
    columns = max(1, min(COLUMNS, audio.frames // 64))
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    scale = 2 / float(window.sum())
    first, last = _bands(audio.sample_rate)
    out = np.empty((ROWS, columns), np.uint8)
    for column in range(columns):
        power = np.zeros(WINDOW // 2 + 1)
        for part in range(WINDOWS_A_COLUMN):
            middle = round((column + (part + 0.5) / WINDOWS_A_COLUMN) * audio.frames / columns)
            spectrum = np.fft.rfft(_windowed(audio, middle, window), axis=0)
            power += np.mean(np.abs(spectrum * scale) ** 2, axis=1) / WINDOWS_A_COLUMN
        strongest = np.array([power[a:b].max() for a, b in zip(first, last, strict=True)])
        level_db = 10 * np.log10(np.maximum(strongest, 1e-12))
        out[:, column] = np.round(np.clip((level_db - FLOOR_DB) / -FLOOR_DB, 0, 1) * 255)
    return out


def _windowed(audio: Audio, middle: int, window: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the samples around ``middle`` under the window; zeros where the sound has none."""
    start = middle - WINDOW // 2
    part = np.zeros((WINDOW, audio.channels), np.float32)
    a, b = max(0, start), min(audio.frames, start + WINDOW)
    if b > a:
        part[a - start : b - start] = np.nan_to_num(audio.samples[a:b], nan=0.0, posinf=0.0, neginf=0.0)
    return part * window[:, None]


def _bands(rate: int) -> tuple[list[int], list[int]]:
    """Return the first bin of each band, and the one after its last; each band has one bin at least."""
    edges_hz = np.geomspace(LOW_HZ, min(HIGH_HZ, rate / 2), ROWS + 1)
    bins = np.minimum(WINDOW // 2, np.round(edges_hz * WINDOW / rate).astype(int))
    first = [int(one) for one in bins[:-1]]
    return first, [max(a + 1, int(b)) for a, b in zip(first, bins[1:], strict=True)]


@st.cache_data(max_entries=32, show_spinner=False)
def _sent(_studio: Studio, key: str) -> dict[str, Any]:
    audio = _studio.audio(key)
    levels = spectrogram(audio)
    return {
        "columns": levels.shape[1],
        "rows": ROWS,
        "low": LOW_HZ,
        "high": min(HIGH_HZ, audio.sample_rate / 2),
        "codes": base64.b64encode(levels.tobytes()).decode("ascii"),
    }
