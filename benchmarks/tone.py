"""The band's tone and width beside produced records: third octaves and side to mid, over eight songs.

The records are six pieces of free game music with metal and electronic production (marsshooter-data and
singularity-music of Debian, 30 s from the middle of every second file), measured by ``bands`` below. What is
measured of the band is the sum of its stems, before any mastering.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from benchmarks.composed import composed
from benchmarks.figure import Figure, show
from core.engines.composer.worker import Worker
from core.song import SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

RATE = 44_100
SONGS = (
    ("warm lo-fi piano about the sea", 1, False),
    ("bossa nova", 2, True),
    ("indie pop about summer", 3, False),
    ("country song about home", 4, False),
    ("synthwave at night in the city", 5, True),
    ("slow ballad about rain", 6, False),
    ("heavy metal about fire", 7, False),
    ("upbeat funk about dancing", 8, False),
)
PRODUCED_DB = {
    40: -15.9, 50: -13.2, 63: -10.9, 80: -11.4, 100: -11.6, 125: -10.8, 160: -13.0, 200: -14.8, 250: -17.5,
    315: -16.4, 400: -17.3, 500: -15.5, 630: -15.7, 800: -14.9, 1000: -13.3, 1250: -14.9, 1600: -15.0,
    2000: -12.8, 2500: -13.8, 3150: -15.6, 4000: -17.7, 5000: -17.8, 6300: -21.0, 8000: -24.4,
    10000: -26.4, 12500: -28.7, 15000: -32.1,
}  # fmt: skip
"""Median level of each third octave against the whole, by its centre in Hz."""
PRODUCED_SIDE_DB = {(500, 2000): -5.6, (2000, 6000): -4.8}
"""Median side to mid."""
_SIZE = 8192
_WALL_DB = 9.0


def run() -> list[Figure]:
    """Play eight songs of 24 s and measure them; about half a minute."""
    thirds, sides, wall = [], [], 0.0
    worker = Worker()
    for prompt, seed, instrumental in SONGS:
        request = SongRequest(prompt=prompt, seed=seed, duration_s=24.0, instrumental=instrumental)
        plan = make_plan(request)
        _, sounds = composed(worker, plan, write_lyrics(plan), RATE)
        third, side = bands(sounds["clip_1"][0])
        thirds.append(third)
        sides.append(side)
        if not instrumental:
            wall = max(wall, steepest_db(sounds["clip_1/vocals"][0]))
    off = np.median(thirds, axis=0) - np.asarray(list(PRODUCED_DB.values()))
    worst = int(np.abs(off).argmax())
    worst_hz = list(PRODUCED_DB)[worst]
    figures = [
        Figure(f"third octave farthest from produced records ({worst_hz} Hz)", abs(off[worst]), "dB", "<= 4")
    ]
    for (low, high), wanted, found in zip(
        PRODUCED_SIDE_DB, PRODUCED_SIDE_DB.values(), np.median(sides, axis=0), strict=True
    ):
        name = f"side to mid, {low} to {high} Hz, against produced records'"
        figures.append(Figure(name, float(found) - wanted, "dB", ">= -2"))
    return [
        *figures,
        Figure("steepest fall of a voice within 500 Hz, 9 to 15 kHz", wall, "dB", f"<= {_WALL_DB:g}"),
    ]


def bands(sound: npt.NDArray[np.float32]) -> tuple[list[float], list[float]]:
    """Return each third octave's level against the whole, and side to mid of two bands, in dB."""
    wide = sound.astype(np.float64)
    middle, side = _spectrum(wide.mean(axis=1)), _spectrum((wide[:, 0] - wide[:, 1]) / 2)
    hertz = np.fft.rfftfreq(_SIZE, 1.0 / RATE)
    both = middle + side
    whole = both[(hertz > 20) & (hertz < 20_000)].sum()
    thirds = []
    for centre in PRODUCED_DB:
        inside = (hertz >= centre * 2 ** (-1 / 6)) & (hertz < centre * 2 ** (1 / 6))
        width = centre * (2 ** (1 / 6) - 2 ** (-1 / 6)) / hertz[1]
        thirds.append(float(10 * np.log10(both[inside].mean() * width / whole)))
    sides = []
    for low, high in PRODUCED_SIDE_DB:
        inside = (hertz >= low) & (hertz < high)
        sides.append(float(10 * np.log10(side[inside].sum() / middle[inside].sum())))
    return thirds, sides


def steepest_db(sound: npt.NDArray[np.float32]) -> float:
    """Return how far the long-term spectrum falls at most from one 500 Hz to the next, 9 to 15 kHz."""
    power = _spectrum(sound.astype(np.float64).mean(axis=1))
    hertz = np.fft.rfftfreq(_SIZE, 1.0 / RATE)
    levels = [
        10 * np.log10(power[(hertz >= low) & (hertz < low + 500)].mean() + 1e-20)
        for low in range(9000, 15_000, 500)
    ]
    return float(max(before - after for before, after in pairwise(levels)))


def _spectrum(wave: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    window = np.hanning(_SIZE)
    frames = [
        np.square(np.abs(np.fft.rfft(wave[at : at + _SIZE] * window)))
        for at in range(0, len(wave) - _SIZE, _SIZE // 2)
    ]
    return np.asarray(np.sum(frames, axis=0))


if __name__ == "__main__":
    show(run())
