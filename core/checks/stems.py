"""Whether stems are a separation of the song: they add up, they differ, and none was lost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Samples
from core.checks.altered_stem import TRUE_STEM, altered_stem
from core.checks.context import VOCALS, is_audible
from core.checks.figures import SeparateFigures
from core.contract import Case, FaultKind, Finding, Origin, Rank, Severity, Sound, WholeCheck

SONG = "song"
CHUNK_FRAMES = 1 << 16
LOOKED_AT_CHUNKS = 24
"""Copies are looked for in so many chunks, evenly taken: 36 s at 44.1 kHz."""
FEW_TONES_FLATNESS = 1e-5
"""Under this spectral flatness a song is a tone or a few: its stems are its copies, and rightly so."""
NOTHING_TAKEN_DB = -0.5
"""Stems that leave so much of the song hold nothing of it."""
ZEROS = "the separator returned zeros after an error inside it, and what is audible is their remainder"


@dataclass(frozen=True)
class StemSum(WholeCheck):
    """The stems add up to the song: as they were separated, and as they are delivered."""

    name: ClassVar[str] = "stem_sum"
    unasked: ClassVar[str] = "without a song or stems"
    rank: ClassVar[Rank] = Rank.ARITHMETIC
    warn_db: float = -20.0
    fail_db: float = -6.0
    exact_db: float = -60.0
    """What may be left of the song by stems that are promised to add up."""

    def examine_all(self, case: Case) -> Finding | None:
        """Compare the sum of all stems with the song."""
        song = case.inputs.get(SONG)
        if song is None or not case.outputs:
            return None
        fitting = {n: s for n, s in case.outputs.items() if s.audio.samples.shape == song.audio.samples.shape}
        now_db = residual_db(song.audio.samples, {n: s.audio.samples for n, s in fitting.items()})
        reported = case.reported(SeparateFigures)
        before_db = reported.residual_db if reported else now_db
        exact = reported is not None and reported.sum_exact
        severity = _graded(max(before_db, now_db), self.warn_db, self.fail_db)
        untrained = case.promise.engine_untrained
        if untrained and severity is Severity.FAIL:
            # What random weights leave of a song is theirs to leave; what is delivered must still add up.
            severity = Severity.WARN
        if exact and now_db > self.exact_db:
            severity = Severity.FAIL
        limit = f"; as delivered over {self.exact_db:g}" if exact else ""
        evidence = (
            f"Against the song, the stems leave {before_db:.1f} dB of it as separated and {now_db:.1f} dB as "
            f"delivered (warns over {self.warn_db:g}, fails over {self.fail_db:g} dB{limit})."
        )
        if severity is Severity.OK:
            return self.rated(severity, evidence)
        return self.rated(
            severity,
            evidence,
            causes=(
                *self._changed(case, song, fitting, exact and before_db <= self.exact_db),
                *self._likely(before_db),
            ),
            remedy="Separate again; fold the residual into other, or choose another separator.",
            implicates=exact and before_db <= self.exact_db,
        )

    def _changed(
        self, case: Case, song: Sound, fitting: Mapping[str, Sound], were_exact: bool
    ) -> Iterator[str]:
        """Name the stem that was lost, or changed and how, or that is off the level it had."""
        gone = [text for name, text in _lost(case, fitting) if name not in fitting]
        yield from gone
        found = altered_stem(case, song.audio, fitting) if were_exact and not gone else None
        if found is not None:
            yield f"{found[0]}: {found[1].cause}"
        else:
            yield from (text for name, text in _lost(case, fitting) if name in fitting)

    def _likely(self, before_db: float) -> tuple[str, ...]:
        if before_db > NOTHING_TAKEN_DB:
            return ZEROS, "the stems belong to another song"
        if before_db > self.warn_db:
            return ("the separator does not suit this music", "the stems belong to another song")
        return ("a stem was dropped, shifted or scaled after the separation",)


@dataclass(frozen=True)
class NotScaledCopies(WholeCheck):
    """No two stems are the same sound at another level: then nothing was separated."""

    name: ClassVar[str] = "not_scaled_copies"
    unasked: ClassVar[str] = "for fewer than two audible stems, and when the song is a mere tone"
    fail_correlation: float = 0.999

    def examine_all(self, case: Case) -> Finding | None:
        """Compare every pair of audible stems."""
        audible = [s for s in case.outputs.values() if is_audible(s.measurement)]
        song = case.inputs.get(SONG)
        if len(audible) < 2 or (song is not None and _is_few_tones(song)):
            return None
        pieces = {sound.name: _pieces(sound) for sound in audible}
        likeness, a, b = max((_likeness(pieces[x], pieces[y]), x, y) for x, y in combinations(pieces, 2))
        evidence = (
            f"The two most alike stems, {a} and {b}, correlate by {likeness:.4f} "
            f"(fails above {self.fail_correlation:g})."
        )
        if likeness <= self.fail_correlation:
            return self.ok(evidence)
        return self.rated(
            Severity.WARN if case.uploaded else Severity.FAIL,
            evidence,
            b,
            causes=(
                "the separator failed and the song was divided by the number of stems",
                "the same file was uploaded as two stems",
            ),
            remedy="Choose another separator, or upload the right files.",
        )


@dataclass(frozen=True)
class NotAllSilent(WholeCheck):
    """At least one stem is audible."""

    name: ClassVar[str] = "not_all_silent"
    unasked: ClassVar[str] = "without stems"
    fault_kind: ClassVar[FaultKind | None] = FaultKind.SILENCE

    def examine_all(self, case: Case) -> Finding | None:
        """Ask which stems are audible."""
        if not case.outputs:
            return None
        audible = [s.name for s in case.outputs.values() if is_audible(s.measurement)]
        if audible:
            return self.ok(f"Audible: {', '.join(audible)}.")
        song = case.inputs.get(SONG)
        quiet_song = song is not None and not is_audible(song.measurement)
        return self.rated(
            Severity.WARN if quiet_song else Severity.FAIL,
            ("Given silence: none" if quiet_song else "None")
            + f" of the {len(case.outputs)} stems are audible.",
            origin=Origin.INPUT if quiet_song else Origin.STAGE,
            causes=("the song itself is silent or nearly so",)
            if quiet_song
            else ("the separator failed and returned zeros",),
            remedy="Look at the song before this stage."
            if quiet_song
            else "Separate again, or choose another separator.",
        )


@dataclass(frozen=True)
class VocalsAudible(WholeCheck):
    """The vocals are audible when the song has lyrics."""

    name: ClassVar[str] = "vocals_silent"
    unasked: ClassVar[str] = "for a song without lyrics or without that stem"

    def examine_all(self, case: Case) -> Finding | None:
        """Ask whether the voice is in its stem."""
        vocals = case.outputs.get(VOCALS)
        lines = len(case.lyrics.lines) if case.lyrics else 0
        if vocals is None or not lines or VOCALS in case.chosen_silent:
            return None
        if is_audible(vocals.measurement):
            return self.ok("The vocals are audible.", VOCALS)
        return self.fail(
            f"The song has {lines} lines of lyrics, and its vocals stem is silent.",
            VOCALS,
            causes=_why_inaudible(case),
            remedy="Make the clips again, or choose another separator; choose instrumental if it is one.",
        )


def _why_inaudible(case: Case) -> tuple[str, ...]:
    """Return why there are no vocals, the likeliest first: by what was left, and by what was sung."""
    engine, separator = "the engine did not sing", "the separator put the voice into another stem"
    reported = case.reported(SeparateFigures)
    if reported and reported.residual_db > NOTHING_TAKEN_DB:
        return ZEROS, engine
    sung = case.inputs.get(TRUE_STEM + VOCALS)
    was_sung = sung is not None and is_audible(sung.measurement)
    return (separator, engine) if was_sung else (engine, separator)


def residual_db(song: Samples, stems: Mapping[str, Samples]) -> float:
    """Return the power of song minus the stems' sum over the song's power, in dB, not under -200.

    All (frames, channels) of one shape. 0 when one of them holds NaN or infinity.
    """
    left = whole = 0.0
    for start in range(0, song.shape[0], CHUNK_FRAMES):
        part = slice(start, start + CHUNK_FRAMES)
        rest = song[part].astype(np.float64)
        whole += _energy(rest)
        for samples in stems.values():
            rest -= samples[part]
        left += _energy(rest)
    if not math.isfinite(left + whole):
        return 0.0
    whole = max(whole, 1e-20)
    return 10 * math.log10(max(left, 1e-20 * whole) / whole)


def _energy(samples: npt.NDArray[np.float64]) -> float:
    flat = samples.reshape(-1)
    return float(np.dot(flat, flat))


def _graded(value: float, warn: float, fail: float) -> Severity:
    if value > fail:
        return Severity.FAIL
    return Severity.WARN if value > warn else Severity.OK


def _lost(case: Case, fitting: Mapping[str, Sound]) -> Iterator[tuple[str, str]]:
    """Yield the stems that were made and are not there now, or not as loud, each with what to say of it."""
    reported = case.reported(SeparateFigures)
    for name, level in reported.levels_dbfs.items() if reported else ():
        if level is None:
            continue
        if name not in fitting:
            yield name, f"{name} is missing (it was at {level:.1f} dBFS)"
            continue
        now = fitting[name].measurement.rms_dbfs
        if now is None:
            yield name, f"{name} is silent (it was at {level:.1f} dBFS)"
        elif abs(now - level) > 0.5:
            yield name, f"{name} is {now - level:+.1f} dB off the level it was separated at"


def _is_few_tones(song: Sound) -> bool:
    flatness = song.measurement.spectral_flatness
    return flatness is not None and flatness < FEW_TONES_FLATNESS


def _pieces(sound: Sound) -> npt.NDArray[np.float32]:
    """Return chunks taken evenly over the sound, as one flat array."""
    samples = sound.audio.samples
    chunks = max(1, math.ceil(samples.shape[0] / CHUNK_FRAMES))
    step = max(1, chunks // LOOKED_AT_CHUNKS)
    starts = range(0, chunks * CHUNK_FRAMES, step * CHUNK_FRAMES)
    flat: npt.NDArray[np.float32] = np.concatenate([samples[s : s + CHUNK_FRAMES] for s in starts]).ravel()
    return flat


def _likeness(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> float:
    """Absolute correlation of two sounds; 0 for sounds of different shape."""
    if a.shape != b.shape:
        return 0.0
    power = float(np.dot(a, a)) * float(np.dot(b, b))
    return abs(float(np.dot(a, b))) / math.sqrt(power) if power > 0 else 0.0
