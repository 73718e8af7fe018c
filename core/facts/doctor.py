"""What this machine can run, what not, why, and what to do about it.

Everything is looked at from outside: no engine is loaded, and torch is never imported here. What is looked at
is in :mod:`core.facts`, one matter a file; what a failure means is in :mod:`core.diagnosis`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from core.contract import Severity
from core.engines.base import Availability, EngineCard, Engines
from core.engines.composer.play.soundfont import VARIABLE as SOUNDFONT_VARIABLE
from core.engines.composer.play.soundfont import checked_soundfont
from core.errors import EngineMissingError
from core.facts.fact import MB, Fact, bad, ok
from core.facts.graphics import graphics
from core.facts.hosting import hosting
from core.facts.interpreters import interpreters
from core.facts.main_memory import main_memory
from core.facts.storage import storage
from core.facts.versions import versions
from core.facts.weights import weights
from core.stages.table import STAGE_NAMES


def diagnose(engines: Engines, home: Path) -> tuple[Fact, ...]:
    """Look at this machine: software, home, memory, graphics processor, and every engine.

    ``home`` is the studio's folder; it need not exist. Raises nothing: what cannot be found out is said.
    Takes under a second where there is no graphics processor; else torch is asked, in a process of its own.
    """
    asked = {stage: _states(engines, stage) for stage in STAGE_NAMES}
    every = [pair for states in asked.values() for pair in states]
    return (
        *versions(),
        *storage(home),
        main_memory(),
        *graphics(),
        _soundfont(),
        *hosting(),
        *(fact for stage, states in asked.items() for fact in _engines(stage, states)),
        *interpreters(tuple(card for card, _ in every)),
        *weights(every),
    )


def _soundfont() -> Fact:
    try:
        path = checked_soundfont()
    except EngineMissingError as error:
        return bad(Severity.FAIL, "SoundFont", error.message, error.remedy, *error.causes)
    source = f"named by {SOUNDFONT_VARIABLE}" if os.environ.get(SOUNDFONT_VARIABLE) else "the bundled one"
    return ok("SoundFont", f"{path.name}, {path.stat().st_size / MB:.1f} MB, {source}.")


def _states(engines: Engines, stage: str) -> list[tuple[EngineCard, Availability]]:
    return [(card, engines.availability(card.name)) for card in engines.cards(stage)]


def _engines(stage: str, states: list[tuple[EngineCard, Availability]]) -> Iterator[Fact]:
    none_ready = bool(states) and not any(state.ready for _, state in states)
    for card, state in states:
        name = f"{stage}: {card.title}"
        if state.ready:
            yield ok(name, f"Ready: {state.reason}")
            continue
        needed = none_ready and stage == "generate"
        yield bad(
            Severity.FAIL if needed else Severity.WARN,
            name,
            f"Cannot run here: {state.reason}",
            state.remedy or card.how_to_add,
        )
