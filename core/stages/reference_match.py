"""How the master stage asks matchering for the equaliser that makes a mix sound like a reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from core.audio import Audio
from core.dsp.match_eq import MatchCurve, curve_bins, filter_size
from core.engines.base import EngineCard, Engines
from core.errors import EngineOutputError
from core.progress import Report
from core.values import Json

NOTHING_DB = 0.5
"""A match that moves nothing by more than this is none."""
LOWEST_REPORTED_HZ, HIGHEST_REPORTED_HZ = 40.0, 16_000.0
"""What lies outside is hardly audible and is not reported."""
ENGINE = "matchering"


@dataclass(frozen=True)
class Match:
    """An equaliser that is fit to be used, and what is to be said about it."""

    curve: MatchCurve
    notes: tuple[str, ...]


def ask_for_match(engines: Engines, mix: Audio, reference: Audio, report: Report) -> Match:
    """Return how to make the tone of ``mix`` that of ``reference``, which may have another rate.

    No boost is over 12 dB. Raises InputError for what matchering refuses, EngineOutputError when it returns
    no curve, and the engine's own errors.
    """
    rate, card = mix.sample_rate, engines.card(ENGINE)
    bins = curve_bins(rate)
    reply = engines.call(
        ENGINE,
        "match",
        values={"fft_size": filter_size(rate), "bins": bins},
        sounds={"mix": mix, "reference": reference.resampled(rate)},
        report=report,
    )
    asked = MatchCurve(
        hz=tuple(round(number * rate / filter_size(rate), 3) for number in bins),
        mid_db=_gains(card, reply.values.get("mid_db"), len(bins)),
        side_db=_gains(card, reply.values.get("side_db"), len(bins)),
    )
    return Match(asked.held(), tuple(_notes(asked, mix.channels, str(reply.values.get("no_width", "")))))


def _gains(card: EngineCard, answer: Json, count: int) -> tuple[float, ...]:
    if (
        not isinstance(answer, list)
        or len(answer) != count
        or not all(isinstance(value, float) and math.isfinite(value) for value in answer)
    ):
        raise EngineOutputError(
            f"{card.title} did not return an equaliser: {count} finite gains were asked for.",
            causes=("its version is another than the one it was made for",),
            remedy=card.how_to_add,
            detail=str(answer)[:200],
        )
    return tuple(round(value, 2) for value in answer)


def _notes(asked: MatchCurve, channels: int, no_width: str) -> list[str]:
    if asked.most_db(LOWEST_REPORTED_HZ, HIGHEST_REPORTED_HZ) < NOTHING_DB:
        return [f"The reference has the tone of the mix within {NOTHING_DB:g} dB: nothing is matched."]
    notes = []
    if no_width == "reference":
        notes.append("The reference is mono: its tone is taken, and the width of the mix stays.")
    elif no_width == "mix" and channels > 1:
        notes.append("The mix is mono: it takes the tone of the reference, and no width.")
    held = asked.held()
    notes += _held(asked.hz, asked.mid_db, held.mid_db, "")
    if not no_width:
        notes += _held(asked.hz, asked.side_db, held.side_db, " at the sides")
    return notes


def _held(hz: Sequence[float], asked_db: Sequence[float], held_db: Sequence[float], where: str) -> list[str]:
    """Tell the most that was asked for and not given, if it is more than 1 dB."""
    beyond_db, at = max(
        (abs(asked_db[n] - held_db[n]), n)
        for n in range(len(hz))
        if LOWEST_REPORTED_HZ <= hz[n] <= HIGHEST_REPORTED_HZ
    )
    if beyond_db < 1:
        return []
    more = "more" if asked_db[at] > 0 else "less"
    return [
        f"The reference has {abs(asked_db[at]):.0f} dB {more} than the mix{where} at {hz[at]:.0f} Hz: "
        f"{abs(held_db[at]):.0f} dB of it are used."
    ]
