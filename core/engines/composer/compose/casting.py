"""Who plays what: the plan's instruments given to the roles of the arrangement."""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.composer.stock.styles import STYLES, Style
from core.song import Plan
from core.writing.instruments import BY_NAME, Instrument


@dataclass(frozen=True)
class Cast:
    """The players; None where nobody plays that role."""

    lead: Instrument
    chords: Instrument | None
    pad: Instrument | None
    arpeggio: Instrument | None
    counter: Instrument | None
    bass: Instrument | None
    drums: bool
    soloist: Instrument | None = None
    """Who plays the solos, where that is not the lead."""


def style_of(plan: Plan) -> Style:
    """Return the plan's genre's style; pop for a genre that the band does not know."""
    return STYLES.get(plan.genre, STYLES["pop"])


def cast(plan: Plan, *, sung: bool) -> Cast:
    """Give every role its player, those named first in the plan served first."""
    style = style_of(plan)
    players = [BY_NAME[name] for name in plan.instruments if name in BY_NAME]
    melodic = [player for player in players if "bass" not in player.roles]
    left = list(melodic)
    lead = None if sung else _take(left, "lead")
    chords = _take(left, "chords") or _first(melodic, "chords")
    pad = _take(left, "pad")
    arpeggio = _take(left, "arp") if style.arpeggio else None
    if sung:
        lead = _take(left, "lead") or _take(left, "counter")
    counter = _take(left, "counter") or (lead if sung and lead and "counter" in lead.roles else None)
    lead = lead or _first(melodic, "lead") or next(iter(melodic), BY_NAME["piano"])
    if chords is None and pad is None and not melodic:
        chords = BY_NAME["piano"]
    soloist = BY_NAME.get(plan.solo)
    low = next((player for player in players if "bass" in player.roles), BY_NAME[style.bass_player])
    return Cast(
        lead=lead,
        chords=chords,
        pad=pad,
        arpeggio=arpeggio,
        counter=counter,
        bass=None if "bass" in plan.without else low,
        drums="drums" not in plan.without,
        soloist=soloist if soloist is not lead else None,
    )


def not_cast(plan: Plan, players: Cast) -> tuple[str, ...]:
    """Return, in a sentence, which instruments that the prompt names have no part left to play."""
    named = [
        name
        for name in plan.instruments
        if name in BY_NAME and any(word.lower() in plan.understood for word in BY_NAME[name].words)
    ]
    left = [name for name in named if BY_NAME[name] not in vars(players).values()]
    if not left:
        return ()
    listed = ", ".join(left[:6]) + (" ..." if len(left) > 6 else "")
    return (f"The band has no part left for {listed}: it has one each for chords, pad, arpeggio and lines.",)


def _take(left: list[Instrument], role: str) -> Instrument | None:
    for player in left:
        if role in player.roles:
            left.remove(player)
            return player
    return None


def _first(players: list[Instrument], role: str) -> Instrument | None:
    return next((player for player in players if role in player.roles), None)
