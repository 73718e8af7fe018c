"""Mix: faders, pan, mute and solo, summed into one bus that is never clipped and never squashed.

Pan law. A stereo stem is balanced: the side that it is turned away from is lowered by a quarter cosine
and the near side stays as it is, so the centre is bit-exact and nothing gets louder. A mono stem is panned
at constant power: sqrt(2) cos and sqrt(2) sin of the angle, 1.0 on both sides at the centre; the mix of
mono stems stays mono until one of them is panned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.audio import Audio, Samples, Stems
from core.checks import COMMON
from core.checks.figures import MixFigures
from core.checks.mixing import Headroom, MixSum
from core.contract import Contract, Figures, Material, Promise
from core.errors import NotFoundError, SettingsError
from core.settings import knob, pick
from core.stages.base import MadeBy, Output, StageSettings, Work
from core.stages.stem_family import StemFamily, stem_family

Gains = npt.NDArray[np.float32]
"""One linear gain for each channel of the mix."""

CHUNK_FRAMES = 32_768
"""Frames summed at a time: small enough to stay in the processor's cache."""


def _db(linear: float) -> float:
    return round(20 * math.log10(linear), 2)


DEFAULT_GAIN_DB: Mapping[StemFamily, float] = {
    StemFamily.VOCALS: 0.0,
    StemFamily.DRUMS: _db(0.85),
    StemFamily.BASS: _db(0.80),
    StemFamily.OTHER: _db(0.75),
    StemFamily.UNKNOWN: _db(0.80),
}


class Fader(StageSettings):
    """One stem's channel strip."""

    gain_db: float = knob(0, -60, 12, "dB", "Level", "How loud the stem is in the mix.")
    pan: float = knob(0, -1, 1, "", "Pan", "-1 is left, 0 the centre, 1 right.", step=0.05)
    mute: bool = pick(False, "Mute", "Leave the stem out of the mix.")
    solo: bool = pick(False, "Solo", "Play only the soloed stems.")


class MixSettings(StageSettings):
    """Faders by stem name, and what the bus does."""

    faders: dict[str, Fader] = pick(
        {}, "Faders", "A stem that is not listed is at 0 dB: its level as enhanced."
    )
    headroom_dbfs: float = knob(
        -1, -24, 0, "dBFS", "Max mix peak", "When the sum peaks higher, the whole mix is turned down to this."
    )
    mono_check: bool = pick(False, "Mono check", "Sum the mix to mono, to check what cancels.")

    def fader(self, stem: str) -> Fader:
        """Return the fader in effect for ``stem``."""
        own = self.faders.get(stem)
        return own if own is not None else Fader(gain_db=DEFAULT_GAIN_DB[stem_family(stem)])


@dataclass(frozen=True, eq=False)
class MixResult:
    """The mix and what was done to make it."""

    audio: Audio
    bus_gain_db: float
    """Static gain on the whole mix; 0, or negative when the sum left no headroom."""
    sum_peak_dbfs: float | None
    """Sample peak of the sum before that gain; None when it is silent."""
    audible: tuple[str, ...]
    muted: tuple[str, ...]
    """Stems left out by mute, or by another stem's solo."""


def mix_stems(stems: Stems, settings: MixSettings) -> MixResult:
    """Return the sum of what the faders say, turned down as a whole if it would leave no headroom.

    Raises SettingsError when a stem of more than two channels is panned.
    """
    faders = {name: settings.fader(name) for name in stems}
    audible = _audible(faders)
    first = next(iter(stems.values()))
    panned = any(faders[name].pan != 0 for name in audible)
    if panned and first.channels > 2:
        raise SettingsError(
            f"Stems of {first.channels} channels cannot be panned.", remedy="Set every pan to the centre."
        )
    channels = 2 if panned else first.channels
    total = np.zeros((first.frames, channels), dtype=np.float32)
    parts = [(stems[name].samples, strip_gains(faders[name], first.channels, channels)) for name in audible]
    peak = _sum_into(total, parts)
    if settings.mono_check and channels > 1:
        total[:] = total.mean(axis=1, keepdims=True)
        peak = _peak(total)
    bus_gain_db = _bus_gain_db(peak, settings.headroom_dbfs)
    if bus_gain_db < 0:
        np.multiply(total, np.float32(10 ** (bus_gain_db / 20)), out=total)
    return MixResult(
        audio=Audio(total, first.sample_rate),
        bus_gain_db=bus_gain_db,
        sum_peak_dbfs=20 * math.log10(peak) if peak > 0 else None,
        audible=audible,
        muted=tuple(name for name in stems if name not in audible),
    )


def _audible(faders: Mapping[str, Fader]) -> tuple[str, ...]:
    soloed = any(fader.solo for fader in faders.values())
    return tuple(name for name, fader in faders.items() if not fader.mute and (fader.solo or not soloed))


def strip_gains(fader: Fader, stem_channels: int, mix_channels: int) -> Gains:
    """Return one gain for each channel of the mix: level and pan law together.

    The mixer on the page (``core/ui/mixer.js``) has the same law; a browser test compares both.
    """
    level = 10 ** (fader.gain_db / 20)
    if mix_channels != 2:
        return np.full(mix_channels, level, dtype=np.float32)
    if stem_channels == 1:
        angle = (fader.pan + 1) * math.pi / 4
        sides = (math.sqrt(2) * math.cos(angle), math.sqrt(2) * math.sin(angle))
    else:
        turned = math.cos(abs(fader.pan) * math.pi / 2)
        sides = (turned if fader.pan > 0 else 1.0, turned if fader.pan < 0 else 1.0)
    return np.asarray([level * side for side in sides], dtype=np.float32)


def _sum_into(total: Samples, parts: list[tuple[Samples, Gains]]) -> float:
    """Add every part times its gains to ``total``, a chunk at a time, and return the sum's peak.

    Chunks are worked on as flat arrays against tiled gains: numpy is several times faster at that than
    at broadcasting two gains over rows of two.
    """
    frames, channels = total.shape
    if not parts:
        return 0.0
    chunk = min(CHUNK_FRAMES, max(1, frames))
    tiles = [np.tile(gains, chunk) for _, gains in parts]
    scratch = np.empty(chunk * channels, dtype=np.float32)
    peak = 0.0
    for start in range(0, frames, chunk):
        bus = total[start : start + chunk].reshape(-1)
        piece = scratch[: bus.size]
        for index, ((samples, _), tile) in enumerate(zip(parts, tiles, strict=True)):
            rows = samples[start : start + chunk]
            flat = rows.reshape(-1) if rows.shape[1] == channels else np.repeat(rows, channels)
            np.multiply(flat, tile[: bus.size], out=bus if index == 0 else piece)
            if index:
                np.add(bus, piece, out=bus)
        peak = max(peak, _peak(bus))
    return peak


def _peak(samples: Samples) -> float:
    return max(float(samples.max()), -float(samples.min())) if samples.size else 0.0


def _bus_gain_db(peak: float, headroom_dbfs: float) -> float:
    if not math.isfinite(peak) or peak <= 10 ** (headroom_dbfs / 20):
        return 0.0
    return headroom_dbfs - 20 * math.log10(peak)


class MixStage:
    """Sums the stems as the faders say."""

    name: ClassVar[str] = "mix"
    title: ClassVar[str] = "Mix"
    about: ClassVar[str] = "The stems back into one, by their faders."
    icon: ClassVar[str] = ":material/instant_mix:"
    version: ClassVar[int] = 1
    delivers: ClassVar[Material] = Material.MIX
    takes: ClassVar[tuple[Material, ...]] = (Material.STEMS,)
    settings_type: type[MixSettings] = MixSettings
    figures_type: ClassVar[type[Figures]] = MixFigures
    contract: Contract = Contract(checks=(*COMMON, Headroom()), whole=(MixSum(),))

    def run(self, work: Work[MixSettings]) -> Output:
        """Return ``mix``. Raises NotFoundError without stems, SettingsError for a pan that cannot be."""
        sounds = work.inputs.get(Material.STEMS, {})
        if not sounds:
            raise NotFoundError("There are no stems to mix.", remedy="Run the enhance stage first.")
        work.report(0.0, "summing the stems")
        result = mix_stems(Stems(sounds), work.settings)
        work.report(1.0, "mixed")
        audio = result.audio
        return Output(
            made_by=MadeBy("mixer", "Mixer"),
            sounds={"mix": audio},
            figures=MixFigures(
                bus_gain_db=result.bus_gain_db,
                sum_peak_dbfs=result.sum_peak_dbfs,
                audible=tuple(result.audible),
                muted=tuple(result.muted),
                faders={name: work.settings.fader(name).model_dump() for name in sounds},
            ),
            notes=_notes(result, work.settings, sounds),
            promise=Promise.form_of(audio),
            chosen_silent=frozenset() if result.audible else frozenset({"mix"}),
            uploaded=work.request.upload is not None,
        )


def _notes(result: MixResult, settings: MixSettings, stems: Mapping[str, Audio]) -> tuple[str, ...]:
    notes = []
    if result.bus_gain_db < 0 and result.sum_peak_dbfs is not None:
        notes.append(
            f"The sum peaked at {result.sum_peak_dbfs:+.1f} dBFS: the whole mix was turned down by "
            f"{-result.bus_gain_db:.1f} dB."
        )
    if result.muted:
        notes.append(f"Not in the mix by choice: {', '.join(result.muted)}.")
    if settings.mono_check:
        notes.append("Mono check is on: what follows is made from the mono mix.")
    unknown = [name for name in settings.faders if name not in stems]
    if unknown:
        notes.append(f"No such stem: {', '.join(unknown)}; the fader was not used.")
    return tuple(notes)
