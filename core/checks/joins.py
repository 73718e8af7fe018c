"""Whether clips were joined without a click and without a dip, in -> out.

What should sound at a join is worked out from the clips themselves (:mod:`core.checks.join_view`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.checks.join_view import SONG, Join, correlation, final_fade_frames, joins_of, ratio_db
from core.contract import Case, Check, Finding, Severity, Sound, Span

Wave = npt.NDArray[np.float64]

_BLOCK = 32
"""Frames over which the shares of the two clips hardly change."""


@dataclass(frozen=True)
class JoinClick(Check):
    """Nothing in a join that neither clip holds: no step, no spike.

    In blocks of 32 frames the song must be some share of the one clip and some share of the other; what
    is left over is a click when it is more than ``share`` of the clips' level there.
    """

    name: ClassVar[str] = "join_click"
    unasked: ClassVar[str] = "for a sound without joins"
    share: float = 0.1
    floor_dbfs: float = -60.0
    """What is left over below this is never a click."""

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at every join of one sound."""
        joins = joins_of(sound, case, margin=2 * _BLOCK)
        if not joins:
            return None
        found = [(*self._left_over(join), join) for join in joins]
        excess, left_dbfs, at_s, _ = max(found, key=lambda one: one[0])
        severity = Severity.FAIL if excess > 1 else Severity.OK
        evidence = (
            f"{sound.name}: at {at_s:.3f} s a join holds {left_dbfs:.0f} dBFS that is in neither clip, "
            f"{excess * self.share:.1%} of their level (limit {self.share:.0%})."
        )
        return self.rated(
            severity,
            evidence,
            sound,
            causes=("the clips were butted together without a crossfade", "samples were lost at the join"),
            remedy="Make the song again with a crossfade of 0.05 s or more.",
            spans=tuple(
                Span(start_s=round(at, 4), stop_s=round(at + _BLOCK / sound.audio.sample_rate, 4))
                for value, _, at, _ in found
                if value > 1
            ),
        )

    def _left_over(self, join: Join) -> tuple[float, float, float]:
        """Return the worst block of one join: its excess (1 at the limit), what is left in dBFS, and when."""
        if join.out.shape[0] < _BLOCK:
            return 0.0, -120.0, join.start_s
        leaving, coming = (_blocks(side) for side in _faded(join))
        left = np.abs(_residual(_blocks(join.out), leaving, coming)).max(axis=1)
        level = _spread((np.abs(leaving) + np.abs(coming)).max(axis=1))
        excess = left / np.maximum(self.share * level, 10 ** (self.floor_dbfs / 20))
        worst = int(np.argmax(excess))
        at_s = join.start_s + worst * _BLOCK / join.rate
        return float(excess[worst]), 2 * ratio_db(left[worst]), at_s


@dataclass(frozen=True)
class JoinLevel(Check):
    """The level holds through a crossfade: neither the dip of a linear fade nor a swell.

    A fail compares with the equal-power crossfade of these very clips; a warning says that
    the clips cancel each other, which no fade can help.
    """

    name: ClassVar[str] = "join_level"
    unasked: ClassVar[str] = "for a stem, or without a long fade"
    fail_db: float = 1.5
    cancel_db: float = 3.0
    min_fade_s: float = 0.02

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the power in the middle half of each fade.

        A join that the final fade reaches into is left out: its level is meant to fall.
        """
        if sound.name != SONG:
            return None
        ends = sound.audio.frames - final_fade_frames(case)
        joins = [
            join
            for join in joins_of(sound, case, margin=0)
            if join.fade_frames >= self.min_fade_s * join.rate and join.span.stop_s * join.rate <= ends
        ]
        levels = [(level, j) for j in joins if (level := _fade_level_db(j)) is not None]
        if not levels:
            return None
        (change_db, summed_db), join = max(levels, key=lambda pair: abs(pair[0][0]))
        if abs(change_db) > self.fail_db:
            kind = "dips" if change_db < 0 else "swells"
            return self.fail(
                f"The join at {join.span.start_s:.2f} s {kind} by {abs(change_db):.1f} dB against a "
                f"equal-power crossfade (limit {self.fail_db:g}).",
                sound,
                causes=("a linear crossfade",) if change_db < 0 else ("clips added without a fade",),
                remedy="Make the song again; another crossfade length moves the join.",
                spans=tuple(j.span for (change, _), j in levels if abs(change) > self.fail_db),
            )
        (_, summed_db), join = min(levels, key=lambda pair: pair[0][1])
        if summed_db < -self.cancel_db:
            return self.warn(
                f"The clips cancel each other at {join.span.start_s:.2f} s: {-summed_db:.1f} dB "
                f"less than their power (warns at {self.cancel_db:g}).",
                sound,
                causes=("both clips hold the same notes in opposite phase",),
                remedy="Try another crossfade length.",
                spans=(join.span,),
            )
        return self.ok(
            f"{len(levels)} joins hold their level within {abs(change_db):.1f} dB (limit {self.fail_db:g}).",
            sound,
        )


def _faded(join: Join) -> tuple[Wave, Wave]:
    """Return both clips under the fade that keeps their power."""
    done = (np.arange(join.out.shape[0]) + 0.5 - join.lead_frames) / max(1, join.fade_frames)
    turn = (np.clip(done, 0, 1) * (np.pi / 2))[:, None]
    power = np.sqrt(1 + np.sin(2 * turn) * correlation(join.leaving, join.coming))
    return join.leaving * np.cos(turn) / power, join.coming * np.sin(turn) / power


def _blocks(samples: npt.NDArray[np.floating]) -> Wave:
    """Return (blocks, values): 32 frames of all channels each, the last rest left off."""
    count = samples.shape[0] // _BLOCK
    blocks: Wave = samples[: count * _BLOCK].astype(np.float64).reshape(count, -1)
    return blocks


def _residual(actual: Wave, leaving: Wave, coming: Wave) -> Wave:
    """Return what no share of ``leaving`` and ``coming`` explains, block by block (least squares)."""
    aa, bb, ab = ((x * y).sum(axis=1) for x, y in ((leaving, leaving), (coming, coming), (leaving, coming)))
    ya, yb = (actual * leaving).sum(axis=1), (actual * coming).sum(axis=1)
    ridge = 1e-9 * (aa + bb) + 1e-20
    aa, bb = aa + ridge, bb + ridge
    determinant = aa * bb - ab * ab
    share_a, share_b = (ya * bb - yb * ab) / determinant, (yb * aa - ya * ab) / determinant
    left: Wave = actual - share_a[:, None] * leaving - share_b[:, None] * coming
    return left


def _spread(values: Wave) -> Wave:
    """Return each value's maximum with its neighbours."""
    edged = np.pad(values, 1, mode="edge")
    widest: Wave = np.maximum(np.maximum(edged[:-2], edged[1:-1]), edged[2:])
    return widest


def _fade_level_db(join: Join) -> tuple[float, float] | None:
    """Return two levels of a fade's middle half, in dB; None when the clips are silent there.

    First what sounds against a fade that keeps the power, then that fade against the clips' own power.
    """
    frames = join.out.shape[0]
    if frames < join.fade_frames:
        return None
    leaving, coming = _faded(join)
    ideal = leaving + coming
    middle = slice(frames // 4, frames - frames // 4)
    turn = (np.arange(frames)[middle] + 0.5)[:, None] / frames * (np.pi / 2)
    powers = ((join.leaving[middle] * np.cos(turn)) ** 2).sum() + (
        (join.coming[middle] * np.sin(turn)) ** 2
    ).sum()
    kept = (ideal[middle] ** 2).sum()
    actual = (join.out[middle].astype(np.float64) ** 2).sum()
    floor = 1e-7 * ideal[middle].size
    if powers < floor or kept < floor:
        return None
    return ratio_db(actual / kept), ratio_db(kept / powers)
