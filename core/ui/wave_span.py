"""A part of a sound for the waveform: columns as fine as the screen, single samples, and its own readings."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.audio import Audio
from core.errors import GainstageError
from core.measure import Measurement, measure
from core.studio import Studio
from core.ui.wave_codes import encode_peaks
from core.ui.words import INFINITE, number

MOST_SAMPLES = 4_000
"""Up to so many frames travel as single samples."""
MOST_COLUMNS = 4_000
LEAST_LOUDNESS_S = 0.4
"""Shorter sounds have no loudness (BS.1770-5, annex 1: gating blocks of 400 ms)."""


@dataclass(frozen=True)
class Span:
    """A part of a sound, in seconds, as the browser asked for it."""

    start_s: float
    stop_s: float

    def frames(self, audio: Audio) -> tuple[int, int]:
        """Return the first frame and the one after the last, within the sound."""
        first = min(audio.frames - 1, max(0, int(self.start_s * audio.sample_rate)))
        last = min(audio.frames, max(first + 1, int(np.ceil(self.stop_s * audio.sample_rate))))
        return first, last


Edit = Callable[[str, Span], None]
"""Called with what was pressed, ``silence``, ``repaint`` or ``lego``, and the selection."""


def read_span(sent: object, duration_s: float) -> Span | None:
    """Return the span of a component's message; None for anything else than two times in order."""
    match sent:
        case [int() | float() as start_s, int() | float() as stop_s] if (
            0 <= start_s < stop_s <= duration_s + 1
        ):
            return Span(float(start_s), float(stop_s))
    return None


def fine_view(
    studio: Studio, keys: tuple[str, ...], span: Span | None, *, split: bool
) -> dict[str, Any] | None:
    """Return the columns of a span for the waveform, or its samples where they are few.

    ``split``: a lane for each channel of the one sound; else one for each sound, over its channels. None when
    nothing was asked for, or a sound's samples are not stored any more and its picture alone is.
    """
    if span is None:
        return None
    try:
        return _fine(studio, keys, span, split=split)
    except GainstageError:
        return None


def measured(studio: Studio, sounds: tuple[tuple[str, str], ...], span: Span | None) -> dict[str, Any] | None:
    """Return the readings of a part of a sound, or of each of several ``(name, key)``, as one line."""
    if span is None:
        return None
    try:
        text = _span_text(studio, sounds, span)
    except GainstageError as error:
        text = error.message
    return {"from": span.start_s, "to": span.stop_s, "text": text}


@st.cache_data(max_entries=32, show_spinner=False)
def _fine(_studio: Studio, keys: tuple[str, ...], span: Span, *, split: bool) -> dict[str, Any]:
    sounds = [_studio.audio(key) for key in keys]
    first, last = span.frames(sounds[0])
    rate = sounds[0].sample_rate
    parts = [np.asarray(sound.samples[first:last]) for sound in sounds]
    lows, highs = (
        ([*parts[0].T], [*parts[0].T]) if split else ([p.min(1) for p in parts], [p.max(1) for p in parts])
    )
    samples = None
    if last - first <= MOST_SAMPLES:
        samples = [_text(np.where(-low > high, low, high)) for low, high in zip(lows, highs, strict=True)]
    lanes = [encode_peaks(low, high, most=MOST_COLUMNS) for low, high in zip(lows, highs, strict=True)]
    step = max(1, -(-(last - first) // MOST_COLUMNS))
    columns = -(-(last - first) // step)
    stop = first + (last - first if samples else columns * step)
    return {
        "from": first / rate,
        "to": stop / rate,
        "lanes": [{"peaks": peaks, "top": top} for peaks, top in lanes],
        "samples": samples,
    }


@st.cache_data(max_entries=64, show_spinner=False)
def _span_text(_studio: Studio, sounds: tuple[tuple[str, str], ...], span: Span) -> str:
    parts = [(name, _part(_studio.audio(key), span)) for name, key in sounds]
    if len(parts) == 1:
        return _readings(parts[0][1])
    return ", ".join(f"{name} {_level(part, measure(part))}" for name, part in parts)


def _part(audio: Audio, span: Span) -> Audio:
    first, last = span.frames(audio)
    return Audio(np.ascontiguousarray(audio.samples[first:last]), audio.sample_rate)


def _readings(part: Audio) -> str:
    reading = measure(part)
    if reading.sample_peak_dbfs is None:
        return "silent"
    texts = [_level(part, reading), f"true peak {number(reading.true_peak_dbtp)} dBTP"]
    texts.append(f"crest factor {number(reading.crest_db)} dB")
    if reading.nonfinite_samples:
        texts.append(f"{reading.nonfinite_samples:,} samples are not numbers")
    return ", ".join(texts)


def _level(part: Audio, reading: Measurement) -> str:
    """Return a part's loudness; its RMS level where it is too short, or too quiet, to have one."""
    if reading.sample_peak_dbfs is None:
        return f"{INFINITE} dBFS"
    if part.duration_s >= LEAST_LOUDNESS_S and reading.integrated_lufs is not None:
        return f"{number(reading.integrated_lufs)} LUFS"
    return f"RMS {number(reading.rms_dbfs)} dBFS"


def _text(values: npt.NDArray[np.float32]) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")
