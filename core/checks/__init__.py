"""Checks, one file per family; :data:`COMMON` is what every delivered sound is asked, in this order.

The gates come first and each names only itself: what is not finite is not measured further, what is
silent is not asked about its channels.
"""

from __future__ import annotations

from core.checks.any_noise import NoNoiseInstead
from core.checks.channels import BothAlive, InPhase, PromisedChannels, Width
from core.checks.clicks import NoClicks
from core.checks.clipped_before import NotClippedBefore
from core.checks.coarse import FineSteps, NotHeld
from core.checks.crushed import Crushed
from core.checks.dropout import NoDropout
from core.checks.edges import WholeEdges
from core.checks.finite import Finite
from core.checks.form import Form
from core.checks.gaps import NoGaps
from core.checks.layout import RightlyRead
from core.checks.length import Length, Rate, SilentTail
from core.checks.lines import NoHum, NoWhine
from core.checks.noise import NotNoise
from core.checks.pauses import LongSilence
from core.checks.peaks import FlatTops, Scale, TruePeak
from core.checks.polarity import BassInPhase, KeepsPolarity, NeitherLate
from core.checks.silence import LevelBeforeNormalising, NearSilent, NotSilent
from core.checks.slow import NoDrift, NoRumble, NothingUltrasonic
from core.checks.stuck import NoOffset, NotStuck
from core.checks.stuck_buffer import NotOneLoop, NotStuckBuffer
from core.checks.tone import NotTone
from core.checks.treble import HasTreble
from core.checks.wrapped import NoWrap
from core.contract import Check

COMMON: tuple[Check, ...] = (
    Finite(),
    NotSilent(),
    NotStuck(),
    Scale(),
    NearSilent(),
    RightlyRead(),
    LevelBeforeNormalising(),
    NotNoise(),
    NoNoiseInstead(),
    NotTone(),
    NotStuckBuffer(),
    NotOneLoop(),
    Rate(),
    Length(),
    PromisedChannels(),
    BothAlive(),
    NeitherLate(),
    InPhase(),
    Width(),
    KeepsPolarity(),
    BassInPhase(),
    SilentTail(),
    LongSilence(),
    NoGaps(),
    NoDropout(),
    FlatTops(),
    NoWrap(),
    WholeEdges(),
    NoClicks(),
    NoOffset(),
    Crushed(),
    TruePeak(),
    FineSteps(),
    NotHeld(),
    NothingUltrasonic(),
    NoWhine(),
    NoHum(),
    NoDrift(),
    NoRumble(),
    HasTreble(),
    NotClippedBefore(),
)

FOREIGN: tuple[Check, ...] = (*COMMON, Form())
"""What a sound is asked that comes from elsewhere."""

OF_A_PROMISE = (LevelBeforeNormalising, Rate, Length, PromisedChannels)
UNPROMISED: tuple[Check, ...] = tuple(one for one in FOREIGN if not isinstance(one, OF_A_PROMISE))
"""The same for a sound of which nobody promised anything."""

__all__ = ["COMMON", "FOREIGN", "UNPROMISED"]
