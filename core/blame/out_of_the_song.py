"""A song that was separated into stems: which of them is scaled, inverted, late, foreign or doubled.

The song is taken as a mix of its stems (:mod:`core.blame.shares`): a true stem has the share 1 in it, at no
delay. A stem that was turned up by 3 dB has 0.71, one that was inverted a negative share, a late one fits
earlier, and one of another song has none.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from core.blame.changed_stem import changed_stem
from core.blame.laid import best_shares
from core.blame.shares import EXACT_DB, Share
from core.blame.take import Take
from core.compare.align import Aligned, over
from core.compare.codec_delay import encoder_of
from core.compare.likeness import ANOTHER_COHERENCE, coherence
from core.contract import Finding, Severity, finding_about

SURE_DB = -25.0
"""What the stems may leave of the song at their fitted shares, for the shares to be exact."""
SCALED_DB = 1.0
"""A stem's level off that of the others. Separators leave their stems within 0.5 dB."""
WARN_SCALED_DB = 6.0
FOREIGN = 0.1
"""Of the middle share: a stem with less has nothing to do with the song."""
AUDIBLE_DB = -30.0
LATE_S = 0.0001


def out_of_the_song(before: Take, after: Take, aligned: Aligned) -> list[Finding]:
    """Return what is wrong with the stems of ``after``, made of ``before``."""
    names = list(after.parts)
    if len(names) < 2:
        return []
    shares, laid = best_shares(before, after, aligned)
    middle = _middle(shares.each)
    if middle <= 0.0:
        return []
    all_shares = ", ".join(
        f"{name} {one.gain / middle:.2f}" for name, one in zip(names, shares.each, strict=True)
    )
    evidence = (
        f"Shares of the stems in {before.name} against the middle one: {all_shares}; together they leave "
        f"{shares.left_db:.0f} dB of it (sure under {SURE_DB:g})."
    )
    each = [(n, one) for n, one in zip(names, shares.each, strict=True) if one.level_db > AUDIBLE_DB]
    lost = [name for name, one in each if abs(one.gain) < FOREIGN * middle]
    foreign = [name for name in lost if shares.left_db <= SURE_DB or _is_foreign(name, after, laid)]
    each = [(name, one) for name, one in each if name in foreign or name not in lost]
    found = list(_named(each, foreign, middle, shares.left_db, after, evidence, laid.sample_rate))
    if foreign or shares.left_db <= EXACT_DB:
        return found
    return changed_stem(before, after, laid, middle) or found


def _is_foreign(name: str, after: Take, laid: Aligned) -> bool:
    """Return whether nothing of a stem is in the song.

    What a loud foreign stem leaves unexplained may take a quiet stem's share; it does not take what the quiet
    one has in common with the song at the frequencies where it plays.
    """
    stem = over(after.parts[name].audio, laid, laid.only_after[0]).sum(axis=1, dtype=np.float64)
    return coherence(laid.before.sum(axis=1, dtype=np.float64), stem) < ANOTHER_COHERENCE


def _named(
    each: Sequence[tuple[str, Share]],
    foreign: Sequence[str],
    middle: float,
    left_db: float,
    after: Take,
    evidence: str,
    rate: int,
) -> Iterator[Finding]:
    for name, one in each:
        share, late_s = one.gain / middle, -one.lag / rate
        artifact = f"{after.name}/{name}"
        if name in foreign:
            yield _finding(
                artifact,
                Severity.FAIL,
                f"{name} has nothing in common with the song. {evidence}",
                f"{name} belongs to another song, or was doubled from other stems",
            )
        elif left_db > SURE_DB:
            continue
        elif share < 0:
            yield _finding(
                artifact,
                Severity.FAIL,
                f"{name} has the opposite polarity of the song. {evidence}",
                f"{name} was inverted",
            )
        elif abs(late_s) >= LATE_S:
            side, encoder = "late" if late_s > 0 else "early", encoder_of(late_s, rate)
            yield _finding(
                artifact,
                Severity.FAIL,
                f"{name} is {1000 * abs(late_s):.1f} ms {side} against the song. {evidence}",
                f"{name} is {1000 * abs(late_s):.1f} ms {side}" + (f" ({encoder})" if encoder else ""),
            )
        elif abs(off_db := -20 * math.log10(share)) >= SCALED_DB:
            yield _finding(
                artifact,
                Severity.WARN if abs(off_db) < WARN_SCALED_DB else Severity.FAIL,
                f"{name} is {off_db:+.1f} dB off its level in the song (limit {SCALED_DB:g}). {evidence}",
                f"{name} was turned {'up' if off_db > 0 else 'down'} by {abs(off_db):.1f} dB",
            )


def _middle(each: Sequence[Share]) -> float:
    """Return the median share of the stems that are in the song, the right way round."""
    gains = [one.gain for one in each if one.level_db > AUDIBLE_DB and one.gain > 0]
    return float(np.median(gains)) if gains else 0.0


def _finding(artifact: str, severity: Severity, evidence: str, cause: str) -> Finding:
    return finding_about(
        "stem_of_the_song",
        severity,
        artifact,
        evidence,
        causes=(cause, "its file was changed after the separation"),
        remedy="Separate again, or put the stem back as the separator wrote it.",
    )
