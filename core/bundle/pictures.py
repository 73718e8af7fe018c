"""A sound as a drawing of its own: waveform, loudness over time and spectrum, in SVG, light and dark."""

from __future__ import annotations

from html import escape

import numpy as np
import numpy.typing as npt

from core.measure import Measurement, Picture

WIDTH, WAVE_HEIGHT, LINE_HEIGHT = 900, 120, 100
LOUDEST, SOFTEST = 0.0, -60.0
STYLE = (
    "svg{background:#fbfbfa;color:#191d23;font:12px system-ui,sans-serif}path{stroke:#0f62c9;fill:none}"
    "@media(prefers-color-scheme:dark){svg{background:#101317;color:#e4e8ee}path{stroke:#4da3ff}}"
)
Curve = npt.NDArray[np.floating]


def picture_svg(picture: Picture, measurement: Measurement, title: str) -> str:
    """Return the drawing; what is not finite is left out of it, and is reported."""
    height = WAVE_HEIGHT + 2 * LINE_HEIGHT + 60
    parts = (
        _text(escape(title) + _readings(measurement), 16),
        f"<g transform='translate(0 24)'><path d='{_wave(picture)}'/></g>",
        _text("Momentary loudness, 0 to -60 LUFS", WAVE_HEIGHT + 40),
        f"<g transform='translate(0 {WAVE_HEIGHT + 46})'>"
        f"<path d='{_line(np.asarray(picture.momentary_lufs))}'/></g>",
        _text("Spectrum, 0 to -60 dB under its highest", WAVE_HEIGHT + LINE_HEIGHT + 56),
        f"<g transform='translate(0 {WAVE_HEIGHT + LINE_HEIGHT + 60})'>"
        f"<path d='{_line(_spectrum(picture))}'/></g>",
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' role='img' "
        f"aria-label='{escape(title, quote=True)}'><style>{STYLE}</style>{''.join(parts)}</svg>"
    )


def _readings(m: Measurement) -> str:
    figures = (("LUFS", m.integrated_lufs), ("dBTP", m.true_peak_dbtp), ("dB crest", m.crest_db))
    return "".join(f" · {value:.1f} {unit}" for unit, value in figures if value is not None)


def _text(text: str, y: int) -> str:
    return f"<text x='8' y='{y}' fill='currentColor'>{text}</text>"


def _wave(picture: Picture) -> str:
    low = np.nan_to_num(picture.low.min(axis=1), posinf=1, neginf=-1)
    high = np.nan_to_num(picture.high.max(axis=1), posinf=1, neginf=-1)
    edges = np.linspace(0, len(low), WIDTH + 1).astype(int)
    strokes, middle = [], WAVE_HEIGHT / 2
    for x in range(WIDTH if len(low) else 0):
        piece = slice(edges[x], max(edges[x] + 1, edges[x + 1]))
        top = middle * (1 - min(1.0, float(high[piece].max(initial=0.0))))
        bottom = middle * (1 - max(-1.0, float(low[piece].min(initial=0.0))))
        strokes.append(f"M{x} {top:.1f}V{max(bottom, top + 0.5):.1f}")
    return "".join(strokes)


def _spectrum(picture: Picture) -> Curve:
    levels = np.asarray(picture.spectrum_db, np.float64)
    finite = levels[np.isfinite(levels)]
    return levels - (float(finite.max()) if finite.size else 0.0)


def _line(values: Curve) -> str:
    """Return a line over the whole width; it is lifted where there is no value."""
    edges = np.linspace(0, len(values), min(WIDTH, len(values)) + 1).astype(int)
    points, down = [], False
    for number in range(len(edges) - 1):
        piece = values[edges[number] : max(edges[number] + 1, edges[number + 1])]
        piece = piece[np.isfinite(piece)]
        if not piece.size:
            down = False
            continue
        level = min(LOUDEST, max(SOFTEST, float(piece.max())))
        y = LINE_HEIGHT * (LOUDEST - level) / (LOUDEST - SOFTEST)
        points.append(f"{'L' if down else 'M'}{number * WIDTH / (len(edges) - 1):.1f} {y:.1f}")
        down = True
    return "".join(points)
