"""Whether stems are a separation of the song: they add up, they differ, and none was lost."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core.checks.context import is_heard
from core.contract import Case, Finding, Severity, Sound

SONG = "song"
SAMPLED_FRAMES = 2_000_000
"""Copies are looked for in at most so many frames, evenly taken: 45 s at 44.1 kHz."""


@dataclass(frozen=True)
class StemSum:
    """The stems add up to the song; judged before the residual was folded into a stem, as declared."""

    name: ClassVar[str] = "stem_sum"
    warn_db: float = -20.0
    fail_db: float = -6.0

    def examine_all(self, case: Case) -> Finding | None:
        """Compare the sum of all stems with the song; None without a song."""
        song = case.inputs.get(SONG)
        stems = [s for s in case.outputs.values() if s.audio.frames == (song.audio.frames if song else -1)]
        if song is None or not stems:
            return None
        now_db = _residual_db(song, stems)
        said = case.figures.get("residual_db")
        before_db = float(said) if isinstance(said, (int, float)) else now_db
        worst = max(now_db, before_db)
        severity = _graded(worst, self.warn_db, self.fail_db)
        evidence = (
            f"What the stems leave of the song is at {before_db:.1f} dB as separated and at {now_db:.1f} dB "
            f"as delivered, against the song (warns above {self.warn_db:g}, fails above {self.fail_db:g} dB)."
        )
        if severity is Severity.OK:
            return Finding(check=self.name, severity=severity, evidence=evidence)
        return Finding(
            check=self.name,
            severity=severity,
            evidence=evidence,
            causes=(
                "a stem was dropped or belongs to another song",
                "the stems are shifted or scaled against the song",
                "the separator does not suit this music",
            ),
            remedy="Fold the residual into other, or choose another separator.",
        )


@dataclass(frozen=True)
class NotScaledCopies:
    """No two stems are the same sound at another level: then nothing was separated."""

    name: ClassVar[str] = "not_scaled_copies"
    fail_correlation: float = 0.999

    def examine_all(self, case: Case) -> Finding | None:
        """Compare every pair of heard stems; None with fewer than two."""
        heard = [s for s in case.outputs.values() if is_heard(s.measurement)]
        pairs = [(a, b) for i, a in enumerate(heard) for b in heard[i + 1 :]]
        if not pairs:
            return None
        likeness, a, b = max(((_likeness(x, y), x, y) for x, y in pairs), key=lambda t: t[0])
        evidence = (
            f"The two most alike stems, {a.name} and {b.name}, correlate by {likeness:.4f} "
            f"(fails above {self.fail_correlation:g})."
        )
        if likeness <= self.fail_correlation:
            return Finding(check=self.name, severity=Severity.OK, evidence=evidence)
        return Finding(
            check=self.name,
            severity=Severity.FAIL if not case.brought else Severity.WARN,
            evidence=evidence,
            causes=(
                "the separator failed and the song was divided by the number of stems",
                "the same file was brought as two stems",
            ),
            remedy="Choose another separator, or bring the right files.",
        )


@dataclass(frozen=True)
class StemsHeard:
    """Not all stems are silent, and vocals are heard when the song has lyrics."""

    name: ClassVar[str] = "stems_heard"

    def examine_all(self, case: Case) -> Finding | None:
        """Ask which stems can be heard; None without stems."""
        if not case.outputs:
            return None
        heard = [s.name for s in case.outputs.values() if is_heard(s.measurement)]
        if not heard:
            return self._all_silent(case)
        silent_vocals = "vocals" in case.outputs and "vocals" not in heard
        sung = case.lyrics is not None and bool(case.lyrics.lines)
        if silent_vocals and sung and "vocals" not in case.chosen_silent:
            return Finding(
                check=self.name,
                severity=Severity.FAIL,
                artifact="vocals",
                evidence=f"The song has {len(case.lyrics.lines) if case.lyrics else 0} lines of lyrics, "
                "and its vocals stem is silent.",
                causes=("the engine did not sing", "the separator put the voice into another stem"),
                remedy="Re-run generate, or choose another separator; choose instrumental if it is one.",
            )
        return Finding(check=self.name, severity=Severity.OK, evidence=f"Heard: {', '.join(heard)}.")

    def _all_silent(self, case: Case) -> Finding:
        return Finding(
            check=self.name,
            severity=Severity.FAIL,
            evidence=f"All {len(case.outputs)} stems are silent.",
            causes=("the separator failed and returned zeros", "the song itself is silent"),
            remedy="Look at the song before this stage; choose another separator.",
        )


def _graded(value: float, warn: float, fail: float) -> Severity:
    if value > fail:
        return Severity.FAIL
    return Severity.WARN if value > warn else Severity.OK


def _residual_db(song: Sound, stems: list[Sound]) -> float:
    return residual_db(song.audio.samples, {s.name: s.audio.samples for s in stems})


def residual_db(song: np.ndarray, stems: Mapping[str, np.ndarray]) -> float:
    """Return the power of song minus the stems' sum over the song's power, in dB; -inf capped at -200."""
    left = whole = 0.0
    for start in range(0, song.shape[0], 1 << 18):
        part = slice(start, start + (1 << 18))
        x = song[part].astype(np.float64)
        whole += float(np.square(x).sum())
        for samples in stems.values():
            x -= samples[part]
        left += float(np.square(x).sum())
    if not math.isfinite(left + whole):
        return 0.0
    return 10 * math.log10(max(left, 1e-20 * max(whole, 1e-20)) / max(whole, 1e-20))


def _likeness(a: Sound, b: Sound) -> float:
    """Absolute correlation of two sounds."""
    step = max(1, a.audio.frames // SAMPLED_FRAMES)
    x, y = (s.audio.samples[::step].astype(np.float64).ravel() for s in (a, b))
    if x.shape != y.shape:
        return 0.0
    power = float(np.dot(x, x) * np.dot(y, y))
    return abs(float(np.dot(x, y))) / math.sqrt(power) if power > 0 else 0.0
