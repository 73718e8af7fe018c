"""Checks, one file per family; :data:`COMMON` is what every delivered sound is asked, in this order.

The gates come first and each names only itself: what is not finite is not measured further, what is
silent is not asked about its channels.
"""

from __future__ import annotations

from core.checks.channels import BothAlive, InPhase, PromisedChannels, Width
from core.checks.clicks import NoClicks
from core.checks.coarse import FineSamples
from core.checks.crushed import Crushed
from core.checks.dropout import NoDropout
from core.checks.finite import Finite
from core.checks.form import Form
from core.checks.gaps import NoGaps
from core.checks.length import Length, Rate, SilentTail
from core.checks.noise import NotNoise
from core.checks.pauses import LongSilence
from core.checks.peaks import FlatTops, Scale, TruePeak
from core.checks.silence import LevelBeforeNormalising, NearSilent, NotSilent
from core.checks.stuck import NoOffset, NotStuck
from core.checks.wrapped import NoWrap
from core.contract import Check

COMMON: tuple[Check, ...] = (
    Finite(),
    NotSilent(),
    NotStuck(),
    Scale(),
    NearSilent(),
    LevelBeforeNormalising(),
    NotNoise(),
    Rate(),
    Length(),
    PromisedChannels(),
    BothAlive(),
    InPhase(),
    Width(),
    SilentTail(),
    LongSilence(),
    NoGaps(),
    NoDropout(),
    FineSamples(),
    FlatTops(),
    NoWrap(),
    NoClicks(),
    NoOffset(),
    Crushed(),
    TruePeak(),
)

FOREIGN: tuple[Check, ...] = (*COMMON, Form())
"""What a sound is asked that comes from elsewhere and promised nothing."""

__all__ = ["COMMON", "FOREIGN"]
