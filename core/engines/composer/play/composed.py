"""A song of the band's own, as a piece to be played."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from core.engines.composer.model import Score
from core.engines.composer.play.fades import audible
from core.engines.composer.play.opening import opening_of
from core.engines.composer.play.piece import Piece
from core.engines.composer.play.players import Players
from core.engines.composer.play.render import Played, play
from core.engines.composer.play.sheet import lead_sheet
from core.engines.composer.play.silence import played_s
from core.engines.composer.play.smf import score_bytes
from core.progress import Report
from core.song import Plan
from core.writing.plan import ring_out_s


@dataclass(frozen=True, eq=False)
class Composed:
    """A plan and the score that was composed for it."""

    plan: Plan
    score: Score
    notes: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        """Length of the form."""
        return self.plan.duration_s

    @property
    def joins_s(self) -> Sequence[float]:
        """Where sections meet."""
        return self._ends_s[:-1]

    @cached_property
    def played_s(self) -> Mapping[str, Sequence[tuple[float, float]]]:
        """Stretches in which each stem plays."""
        return audible(self.plan, played_s(self.score))

    def play(self, players: Players, frames: int, sample_rate: int, report: Report) -> Played:
        """Play the instruments, each part at its place in the balance."""
        return play(self.score, players, frames, sample_rate, report)

    def opening(self) -> tuple[Piece, float] | None:
        """Return the first section; None of a short song or a silent start."""
        opening = opening_of(self.score)
        return (Composed(self.plan, opening.score), opening.seconds) if opening else None

    def reply(self, gains_db: Mapping[str, float]) -> dict[str, Any]:
        """Return the lead sheet, the MIDI file, tempo, key and sections."""
        plan = self.plan
        stop_beat = self.score.beats + ring_out_s(plan.duration_s) * plan.tempo_bpm / 60.0
        smf = score_bytes(self.score, plan, stop_beat, gains_db)
        starts_s = [0.0, *self._ends_s]
        return {
            "chords": lead_sheet(plan, self.score),
            "midi_base64": base64.b64encode(smf).decode("ascii"),
            "tempo_bpm": plan.tempo_bpm,
            "key": plan.key,
            "sections": [
                {"kind": str(section.kind), "start_s": round(start_s, 4), "stop_s": round(stop_s, 4)}
                for section, start_s, stop_s in zip(plan.sections, starts_s, self._ends_s, strict=False)
            ],
        }

    @cached_property
    def _ends_s(self) -> list[float]:
        return [bars * self.plan.bar_s for bars in accumulate(s.bars for s in self.plan.sections)]
