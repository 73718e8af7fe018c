"""A mix made of stems that came in: which of them is missing, inverted, late, or gone from some point on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from core.blame.change import UNRELATED
from core.blame.laid import best_shares
from core.blame.shares import WINDOW_S, Doubles, Share, Shares
from core.blame.take import Take
from core.checks.context import clock, span
from core.compare.align import Aligned
from core.contract import Finding, Severity, finding_about

MADE_OF_DB = -10.0
"""A mix that is nothing like the sum of its stems is made of them all the same when they leave less of it."""
IN_IT = 0.1
"""A stem whose share in the mix is under this part of the largest share is not in it."""
AUDIBLE_DB = -30.0
"""A stem this far under the sum is not missed."""
LATE_S = 0.0001
"""Stems that are out of time by less are in time."""
TRUSTED_DB = -10.0
"""The residual under which the shares of single windows tell something."""
STAYS = 0.5
"""Of its share in the whole: a stem that leaves had at least so much in the windows before."""


def in_the_mix(before: Take, after: Take, aligned: Aligned) -> list[Finding]:
    """Return what is wrong with the stems of ``before`` in the mix ``after``; one ok when nothing is.

    Nothing is said of stems that do not make up the mix: it is another sound.
    """
    names = list(before.parts)
    shares, laid = best_shares(before, after, aligned)
    largest = max((abs(one.gain) for one in shares.each), default=0.0)
    if largest <= 0 or (aligned.likeness < UNRELATED and shares.left_db > MADE_OF_DB):
        return []
    all_shares = ", ".join(
        f"{name} {one.gain / largest:.2f}" for name, one in zip(names, shares.each, strict=True)
    )
    evidence = (
        f"Shares of the stems in {after.name} against the largest: {all_shares} (fails under {IN_IT:g}); "
        f"together they leave {shares.left_db:.0f} dB of it."
    )
    left = dict(_left(names, shares, after, evidence, laid.only_after[0]))
    whole = [(n, one) for n, one in zip(names, shares.each, strict=True) if n not in left]
    found = [
        *left.values(),
        *_missing(whole, largest, after, evidence),
        *_inverted(whole, largest, after, evidence),
        *_out_of_time(whole, largest, after, evidence, laid.sample_rate),
    ]
    if found:
        return found
    return [finding_about("stem_missing", Severity.OK, after.name, evidence)]


def _missing(
    each: Sequence[tuple[str, Share]], largest: float, after: Take, all_shares: str
) -> Iterator[Finding]:
    lost = [name for name, one in each if one.level_db > AUDIBLE_DB and abs(one.gain) < IN_IT * largest]
    if lost:
        named = " and ".join(lost)
        yield finding_about(
            "stem_missing",
            Severity.FAIL,
            after.name,
            f"{named} came in and did not come out in {after.name}. {all_shares}",
            causes=(f"{named} was muted or its file not found when it was mixed",),
            remedy=f"Mix again with {named}; if it was muted on purpose, this is where.",
        )


def _inverted(
    each: Sequence[tuple[str, Share]], largest: float, after: Take, all_shares: str
) -> Iterator[Finding]:
    turned = [name for name, one in each if one.level_db > AUDIBLE_DB and one.gain <= -IN_IT * largest]
    if turned:
        named = " and ".join(turned)
        yield finding_about(
            "stem_polarity",
            Severity.FAIL,
            after.name,
            f"{named} has the opposite polarity of the other stems in {after.name}. {all_shares}",
            causes=(f"{named} went in with inverted polarity",),
            remedy=f"Invert {named} back and mix again: what it shares with the other stems cancels.",
        )


def _out_of_time(
    each: Sequence[tuple[str, Share]], largest: float, after: Take, all_shares: str, rate: int
) -> Iterator[Finding]:
    for name, one in each:
        late_s = one.lag / rate
        if abs(late_s) < LATE_S or one.level_db <= AUDIBLE_DB or abs(one.gain) < IN_IT * largest:
            continue
        side = "late" if late_s > 0 else "early"
        yield finding_about(
            "stem_late",
            Severity.FAIL,
            after.name,
            f"{name} is {1000 * abs(late_s):.1f} ms ({abs(one.lag)} samples at {rate} Hz) {side} "
            f"against the other stems in {after.name}. {all_shares}",
            causes=(
                f"{name} went in {1000 * abs(late_s):.1f} ms {side}",
                "an effect's latency was not compensated",
            ),
            remedy=f"Move {name} back by {abs(one.lag)} samples and mix again.",
        )


def _left(
    names: Sequence[str], shares: Shares, after: Take, all_shares: str, head_s: float
) -> Iterator[tuple[str, Finding]]:
    """Yield for each stem that leaves, or turns over, at some point and stays so while others play on."""
    trusted = shares.left_in_windows_db < TRUSTED_DB
    for n, (name, one) in enumerate(zip(names, shares.each, strict=True)):
        if one.level_db <= AUDIBLE_DB:
            continue
        known = np.flatnonzero(trusted & ~np.isnan(shares.windows[:, n]))
        against = shares.windows[known, n] / _others(shares.windows, known, n)
        at = _turn(against)
        if at is None:
            continue
        start_s = head_s + float(known[at]) * WINDOW_S
        turned = float(np.median(against[at:])) < -IN_IT
        what = "is inverted" if turned else "is gone"
        finding = finding_about(
            "stem_left",
            Severity.FAIL,
            after.name,
            f"{name} {what} in {after.name} from about {clock(start_s)} on, "
            f"though the stem plays on. {all_shares}",
            causes=(
                f"{name} went in with inverted polarity from there on"
                if turned
                else f"{name} was muted or ended early from there on",
            ),
            remedy=f"Mix again with {name} whole; if it was muted on purpose, this is where.",
            spans=(span(start_s, after.sound.audio.duration_s),),
        )
        yield name, finding


def _others(windows: Doubles, known: npt.NDArray[np.intp], own: int) -> Doubles:
    """Return the largest gain of the other stems in the windows, or 1 where no other plays."""
    rest = np.abs(np.delete(windows[known], own, axis=1))
    rest = np.where(np.isnan(rest), 0.0, rest).max(axis=1, initial=0.0)
    return np.where(rest > 0, rest, 1.0)


def _turn(against: Doubles) -> int | None:
    """Return the first window from which on a stem that was there is not; None when it stays."""
    there = against > IN_IT
    if not there.any() or there.all():
        return None
    at = int(np.flatnonzero(there)[-1]) + 1
    if at >= len(there) or not there[:at].mean() > STAYS:
        return None
    return at
