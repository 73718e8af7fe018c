"""Who plays the bass where the program does not say so: by name, by instrument down low, by compass."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from core.midi.song import Player

_NAMED = re.compile(r"(?<![^\W\d_])(?:(?:contra)?bass(?:line)?|walk(?:ing)?)(?![^\W\d_])", re.I)
_NOT_NAMED = re.compile(r"drum|clarinet|trombone|voice|singer|choir|flute|sax", re.I)
_LOW_PLAYERS = frozenset({42, 57, 58, 67, 70})
"""Cello, trombone, tuba, baritone saxophone, bassoon: basses where nothing of theirs is high."""
_LOW_KEY, _TOP_KEY = 45, 57
_NAMED_BELOW = 55
_LEAST_NOTES = 8
_MOST_AT_ONCE = 1.15


def with_bass(players: Sequence[Player], singer: int | None) -> tuple[tuple[Player, ...], tuple[str, ...]]:
    """Return the players, those that play a bass in its stem, and how that was found; not the ``singer``."""
    out, said = list(players), []
    for at, player in enumerate(players):
        reason = "" if at == singer else _reason(player)
        if reason:
            out[at] = replace(player, stem="bass")
            said.append(f"“{player.name}” is taken for the bass by its {reason}.")
    if not any(player.stem == "bass" for player in out):
        low = [
            at
            for at, player in enumerate(out)
            if player.stem == "other" and at != singer and _is_low_line(player)
        ]
        if low:
            lowest = min(low, key=lambda at: _middle(out[at]))
            out[lowest] = replace(out[lowest], stem="bass")
            said.append(f"“{out[lowest].name}” is taken for the bass: it is the lowest line of the file.")
    return tuple(out), tuple(said)


def _reason(player: Player) -> str:
    if player.stem != "other":
        return ""
    if _NAMED.search(player.name) and not _NOT_NAMED.search(player.name) and _middle(player) <= _NAMED_BELOW:
        return "name"
    low = player.program in _LOW_PLAYERS and _middle(player) <= _LOW_KEY
    return "compass" if low and max(note.pitch for note in player.notes) <= _TOP_KEY else ""


def _is_low_line(player: Player) -> bool:
    """Whether it is one line, down low from its first note to its last."""
    starts = {note.start_tick for note in player.notes}
    one_line = len(player.notes) <= _MOST_AT_ONCE * len(starts)
    low = _middle(player) <= _LOW_KEY and max(note.pitch for note in player.notes) <= _TOP_KEY
    return one_line and low and len(player.notes) >= _LEAST_NOTES


def _middle(player: Player) -> float:
    return median(note.pitch for note in player.notes)
