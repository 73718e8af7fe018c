"""The waveform: peaks drawn on a canvas, with a player, zoom to the sample, a selection and findings.

Zooming in and selecting ask for the visible columns and for the selection's own readings: each waveform is a
fragment, so that nothing else of the page is drawn again.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.contract import Finding, Severity
from core.studio import Studio
from core.ui.keys import hashed
from core.ui.media import codec_of, preview_url
from core.ui.problem import acted
from core.ui.scripts import stub
from core.ui.wave_codes import encode_peaks
from core.ui.wave_span import Edit, fine_view, measured, read_span
from core.ui.wave_spectrogram import spectrogram_view

MAX_LOUDNESS_POINTS = 3_000
LOUDNESS_LOW = -70.0
LOUDNESS_SPAN = 75.0

_component = st.components.v2.component("gainstage_wave", js=stub("wave"))


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
    sample_rate: int,
    findings: Sequence[Finding] = (),
    reduction: Reduction | None = None,
    target_lufs: float | None = None,
    edit: Edit | None = None,
) -> None:
    """Draw the sound ``key`` with its channels as lanes and a player that loads when it is first asked to.

    ``place`` tells apart two waveforms of the same sound on one page, such as a mix passed on untouched;
    ``target_lufs`` is what the sound was to reach, a line over its loudness; ``edit`` edits a selection.
    """
    lanes, loudness, hop_s = _drawn(studio, key)
    _show(
        studio,
        f"wave_{hashed(place, name, key)}",
        ((name, key),),
        {
            "label": f"Waveform of {name}, {duration_s:.1f} seconds",
            "seconds": max(duration_s, 0.001),
            "rate": sample_rate,
            "lanes": [vars(lane) for lane in lanes],
            "lane_px": 110 if len(lanes) == 1 else max(40, 150 // len(lanes)),
            "spans": _spans(findings, {name: None}),
            "loudness": loudness,
            "reduction": vars(reduction) if reduction is not None else None,
            "target": target_lufs,
            "hop": hop_s,
        },
        edit,
    )


def overview(
    studio: Studio,
    sounds: Sequence[tuple[str, str]],
    *,
    place: str,
    duration_s: float,
    sample_rate: int,
    findings: Sequence[Finding] = (),
) -> None:
    """Draw several sounds, ``(name, key)``, as lanes under each other; each is played from its own panel."""
    lanes = [Lane(name, *_whole(studio, key)) for name, key in sounds]
    _show(
        studio,
        f"overview_{hashed(place, *(text for sound in sounds for text in sound))}",
        tuple(sounds),
        {
            "label": f"Waveforms of {', '.join(name for name, _ in sounds)}",
            "seconds": max(duration_s, 0.001),
            "rate": sample_rate,
            "lanes": [vars(lane) for lane in lanes],
            "lane_px": 46,
            "spans": _spans(findings, {name: lane for lane, (name, _) in enumerate(sounds)}),
            "loudness": None,
            "reduction": None,
            "target": None,
            "hop": 0.1,
        },
    )


@st.fragment
def _show(
    studio: Studio,
    place: str,
    sounds: tuple[tuple[str, str], ...],
    data: dict[str, Any],
    edit: Edit | None = None,
) -> None:
    """Draw the component at ``place``; one sound can be played here, several are told apart alone."""
    if acted():
        st.rerun()
    keys = tuple(key for _, key in sounds)
    single = len(sounds) == 1 and place.startswith("wave_")
    wanted = f"play:{keys[0]}"
    codec = st.session_state.get(wanted)
    heat = bool(st.session_state.pop(f"{place}.heat", False))  # The browser keeps it: it is sent once.
    asked = {
        of: read_span(st.session_state.get(f"{place}.{of}"), data["seconds"]) for of in ("view", "select")
    }
    _component(
        key=place,
        data=_sent(
            data
            | {
                "id": ":".join(keys),
                "playable": single,
                "editable": edit is not None,
                "url": preview_url(studio, keys[0], codec) if single and codec else None,
                "fine": fine_view(studio, keys, asked["view"], split=single),
                "spectrogram": spectrogram_view(studio, keys[0], wanted=heat),
                "measured": measured(studio, sounds, asked["select"]),
            }
        ),
        on_play_change=partial(_play, place, wanted),
        on_view_change=partial(_keep, place, "view"),
        on_spectrogram_change=partial(st.session_state.__setitem__, f"{place}.heat", True),
        on_select_change=partial(_keep, place, "select"),
        on_edit_change=partial(_edit, place, edit, data["seconds"]),
    )


def _play(place: str, wanted: str) -> None:
    st.session_state[wanted] = codec_of(st.session_state[place]["play"])


def _keep(place: str, of: str) -> None:
    """Keep what the browser asked for until the next drawing; None for what is no span."""
    sent = st.session_state[place][of]
    if sent:
        st.session_state[f"{place}.{of}"] = json.loads(str(sent))


def _edit(place: str, edit: Edit | None, duration_s: float) -> None:
    sent = st.session_state[place]["edit"]
    match json.loads(str(sent)) if sent and edit else None:
        case [str() as verb, *ends] if edit and (span := read_span(ends, duration_s)):
            edit(verb, span)


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
