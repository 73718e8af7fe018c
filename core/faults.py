"""The fault catalogue: the ways in which a chain goes wrong, each of which can be injected into a good sound.

A fault says what happened, by what evidence it can be known, and which check is to name it first. The drill
and the tests inject every one of them; nothing here is ever part of making a song.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core import injections
from core.contract import Severity
from core.injections import Inject


class Evidence(StrEnum):
    """What must be known to catch a fault."""

    BLIND = "blind"
    """The sound alone shows it."""
    IN_OUT = "in-out"
    """It shows against what went in."""
    PROMISE = "promise"
    """It shows against the settings, the plan and what the stage promised."""
    PROVENANCE = "provenance"
    """Only who made the sound, and how, shows it."""


@dataclass(frozen=True)
class Fault:
    """One way for a stage to deliver the wrong sound."""

    name: str
    title: str
    happened: str
    """What went wrong in the chain, in one sentence."""
    evidence: Evidence
    caught_by: tuple[str, ...]
    """Names of the checks that may name it first."""
    inject: Inject
    """Returns the sound as the fault leaves it; the same for the same state of the generator."""
    severity: Severity = Severity.FAIL
    """How bad those checks find it at least."""


FAULTS: tuple[Fault, ...] = (
    Fault(
        "zeros",
        "Silence instead of an error",
        "An engine raised, the code caught it and returned zeros of the right length.",
        Evidence.BLIND,
        ("not_silent",),
        injections.zeros,
    ),
    Fault(
        "near_silence",
        "Near silence",
        "Nothing but noise at -80 dBFS was made.",
        Evidence.BLIND,
        ("near_silent",),
        injections.hiss,
    ),
    Fault(
        "near_silence_lifted",
        "Near silence, lifted",
        "Noise at -80 dBFS was peak-normalised to -1 dBFS.",
        Evidence.BLIND,
        ("not_noise",),
        injections.lifted,
    ),
    Fault(
        "nan_everywhere",
        "All NaN",
        "Half-precision arithmetic overflowed in the model.",
        Evidence.BLIND,
        ("finite",),
        injections.all_nan,
    ),
    Fault(
        "nan_one",
        "One NaN",
        "One sample is no number; most filters would spread it over the rest.",
        Evidence.BLIND,
        ("finite",),
        injections.one(float("nan")),
    ),
    Fault(
        "inf_one",
        "One infinity",
        "A division by zero left one infinite sample.",
        Evidence.BLIND,
        ("finite",),
        injections.one(float("inf")),
    ),
    Fault(
        "constant",
        "Constant -1",
        "NaN was written as 16-bit integers, every one of which is -32768.",
        Evidence.BLIND,
        ("not_stuck",),
        injections.stuck,
    ),
    Fault(
        "dc_offset",
        "DC offset",
        "The wave swings around 0.05 instead of zero.",
        Evidence.BLIND,
        ("dc_offset",),
        injections.offset,
    ),
    Fault(
        "half_length",
        "Half the length",
        "Stereo pairs were counted as frames and the second half was cut off.",
        Evidence.PROMISE,
        ("length",),
        injections.half,
    ),
    Fault(
        "double_length",
        "Twice the length",
        "The sound was joined to itself.",
        Evidence.PROMISE,
        ("length",),
        injections.double,
    ),
    Fault(
        "silent_tail",
        "Silence at the end",
        "The engine stopped half-way and the rest was padded with zeros.",
        Evidence.BLIND,
        ("silent_tail",),
        injections.tail,
    ),
    Fault(
        "gap",
        "A gap of two seconds",
        "A chunk failed and zeros took its place.",
        Evidence.BLIND,
        ("gaps",),
        injections.gap(2.0),
    ),
    Fault(
        "dropout",
        "A dropout of 40 ms",
        "A buffer ran empty.",
        Evidence.BLIND,
        ("gaps",),
        injections.gap(0.04),
    ),
    Fault(
        "click",
        "A click",
        "One frame was written over.",
        Evidence.BLIND,
        ("clicks",),
        injections.spike,
    ),
    Fault(
        "mono_collapse",
        "Stereo lost",
        "The channels were averaged and copied back to both.",
        Evidence.IN_OUT,
        ("width",),
        injections.mono,
    ),
    Fault(
        "dead_channel",
        "One dead channel",
        "Only one channel was filled.",
        Evidence.BLIND,
        ("dead_channel",),
        injections.dead,
    ),
    Fault(
        "inverted_channel",
        "One channel inverted",
        "A sign was lost in one channel: in mono the song cancels itself.",
        Evidence.BLIND,
        ("phase",),
        injections.inverted,
    ),
    Fault(
        "hard_clipping",
        "Hard clipping",
        "The sum went 6 dB over full scale into integers.",
        Evidence.BLIND,
        ("flat_tops",),
        injections.clipped(6.0),
    ),
    Fault(
        "clipping_attenuated",
        "Clipping, turned down",
        "Clipped 6 dB over full scale, then lowered by 10 dB: no sample is near full scale any more.",
        Evidence.BLIND,
        ("flat_tops",),
        injections.clipped(6.0, after_db=-10.0),
    ),
    Fault(
        "tanh_6_db",
        "tanh drive at +6 dB",
        "The incident's mastering over a sum 6 dB too hot: no limit of level shows it, the change does.",
        Evidence.IN_OUT,
        ("crest_loss",),
        injections.saturated(6.0),
        Severity.WARN,
    ),
    Fault(
        "tanh_12_db",
        "tanh drive at +12 dB",
        "The incident's mastering over a sum 12 dB too hot.",
        Evidence.IN_OUT,
        ("crest_loss",),
        injections.saturated(12.0),
    ),
    Fault(
        "wrong_rate_label",
        "Wrong rate label",
        "Samples made at 32 kHz are labelled 44.1 kHz: too fast, too high, too short.",
        Evidence.PROMISE,
        ("length",),
        injections.mislabelled,
    ),
    Fault(
        "integers_as_floats",
        "Integers taken for floats",
        "16-bit values were not divided by 32768.",
        Evidence.BLIND,
        ("scale",),
        injections.as_integers,
    ),
    Fault(
        "divided_twice",
        "Scaled down twice",
        "Floats were divided by 32768 as if they were integers.",
        Evidence.BLIND,
        ("not_silent", "near_silent"),
        injections.divided_twice,
    ),
)


def fault(name: str) -> Fault:
    """Return the fault of that name; raises KeyError."""
    return {one.name: one for one in FAULTS}[name]
