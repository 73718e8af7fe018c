"""The waveform: int8 peaks drawn on a canvas, with a player, zoom, keyboard and the findings' time spans.

A column travels as two int8 codes, the square root of amplitude over the lane's top, with its sign: one
code near full scale is 1.6 percent, and -80 dBFS is still drawn on the decibel scale.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.contract import Finding, Severity
from core.studio import Studio
from core.ui.keys import hashed
from core.ui.media import preview_url

MAX_COLUMNS = 2_000
MAX_LOUDNESS_POINTS = 3_000
LOUDNESS_LOW = -70.0
LOUDNESS_SPAN = 75.0
NOT_FINITE = -128

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "gainstage_wave",
    html=(_HERE / "wave.html").read_text(encoding="utf-8"),
    css=(_HERE / "wave.css").read_text(encoding="utf-8"),
    js="\n".join(
        (_HERE / name).read_text(encoding="utf-8") for name in ("wave_picture.js", "wave_player.js")
    ),
)


@dataclass(frozen=True)
class Lane:
    """One row of the waveform: a channel, or a whole stem."""

    label: str
    peaks: str
    top: float
    """Amplitude of the tallest code; 1.0 unless the sound goes over full scale."""


@dataclass(frozen=True)
class Reduction:
    """Gain taken away over time, positive decibels, one value each ``hop_s``."""

    values_db: tuple[float, ...]
    hop_s: float


def wave(
    studio: Studio,
    key: str,
    *,
    name: str,
    place: str,
    duration_s: float,
    findings: Sequence[Finding] = (),
    reduction: Reduction | None = None,
) -> None:
    """Draw the sound ``key`` with its channels as lanes and a player that loads when it is first asked to.

    ``place`` tells apart two waveforms of the same sound on one page, such as a mix passed on untouched.
    """
    lanes, loudness, hop_s = _drawn(studio, key)
    wanted = f"play:{key}"
    _component(
        key=f"wave_{hashed(place, name, key)}",
        data=_sent(
            {
                "id": key,
                "label": f"Waveform of {name}, {duration_s:.1f} seconds",
                "seconds": max(duration_s, 0.001),
                "lanes": [vars(lane) for lane in lanes],
                "lane_px": 110 if len(lanes) == 1 else max(40, 150 // len(lanes)),
                "spans": _spans(findings, {name: None}),
                "loudness": loudness,
                "reduction": vars(reduction) if reduction is not None else None,
                "hop": hop_s,
                "playable": True,
                "url": preview_url(studio, key) if st.session_state.get(wanted) else None,
            }
        ),
        on_play_change=partial(st.session_state.__setitem__, wanted, True),
    )


def overview(
    studio: Studio,
    sounds: Sequence[tuple[str, str]],
    *,
    place: str,
    duration_s: float,
    findings: Sequence[Finding] = (),
) -> None:
    """Draw several sounds, ``(name, key)``, as lanes under each other; each is played from its own panel."""
    lanes = [Lane(name, *_whole(studio, key)) for name, key in sounds]
    _component(
        key=f"overview_{hashed(place, *(text for sound in sounds for text in sound))}",
        data=_sent(
            {
                "id": ":".join(key for _, key in sounds),
                "label": f"Waveforms of {', '.join(name for name, _ in sounds)}",
                "seconds": max(duration_s, 0.001),
                "lanes": [vars(lane) for lane in lanes],
                "lane_px": 46,
                "spans": _spans(findings, {name: lane for lane, (name, _) in enumerate(sounds)}),
                "loudness": None,
                "reduction": None,
                "hop": 0.1,
                "playable": False,
                "url": None,
            }
        ),
        on_play_change=lambda: None,
    )


def encode_peaks(low: npt.NDArray[np.float32], high: npt.NDArray[np.float32]) -> tuple[str, float]:
    """Return one channel's envelope (columns,) as base64 codes, and the amplitude of code 127.

    A column with a non-finite sample becomes -128.
    """
    low, high = _thinned(low, np.fmin), _thinned(high, np.fmax)
    broken = ~(np.isfinite(low) & np.isfinite(high))
    low, high = np.where(broken, 0, low), np.where(broken, 0, high)
    top = max(1.0, float(np.max(np.abs([low, high]), initial=0.0)))
    codes = np.empty((low.size, 2), np.int8)
    codes[:, 0] = np.where(broken, NOT_FINITE, _code(low, top))
    codes[:, 1] = _code(high, top)
    return base64.b64encode(codes.tobytes()).decode("ascii"), top


def encode_loudness(momentary_lufs: npt.NDArray[np.float32], hop_s: float) -> tuple[str | None, float]:
    """Return momentary loudness as a byte a value (0 is none, else -70 to +5 LUFS) and the hop in seconds."""
    if not np.isfinite(momentary_lufs).any():
        return None, hop_s
    step = -(-momentary_lufs.size // MAX_LOUDNESS_POINTS)
    values = momentary_lufs[step - 1 :: step]
    scaled = np.clip((values - LOUDNESS_LOW) / LOUDNESS_SPAN, 0, 1) * 254 + 1
    codes = np.where(np.isfinite(values), np.round(np.nan_to_num(scaled)), 0).astype(np.uint8)
    return base64.b64encode(codes.tobytes()).decode("ascii"), hop_s * step


@st.cache_data(max_entries=256, show_spinner=False)
def _drawn(_studio: Studio, key: str) -> tuple[tuple[Lane, ...], str | None, float]:
    picture = _studio.picture(key)
    channels = picture.low.shape[1]
    names = {1: ("",), 2: ("L", "R")}.get(channels, tuple(str(n + 1) for n in range(channels)))
    lanes = []
    for channel, label in enumerate(names):
        peaks, top = encode_peaks(picture.low[:, channel], picture.high[:, channel])
        lanes.append(Lane(label, peaks, top))
    loudness, hop_s = encode_loudness(picture.momentary_lufs, picture.hop_s)
    return tuple(lanes), loudness, hop_s


@st.cache_data(max_entries=256, show_spinner=False)
def _whole(_studio: Studio, key: str) -> tuple[str, float]:
    picture = _studio.picture(key)
    return encode_peaks(picture.low.min(axis=1), picture.high.max(axis=1))


def _code(amplitude: npt.NDArray[np.float32], top: float) -> npt.NDArray[np.float32]:
    away_from_zero = np.ceil(np.sqrt(np.minimum(1.0, np.abs(amplitude) / top)) * 127 - 0.5)
    return np.asarray(np.sign(amplitude) * away_from_zero, dtype=np.float32)


def _thinned(values: npt.NDArray[np.float32], gather: Any) -> npt.NDArray[np.float32]:
    """Return at most MAX_COLUMNS values, each the extreme of its group; a NaN in a group stays."""
    step = -(-values.size // MAX_COLUMNS)
    if step <= 1:
        return values
    starts = np.arange(0, values.size, step)
    thin = gather.reduceat(values, starts)
    holed = np.logical_or.reduceat(~np.isfinite(values), starts)
    return np.asarray(np.where(holed, np.nan, thin), dtype=np.float32)


def _sent(data: Mapping[str, Any]) -> dict[str, str]:
    """Return data as one text: Streamlit would import pandas to look for tables among lists."""
    return {"json": json.dumps(data)}


def _spans(findings: Sequence[Finding], lanes: Mapping[str, int | None]) -> list[dict[str, Any]]:
    """Return the stretches to mark; ``lanes`` maps a sound's name to its lane, None for all of them."""
    return [
        {
            "start": span.start_s,
            "stop": span.stop_s,
            "severity": finding.severity.value,
            "text": finding.evidence,
            "lane": lanes.get(finding.artifact),
        }
        for finding in findings
        if finding.severity is not Severity.OK and finding.artifact in ("", *lanes)
        for span in finding.spans
    ]
