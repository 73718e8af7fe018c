"""Music whose peaks were cut down to its mean: loud, without dynamics, and clipped on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from core.checks.context import came_in, subject
from core.checks.peaks import LESS_LEVEL, railed_seconds
from core.checks.waveform import waveform
from core.contract import Case, Check, FaultKind, Finding, Origin, Rank, Severity, Sound

PLR_DB, CREST_DB = 6.5, 6.0
"""Both under this: nothing is left of the peaks. 103 published songs: PLR from 8.2, crest from 9.8 dB."""
FLAT_PER_S, FLAT_SHARE = 20.0, 0.01
"""So many flat tops, so much of the time: a held tone has as little crest, and no flat top."""
LOUD_LUFS = -7.0
"""Louder than this is reported; the loudest published track reads -6.5 LUFS."""


@dataclass(frozen=True)
class Crushed(Check):
    """Loudness, peak-to-loudness ratio, crest factor and flat tops together say that dynamics were cut off.

    Music of peak 0.7 clipped at six times its level: -3.4 LUFS, PLR 5.1, crest 2.5 dB, 360 flat tops a
    second; at three times, which is loud and no more: -7.7 LUFS, PLR 9.1, crest 6.8 dB.
    """

    name: ClassVar[str] = "crushed"
    unasked: ClassVar[str] = "for a sound without a loudness"
    rank: ClassVar[Rank] = Rank.SYMPTOM
    fault_kind: ClassVar[FaultKind | None] = FaultKind.OVERLOAD

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the four readings together."""
        reading = sound.measurement
        loudness, plr_db, crest_db = reading.integrated_lufs, reading.plr_db, reading.crest_db
        if loudness is None or plr_db is None or crest_db is None:
            return None
        levels = f"{loudness:.1f} LUFS, PLR {plr_db:.1f} dB, crest {crest_db:.1f} dB"
        limits = f"(fails under {PLR_DB:g} and {CREST_DB:g} dB with flat tops)"
        if _is_crushed(sound):
            before = came_in(sound, case)
            inherited = before is not None and _is_crushed(before)
            tops = int(waveform(sound.audio).tops.sum())
            return self.rated(
                Severity.WARN if inherited else Severity.FAIL,
                f"{subject(sound, case)} is crushed: {levels}, {tops} flat tops {limits}.",
                sound,
                causes=("what came in was crushed already",)
                if inherited
                else ("driven far into a clipper or a limiter that clips", "too much gain before full scale"),
                remedy=LESS_LEVEL if case.uploaded else "Lower the gain before this stage.",
                origin=Origin.INPUT if inherited else Origin.STAGE,
            )
        if loudness < LOUD_LUFS:
            return self.ok(f"{levels} {limits}.", sound)
        return self.note(
            f"Very loud: {levels} {limits}.",
            sound,
            causes=("mastered for loudness",),
            remedy="Every platform turns it down; a quieter master keeps more of its attacks.",
        )


def _is_crushed(sound: Sound) -> bool:
    reading = sound.measurement
    if reading.plr_db is None or reading.crest_db is None or reading.crest_db > CREST_DB:
        return False
    shape = waveform(sound.audio)
    if railed_seconds(shape):
        return True
    per_s = int(shape.tops.sum()) / sound.audio.duration_s
    return reading.plr_db <= PLR_DB and per_s >= FLAT_PER_S and float(shape.top_share.max()) >= FLAT_SHARE
