"""An effect chain keeps the treble of its stem, adds no noise, and does not show its blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.checks.block_edges import gain_jumps, held_frames
from core.checks.context import by_choice, came_in, is_audible
from core.checks.lines import FEWEST_HARMONICS, HARMONICS, MAINS_HZ
from core.checks.stem_spectra import StemSpectra, stem_spectra
from core.contract import Case, Check, Finding, Rank, Sound
from core.meter.features import features

TREBLE_HZ = 10_000.0
LOST_DB = 20.0
PRESENT_DB = 70.0
"""Bands so far under the loudest one hold too little of the source to miss it."""
CUT_DB = 12.0
"""A chain whose bands cut by so much in all takes its treble away on purpose."""
RISES_DB = 12.0
"""In the quietest third of a band a chain lifts by so much more than in the loudest: a reverb, or noise."""
STEADY_DB = 2.2
"""Added noise is as loud in half of them, 5th to 50th percentile; a reverb dies away."""
BOOST_DB = 12.0
"""An equaliser lifts a band against the whole by so much at most; a band that held nothing counts so."""
RESTS_DB = 6.0
"""A stem has quiet moments when a third of it lies so far under another; a held chord has none."""
FLOOR_DB = 70.0
"""Noise in a band that lies so far under the whole is inaudible."""
NOISY_SHARE = 0.15
"""Of the bands that rise and are steady. Honest chains: none, and a ninth of those of a lone sub-bass."""
HUM_FLOOR_DB = 65.0
"""A line so far under the strongest of the low end is inaudible: what a compressor makes of a held chord."""
LINE_DB = 15.0
"""What lasts of a harmonic rises by so much more than what is around it, and stands out by as much."""
AROUND = 24

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class KeepsTreble(Check):
    """The treble that came in with a stem goes out with it."""

    name: ClassVar[str] = "stem_treble"
    unasked: ClassVar[str] = "without an input of the same form, and for a short one"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Compare the stem with what came in."""
        read = _spectra(sound, case)
        if read is None:
            return None
        lost_hz = treble_lost_hz(read)
        if lost_hz is None or lost_hz >= TREBLE_HZ or _cuts_db(sound, case) >= CUT_DB:
            return self.ok(
                f"What {sound.name} held of treble goes out with it (fails where all over a frequency under "
                f"{TREBLE_HZ / 1000:g} kHz is {LOST_DB:g} dB down).",
                sound,
            )
        return self.fail(
            f"What {sound.name} held over {lost_hz / 1000:.1f} kHz came in and is {LOST_DB:g} dB down or "
            f"more (fails under {TREBLE_HZ / 1000:g} kHz).",
            sound,
            causes=("a low-pass took the treble, or an effect works at a low rate",),
            remedy=f"Make this stage again, or bypass the chain of {sound.name}.",
        )


@dataclass(frozen=True)
class NothingAdded(Check):
    """No noise and no hum is added to a stem: in its rests nothing goes out that does not die away."""

    name: ClassVar[str] = "stem_added"
    unasked: ClassVar[str] = "without an input of the same form, and for a short one"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look at the quietest moments."""
        read = _spectra(sound, case)
        before = came_in(sound, case)
        if read is None or before is None:
            return None
        noisy = noisy_share(read)
        mains, lines = added_hum(before, sound)
        evidence = (
            f"In the quietest moments of {sound.name}, {noisy:.0%} of its bands rise to a level that never "
            f"moves (limit {NOISY_SHARE:.0%}), and so do {lines} harmonics of {mains:.0f} Hz "
            f"(limit {FEWEST_HARMONICS})."
        )
        causes = []
        if lines >= FEWEST_HARMONICS:
            causes.append(f"mains hum of {mains:.0f} Hz was added: a ground loop in the chain")
        if noisy > NOISY_SHARE:
            causes.append("noise was added: an effect that hisses, or dither far too strong")
        if not causes:
            return self.ok(evidence, sound)
        return self.fail(
            evidence,
            sound,
            causes=tuple(causes),
            remedy=f"Bypass the effects of {sound.name} one after another: the one that adds it does so in "
            "silence as well.",
        )


@dataclass(frozen=True)
class KeepsToNoBlocks(Check):
    """Nothing happens at the edges of the blocks in which the chain works."""

    name: ClassVar[str] = "block_edges"
    unasked: ClassVar[str] = "without an input of the same form"

    def examine(self, sound: Sound, case: Case) -> Finding | None:
        """Look for frames held and gains that jump."""
        before = came_in(sound, case)
        if before is None or by_choice(sound, case) or not _comparable(before, sound):
            return None
        x, y = before.audio.samples, sound.audio.samples
        what = held_frames(x, y) or gain_jumps(x, y)
        if not what:
            return self.ok(f"Nothing repeats at the distance of a block in {sound.name}.", sound)
        return self.fail(
            f"{sound.name}: {what}.",
            sound,
            causes=(what, "an effect is reset, or its parameters are set anew, with every block"),
            remedy="Make this stage again; if it repeats, bypass its effects one after another.",
        )


def treble_lost_hz(read: StemSpectra) -> float | None:
    """Return the frequency over which everything that came in is 20 dB down; None when the top is there."""
    levels = [10 * np.log10(np.mean(10 ** (side / 10), axis=0)) for side in (read.before_db, read.after_db)]
    present = levels[0] > levels[0].max() - PRESENT_DB
    gain_db = (levels[1] - levels[0])[present]
    loud = levels[1][present] > levels[1].max() - 30
    gone = gain_db <= float(np.median(gain_db[loud])) - LOST_DB
    if not gone[-1] or gone.all():
        return None
    kept = int(np.flatnonzero(~gone)[-1])
    return float(read.hz[:-1][present][kept + 1])


def noisy_share(read: StemSpectra) -> float:
    """Return the share of bands in whose quietest moments a level stands that did not come in.

    0 for a stem that has no quiet moments.
    """
    count = len(read.before_db) // 3
    course_db = np.sort(10 * np.log10(np.sum(10 ** (read.before_db / 10), axis=1)))
    if np.median(course_db[-count:]) - np.median(course_db[:count]) < RESTS_DB:
        return 0.0
    change_db = read.after_db - read.before_db
    quiet, loud = (np.argsort(read.before_db, axis=0)[part] for part in (slice(count), slice(-count, None)))
    whole_db = [
        float(10 * np.log10(np.mean(np.sum(10 ** (side / 10), axis=1))))
        for side in (read.before_db, read.after_db)
    ]
    usual = np.minimum(_middle(change_db, loud), whole_db[1] - whole_db[0] + BOOST_DB)
    low, middle = np.percentile(np.take_along_axis(read.after_db, quiet, axis=0), [5, 50], axis=0)
    rises = _middle(change_db, quiet) - usual > RISES_DB
    noisy = rises & (middle - low < STEADY_DB) & (middle > whole_db[1] - FLOOR_DB)
    return float(noisy.mean())


def _middle(levels: Doubles, rows: npt.NDArray[np.int64]) -> Doubles:
    return np.asarray(np.median(np.take_along_axis(levels, rows, axis=0), axis=0))


def added_hum(before: Sound, after: Sound) -> tuple[float, int]:
    """Return the mains frequency of which most harmonics last in ``after`` alone, and their number."""
    lasting = []
    for side in (before, after):
        spectra, hz = features(side.audio).course.low_frames
        if not len(spectra):
            return MAINS_HZ[0], 0
        power = np.square(np.abs(spectra)).sum(axis=1, dtype=np.float64)
        lasting.append(10 * np.log10(np.percentile(power, 10, axis=0) + 1e-14))
    rise = lasting[1] - lasting[0]
    counts = {mains: sum(_is_line(rise, lasting[1], hz, mains * k) for k in HARMONICS) for mains in MAINS_HZ}
    most = max(counts, key=lambda mains: counts[mains])
    return most, counts[most]


def _is_line(rise: Doubles, level: Doubles, hz: Doubles, wanted_hz: float) -> bool:
    """Return whether a line stands at a frequency that did not come in."""
    at = round(wanted_hz / float(hz[1]))
    if at + AROUND >= len(rise) or at < AROUND:
        return False
    around = np.r_[at - AROUND : at - 3, at + 4 : at + AROUND]
    over = [float(side[at - 1 : at + 2].max() - np.median(side[around])) for side in (rise, level)]
    height = level[at - 1 : at + 2].max()
    audible = height > level.max() - HUM_FLOOR_DB
    return bool(audible and min(over) >= LINE_DB and height > level[around].max())


def _spectra(sound: Sound, case: Case) -> StemSpectra | None:
    before = came_in(sound, case)
    if before is None or by_choice(sound, case) or not _comparable(before, sound):
        return None
    return stem_spectra(before.audio, sound.audio)


def _comparable(before: Sound, after: Sound) -> bool:
    alike = before.audio.samples.shape == after.audio.samples.shape
    return alike and is_audible(before.measurement) and is_audible(after.measurement)


def _cuts_db(sound: Sound, case: Case) -> float:
    """Return by how much the bands of a stem's chain cut in all."""
    chain_of: Any = getattr(case.settings, "chain", None)
    if chain_of is None:
        return 0.0
    return sum(-min(0.0, float(band.gain_db)) for band in chain_of(sound.name).bands)
