"""Whether a mix is the sum that its faders promise, recomputed here from the stems and the settings.

The sum is computed again on its own terms (this file shares no code with the mixer), and when it does not
agree, least squares over the stems tell which of them is missing, doubled or too loud; when no sum of the
stems explains the mix, it was bent: clipped, saturated or compressed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Protocol, cast

import numpy as np
import numpy.typing as npt

from core.audio import Audio, Samples
from core.checks.altered import alteration
from core.checks.block_edges import held_frames
from core.checks.figures import MixFigures
from core.contract import Case, Check, Finding, Rank, Severity, Sound, WholeCheck

MIX = "mix"
CHUNK_FRAMES = 65_536
SILENT_POWER = 1e-18


class _Fader(Protocol):
    gain_db: float
    pan: float
    mute: bool
    solo: bool


class _Settings(Protocol):
    headroom_dbfs: float
    mono_check: bool

    def fader(self, stem: str) -> _Fader: ...


@dataclass(frozen=True, eq=False)
class _Part:
    """A stem as it should be in the mix: its samples, its gain for each channel, whether it is audible."""

    name: str
    samples: Samples
    gains: npt.NDArray[np.float32]
    audible: bool


@dataclass(frozen=True)
class MixSum(WholeCheck):
    """The mix equals the sum of what the faders say, but for the declared bus gain.

    The residual is taken against the expected sum: a fail above ``fail_db``, a warning above ``warn_db``.
    """

    name: ClassVar[str] = "mix_sum"
    unasked: ClassVar[str] = "without a mix, stems and settings, or when the mix lacks a channel"
    rank: ClassVar[Rank] = Rank.ARITHMETIC
    warn_db: float = -100.0
    fail_db: float = -80.0

    def examine_all(self, case: Case) -> Finding | None:
        """Recompute the sum."""
        mix = case.outputs.get(MIX)
        if mix is None or not case.inputs or case.settings is None:
            return None
        if any(s.audio.channels > mix.audio.channels for s in case.inputs.values()):
            return None
        settings = cast(_Settings, case.settings)
        if any(s.audio.frames != mix.audio.frames for s in case.inputs.values()):
            return self._wrong_length(mix, case)
        parts = _parts(case, settings, mix.audio.channels)
        if not any(part.audible for part in parts):
            return self._all_muted(mix, parts)
        bus = 10 ** (_bus_gain_db(case) / 20)
        wanted, left = _powers(mix.audio.samples, parts, bus, settings.mono_check)
        if wanted <= 0.0 and left <= 0.0:
            return self.ok("The stems are silent, and so is their sum.", MIX)
        residual_db = _ratio_db(left, wanted)
        matches = "matches" if residual_db <= self.warn_db else "does not match"
        evidence = (
            f"The mix {matches} the sum of its stems at the faders' gains: what differs is at "
            f"{residual_db:.0f} dB beside it (warns above {self.warn_db:g}, fails above {self.fail_db:g} dB)."
        )
        if residual_db <= self.warn_db:
            return self.ok(evidence, MIX)
        causes = _explain(mix.audio, parts, bus, settings.mono_check)
        return self.rated(
            Severity.FAIL if residual_db > self.fail_db else Severity.WARN,
            evidence,
            MIX,
            causes=causes,
            remedy="Make the mix again; if it still differs, compare it with its stems on the compare page.",
        )

    def _all_muted(self, mix: Sound, parts: list[_Part]) -> Finding:
        silent = not mix.audio.samples.any()
        names = ", ".join(part.name for part in parts)
        return self.rated(
            Severity.WARN if silent else Severity.FAIL,
            f"Every stem is muted ({names}), and the mix is "
            + ("silent, as asked." if silent else "not silent."),
            MIX,
            causes=("every fader is muted",) if silent else ("a muted stem is audible",),
            remedy="Unmute a stem.",
        )

    def _wrong_length(self, mix: Sound, case: Case) -> Finding:
        lengths = sorted({s.audio.frames for s in case.inputs.values()})
        return self.fail(
            f"The mix has {mix.audio.frames} frames, its stems {', '.join(map(str, lengths))}.",
            MIX,
            causes=("the mix was cut off, or a stem has another length",),
            remedy="Make the stage before again, then the mix.",
        )


@dataclass(frozen=True)
class Headroom(Check):
    """The mix peaks at or under the headroom, and was turned down no further than that."""

    name: ClassVar[str] = "headroom"
    unasked: ClassVar[str] = "for another sound than the mix, and for silence"
    rank: ClassVar[Rank] = Rank.SYMPTOM
    tolerance_db: float = 0.05

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the mix's sample peak with the setting."""
        peak_dbfs = sound.measurement.sample_peak_dbfs
        if sound.name != MIX or case.settings is None or peak_dbfs is None:
            return None
        limit_dbfs = cast(_Settings, case.settings).headroom_dbfs
        bus_gain_db = _bus_gain_db(case)
        evidence = f"The mix peaks at {peak_dbfs:.2f} dBFS (limit {limit_dbfs:g}), bus {bus_gain_db:+.2f} dB."
        over = peak_dbfs > limit_dbfs + self.tolerance_db
        needless = bus_gain_db < -self.tolerance_db and peak_dbfs < limit_dbfs - self.tolerance_db
        if not over and not needless:
            return self.ok(evidence, MIX)
        return self.fail(
            evidence,
            MIX,
            causes=("the bus was not turned down",) if over else ("the bus was turned down too far",),
            remedy="Make the mix again; lower the faders if it still peaks too high.",
        )


def _bus_gain_db(case: Case) -> float:
    reported = case.reported(MixFigures)
    return reported.bus_gain_db if reported else 0.0


def _parts(case: Case, settings: _Settings, channels: int) -> list[_Part]:
    faders = {name: settings.fader(name) for name in case.inputs}
    any_solo = any(fader.solo for fader in faders.values())
    parts = []
    for name, sound in case.inputs.items():
        fader = faders[name]
        audible = not fader.mute and (fader.solo or not any_solo)
        samples = sound.audio.samples
        parts.append(_Part(name, samples, _expected_gains(fader, samples.shape[1], channels), audible))
    return parts


def _expected_gains(fader: _Fader, stem_channels: int, mix_channels: int) -> npt.NDArray[np.float32]:
    """Return the gain in each channel of the mix: balance for stereo stems, constant power for mono ones."""
    gains = np.full(mix_channels, math.exp(fader.gain_db * math.log(10) / 20))
    if mix_channels == 2 and stem_channels == 1:
        right_share = (1 + math.sin(fader.pan * math.pi / 2)) / 2
        gains *= np.sqrt([2 * (1 - right_share), 2 * right_share])
    elif mix_channels == 2:
        gains[0 if fader.pan > 0 else 1] *= math.cos(fader.pan * math.pi / 2)
    return gains.astype(np.float32)


def _chunks(
    mix: Samples, parts: list[_Part], bus: float, mono: bool
) -> Iterator[tuple[npt.NDArray[np.float32], list[npt.NDArray[np.float32]]]]:
    """Yield flat pieces of the mix and of every part as it should sound in it, bus gain included."""
    frames, channels = mix.shape
    tiles = [np.tile(part.gains * np.float32(bus), CHUNK_FRAMES) for part in parts]
    for start in range(0, frames, CHUNK_FRAMES):
        piece = mix[start : start + CHUNK_FRAMES]
        yield (
            piece.reshape(-1),
            [
                _contribution(part.samples[start : start + CHUNK_FRAMES], tile, channels, mono)
                for part, tile in zip(parts, tiles, strict=True)
            ],
        )


def _contribution(
    rows: Samples, tile: npt.NDArray[np.float32], channels: int, mono: bool
) -> npt.NDArray[np.float32]:
    flat = rows.reshape(-1) if rows.shape[1] == channels else np.repeat(rows, channels)
    out = np.multiply(flat, tile[: flat.size])
    if mono and channels > 1:
        out = np.repeat(out.reshape(-1, channels).mean(axis=1), channels)
    return out


def _powers(mix: Samples, parts: list[_Part], bus: float, mono: bool) -> tuple[float, float]:
    """Return the energy of the expected sum, and of what the mix differs from it by."""
    audible = [part for part in parts if part.audible]
    wanted = left = 0.0
    for piece, contributions in _chunks(mix, audible, bus, mono):
        total = contributions[0]
        for contribution in contributions[1:]:
            total += contribution
        wanted += float(np.dot(total, total))
        np.subtract(piece, total, out=total)
        left += float(np.dot(total, total))
    return wanted, left


def _ratio_db(left: float, wanted: float) -> float:
    return 10 * math.log10(max(left, SILENT_POWER) / max(wanted, SILENT_POWER))


def _explain(audio: Audio, parts: list[_Part], bus: float, mono: bool) -> tuple[str, ...]:
    """Say which stem is missing, doubled or off, or what was done to a mix that no sum of them makes."""
    mix = audio.samples
    count = len(parts)
    gram, against, total = np.zeros((count, count)), np.zeros(count), 0.0
    for piece, contributions in _chunks(mix, parts, bus, mono):
        stack = np.stack(contributions)
        gram += stack @ stack.T
        against += stack @ piece
        total += float(np.dot(piece, piece))
    shares, *_ = np.linalg.lstsq(gram, against, rcond=1e-10)
    unexplained = total - 2 * float(shares @ against) + float(shares @ gram @ shares)
    audible = np.diag(gram) > SILENT_POWER
    named = [
        text
        for part, share, plays in zip(parts, shares, audible, strict=True)
        if plays and (text := _share_text(part, float(share)))
    ]
    expected = _expected(mix, [part for part in parts if part.audible], bus, mono)
    held = held_frames(expected, mix)
    if _ratio_db(unexplained, total) > -50:
        return (
            held or alteration(expected, mix, audio.sample_rate).cause,
            *named,
            "no sum of the stems makes this mix: it was clipped, saturated, compressed or delayed",
        )
    if held:
        return (held, *named)
    return tuple(named) or ("a small constant or rounding error was added to the sum",)


def _expected(mix: Samples, audible: list[_Part], bus: float, mono: bool) -> Samples:
    """Return the sum that the faders say, like the mix (frames, channels)."""
    pieces = [np.sum(contributions, axis=0) for _, contributions in _chunks(mix, audible, bus, mono)]
    return np.concatenate(pieces).reshape(mix.shape).astype(np.float32)


def _share_text(part: _Part, share: float) -> str:
    """Say what is wrong with a stem's share of the mix (1 is right, or 0 when it is muted); "" if nothing."""
    if not part.audible:
        return f"{part.name} is muted and is audible" if abs(share) > 0.05 else ""
    if share < 0.1:
        return f"{part.name} is missing" if share > -0.1 else f"{part.name} is in it with inverted polarity"
    if 1.9 < share < 2.1:
        return f"{part.name} is in it twice"
    off_db = 20 * math.log10(share)
    return f"{part.name} is {off_db:+.1f} dB off its fader" if abs(off_db) > 0.01 else ""
