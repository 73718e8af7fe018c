"""A limit of a check as a row: where it is written, its published value, and what is said on either side.

A row builds its case with the reading it is about set to a value, and everything else far from any limit. The
value is read from the constant once, when the table is imported, so that a check that decides by another
number is noticed; :attr:`Limit.published` is written out, so that a changed constant is noticed as well.
"""

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from core.audio import Audio
from core.checks import coarse, waveform
from core.checks.coarse import CoarseReading
from core.checks.waveform import Waveform
from core.contract import Case, Check, Sound, WholeCheck
from core.measure import Measurement
from core.meter import features

RATE = 1_000
"""A block of the waveform is one frame at this rate: its arrays are written down directly."""

READINGS = Measurement(
    duration_s=10.0,
    sample_rate=44_100,
    channels=2,
    integrated_lufs=-20.0,
    momentary_max_lufs=-18.0,
    short_term_max_lufs=-19.0,
    loudness_range_lu=5.0,
    true_peak_dbtp=-6.0,
    sample_peak_dbfs=-6.0,
    rms_dbfs=-20.0,
    crest_db=14.0,
    plr_db=14.0,
    psr_min_db=8.0,
    dc_offset=0.0,
    nonfinite_samples=0,
    clipped_runs=0,
    silent_fraction=0.0,
    longest_silence_s=0.0,
    tail_silence_s=0.0,
    correlation=0.5,
    channel_balance_db=0.0,
    spectral_flatness=0.1,
)
"""Those of music that no check objects to."""


@dataclass(frozen=True)
class Limit:
    """A constant that decides, with a case just under it and one just over it."""

    check: type[Check] | type[WholeCheck]
    constant: str
    """``peaks.TRUE_PEAK_DBTP``, ``dynamics.CrestLoss.warn_db``, ``coarse.TOGGLES[0][1]``."""
    published: float
    step: float | tuple[float, float]
    """How far under and over; ``(-1, 0)`` for a count that decides from itself on."""
    answer: Callable[[float], str]
    """What the check says of a case with this value: :func:`said`, or :func:`cause`."""
    under: str
    over: str
    """How the answer begins, on either side."""
    value: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", read_constant(self.constant))

    @property
    def sides(self) -> tuple[tuple[float, str], tuple[float, str]]:
        """The value just under and the one just over, with what is said of each."""
        under, over = self.step if isinstance(self.step, tuple) else (-self.step, self.step)
        return (self.value + under, self.under), (self.value + over, self.over)

    def __str__(self) -> str:
        return f"{self.check.name}-{self.constant}"


def read_constant(path: str) -> float:
    """Return a number of ``core.checks`` by its path."""
    module, *names = re.split(r"\.(?![\d.]*\])", path.split("[", maxsplit=1)[0])
    found: Any = importlib.import_module(f"core.checks.{module}")
    for name in names:
        found = getattr(found, name)
    for key in re.findall(r"\[([^\]]+)\]", path):
        found = found[float(key) if isinstance(found, dict) else int(key)]
    return float(found)


def quiet(seconds=10.0, *, channels=2, rate=RATE):
    """A sound of which only its form matters; its readings are written down beside it."""
    return Audio(np.zeros((round(seconds * rate), channels), dtype=np.float32), rate)


def wave(*sides, rate=RATE):
    """A sound of these channels."""
    return Audio(np.stack(sides, axis=1).astype(np.float32), rate)


def sound(audio=None, name="song", **readings):
    """A sound with these readings, whatever its samples are."""
    audio = audio or quiet()
    form = {"duration_s": audio.duration_s, "sample_rate": audio.sample_rate, "channels": audio.channels}
    return Sound(name, audio, READINGS.model_copy(update={**form, **readings}))


def give(read, audio, reading):
    """Have this be what is read of a sound, in place of its samples."""
    read.known[audio] = {((), ()): reading}


def shaped(seconds=10.0, *, channels=2, **arrays):
    """A sound with these arrays of its waveform, one value for each millisecond; a number is a total."""
    audio = quiet(seconds, channels=channels)
    blocks = audio.frames
    none = np.zeros((channels, blocks), dtype=np.uint8)
    counts = dict.fromkeys(
        ("tops", "rails", "rail_runs", "rail_alike", "wraps_down", "wraps_up"),
        none,
    )
    shares = {name: np.zeros(channels) for name in ("flat_share", "top_share")}
    runs = {name: np.zeros(channels, dtype=np.int64) for name in ("longest_run", "longest_run_start")}
    shape = Waveform(
        size=1,
        sample_rate=RATE,
        peak=np.full((channels, blocks), 0.5, dtype=np.float32),
        bend=np.zeros((channels, blocks), dtype=np.float32),
        **counts,
        **shares,
        **runs,
    )
    given = {
        name: _counted(value, blocks, channels) if name in counts else value for name, value in arrays.items()
    }
    give(waveform.waveform, audio, replace(shape, **given))
    return audio


def _counted(value, blocks, channels):
    """That many, spread evenly over the first channel."""
    if not np.isscalar(value):
        return value
    out = np.zeros((channels, blocks), dtype=np.uint8)
    out[0] = np.diff(np.floor(np.linspace(0, float(value) + 1e-6, blocks + 1)))
    return out


def levels_db(*stretches, seconds=10.0, channels=2):
    """A waveform that peaks at 0 dB but for stretches (start in s, stop in s, dB, channel or none)."""
    peak = np.ones((channels, round(seconds * RATE)), dtype=np.float32)
    for start_s, stop_s, level_db, *only in stretches:
        peak[only or slice(None), round(start_s * RATE) : round(stop_s * RATE)] = 10 ** (level_db / 20)
    return shaped(seconds, channels=channels, peak=peak)


def featured(audio=None, **groups):
    """A sound whose features are these: of each group only what is asked."""
    audio = audio or quiet()
    found = features.features(audio)
    for name, group in groups.items():
        vars(found)[name] = SimpleNamespace(**group) if isinstance(group, dict) else group
    return audio


def valued(audio, **reading):
    """The same sound, whose values read as coarse or held as this."""
    fine = {"levels": 100_000, "coarse": False, "held": 0.0, "drawn": False}
    give(coarse.coarse_reading, audio, CoarseReading(**{**fine, **reading}))
    return audio


def case_of(one, **more):
    return Case(more.pop("stage", "stage"), {one.name: one}, **more)


def answer_of(check, one, **more):
    case = one if isinstance(one, Case) else case_of(one, **more)
    if isinstance(check, WholeCheck):
        return check.examine_all(case)
    return check.examine(next(iter(case.outputs.values())), case)


def said(check, one, **more):
    """How bad a check finds a sound, or a case; "unasked" when it gives no answer."""
    found = answer_of(check(), one, **more)
    return "unasked" if found is None else found.severity.value


def cause(check, one, **more):
    """The likeliest cause that a check names."""
    found = answer_of(check(), one, **more)
    return "unasked" if found is None else (*found.causes, "none")[0]


def reached(reading, wanted, low, high):
    """The size between two at which a reading that rises or falls with it has a value, by bisection."""
    rises = reading(high) > reading(low)
    for _ in range(24):
        middle = (low + high) / 2
        if (reading(middle) < wanted) == rises:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@cache
def noise(frames, seed=0):
    """White noise of RMS 0.1."""
    return 0.1 * np.random.default_rng(seed).standard_normal(frames)


def unlike(samples, other):
    """As loud as another sound, and without anything in common with it."""
    left = samples - other * (samples @ other) / (other @ other)
    return left * np.sqrt((other @ other) / (left @ left))


SECOND = noise(RATE)
OTHER = unlike(noise(RATE, seed=1), SECOND)
"""As loud, and without anything in common with it."""
