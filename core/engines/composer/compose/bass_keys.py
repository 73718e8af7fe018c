"""Which key a sign of a bass row stands for, over a chord and on the way to the next."""

from __future__ import annotations

from core.engines.composer.compose.harmony import nearest
from core.engines.composer.model import Chord

LOW, HIGH = 28, 47


def key_of(sign: str, harmony: Chord, following: Chord, root: int) -> int:
    """Return the MIDI key of a sign (see :mod:`styles` and :mod:`bass_stock`); the root for any other."""
    fifth = (harmony.tones[2] - harmony.root) % 12
    match sign:
        case "O":
            return root + 12
        case "F":
            return root + fifth if root + fifth <= HIGH else root + fifth - 12
        case "L":
            return root + fifth - 12 if root + fifth - 12 >= LOW else root + fifth
        case "T":
            return root + (harmony.tones[1] - harmony.root) % 12
        case "S":
            return root + (harmony.tones[-1] - harmony.root) % 12
        case "A":
            return approach(root, following)
        case "U":
            return _from_the_other_side(root, following)
    return root


def approach(present: int, following: Chord) -> int:
    """The key a half or whole step under or over the next root, whichever is nearer."""
    target = nearest(following.root, present, LOW, HIGH)
    if target == present:
        return present - 5 if present - 5 >= LOW else present + 7
    return target - 1 if present < target else target + 2


def _from_the_other_side(present: int, following: Chord) -> int:
    """The key a half step beyond the next root, or a half step under a root that stays."""
    target = nearest(following.root, present, LOW, HIGH)
    return target + 1 if present < target else target - 1
