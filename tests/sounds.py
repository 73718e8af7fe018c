"""Good sounds for tests, and short ways to have them judged; the sounds themselves are the drill's."""

from __future__ import annotations

from core.contract import Case, Contract, Sound, judge
from core.drill.controls import CONTROLS
from core.drill.good import (  # noqa: F401 - named by tests as sounds.band and so on
    GOOD,
    RATE,
    SECONDS,
    band,
    chiptune,
    drums_alone,
    fade,
    lone_square,
    looped,
    lopsided,
    made,
    metal,
    movements,
    near_mono,
    old_mono,
    pad,
    quiet_intro,
    real_pause,
    sixteen_bit,
    sparse_piano,
    stop_time,
    sub_bass,
    surf,
    voice_alone,
    wide,
)
from core.measure import measure

__all__ = ["CONTROLS", "GOOD", "RATE", "SECONDS", "made"]


def sound(audio, name="song"):
    """A measured sound, as a check is given it."""
    return Sound(name, audio, measure(audio))


def case(audio, name="song", stage="generate", **more):
    """A case of one delivered sound."""
    return Case(stage=stage, outputs={name: sound(audio, name)}, **more)


def findings(audio, checks, **more):
    """What a contract of these checks finds, worst first."""
    return judge(Contract(tuple(checks)), case(audio, **more))


def wrong(found):
    """The names and severities of the findings that say something is wrong: neither ok nor a note."""
    return [(f.check, f.severity.value) for f in found if f.severity.value not in ("ok", "note")]
