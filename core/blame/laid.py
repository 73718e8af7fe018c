"""Stems laid over the sum that they came out of or went into, where they fit best."""

from __future__ import annotations

from core.blame.shares import Shares, solve
from core.blame.take import Take
from core.compare.align import Aligned, over, overlay


def best_shares(before: Take, after: Take, aligned: Aligned) -> tuple[Shares, Aligned]:
    """Return the shares of the stems of one take in the other's sum, and the place where they were read.

    Read as the two are aligned, and as they are, whichever leaves less: a stem that is late or inverted moves
    the place where the sum fits best.
    """
    places = [aligned]
    plain = overlay(before.sound.audio, after.sound.audio)
    if plain is not None and aligned.delay_s != 0:
        places.append(plain)
    solved = [(_shares(before, after, place), place) for place in places]
    return min(solved, key=lambda one: one[0].left_db)


def _shares(before: Take, after: Take, place: Aligned) -> Shares:
    """Solve for the stems over the common stretch of their sum, in that stretch's rate and channels."""
    mixed = bool(before.parts)
    parts, head_s = (before.parts, place.only_before[0]) if mixed else (after.parts, place.only_after[0])
    laid = [over(part.audio, place, head_s) for part in parts.values()]
    return solve(laid, place.after if mixed else place.before, place.sample_rate)
