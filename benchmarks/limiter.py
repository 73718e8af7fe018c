"""How fast, clean and tight the limiter is, beside pedalboard's BrickwallLimiter.

Both limit one synthetic mix, a minute of stereo, by the same gain to the same ceiling.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import soxr

from benchmarks.figure import Figure, show
from core.audio import Audio, Samples
from core.dsp.limiter import limit
from core.measure import measure
from core.progress import silent
from core.stages.master import MasterSettings, master_audio

RATE = 48_000
CEILING_DBTP = -1.0
GAIN_DB = 6.0
ROUNDS = 3
BRICKWALL = "pedalboard BrickwallLimiter, same gain and ceiling"


def run() -> list[Figure]:
    """Measure and return the figures; about half a minute."""
    mix = _mix(60)
    limit(mix, gain_db=GAIN_DB, ceiling_dbtp=CEILING_DBTP)
    return [
        *_figures_of_limiting(mix),
        _distortion(),
        _mastered(mix),
        *_beside_pedalboard(mix),
        *_beside_sf_limiter(mix),
    ]


def _figures_of_limiting(mix: Audio) -> list[Figure]:
    name = "60 s stereo 48 kHz, limited by 6 dB"
    made = limit(mix, gain_db=GAIN_DB, ceiling_dbtp=CEILING_DBTP)
    seconds = _best(lambda: limit(mix, gain_db=GAIN_DB, ceiling_dbtp=CEILING_DBTP))
    over_4x = measure(made.audio).true_peak_dbtp or -math.inf
    over_8x = _peak_dbtp(soxr.resample(made.audio.samples, RATE, 8 * RATE, quality="VHQ"))
    return [
        Figure(name, seconds, "s", "<= 0.5"),
        Figure("true peak over the ceiling, 4x", over_4x - CEILING_DBTP, "dB", "<= 0"),
        Figure("true peak over the ceiling, 8x by soxr", over_8x - CEILING_DBTP, "dB", "<= 0"),
        Figure("largest reduction", made.max_reduction_db, "dB"),
        Figure("mean reduction while there is any", made.mean_reduction_db, "dB"),
    ]


def _peak_dbtp(samples: Samples) -> float:
    return 20 * math.log10(float(np.abs(samples).max()))


def _distortion() -> Figure:
    """THD+N of a 997 Hz sine driven 6 dB over the ceiling, the attack left out (AES17 names that tone)."""
    turn = 2 * np.pi * 997 * np.arange(3 * RATE) / RATE
    sine = Audio((0.5 * np.sin(turn))[:, None].astype(np.float32), RATE)
    gain_db = CEILING_DBTP + 6 - 20 * math.log10(0.5)
    out = limit(sine, gain_db=gain_db, ceiling_dbtp=CEILING_DBTP).audio.samples[RATE : 2 * RATE, 0]
    y = out.astype(np.float64)
    basis = np.stack([np.sin(turn[RATE : 2 * RATE]), np.cos(turn[RATE : 2 * RATE])], axis=1)
    rest = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
    ratio_db = 10 * math.log10(float(rest @ rest) / float(y @ y))
    return Figure("THD+N, 997 Hz, 6 dB over the ceiling", ratio_db, "dB", "<= -110")


def _mastered(mix: Audio) -> Figure:
    seconds = _best(lambda: master_audio(Audio(mix.samples, RATE), MasterSettings(), silent))
    return Figure("60 s stereo 48 kHz, mastered to -14 LUFS, every pass", seconds, "s")


def _beside_pedalboard(mix: Audio) -> list[Figure]:
    """Compare with the other limiter; nothing when this pedalboard has none of that name."""
    try:
        from pedalboard import BrickwallLimiter
    except ImportError:
        return []
    driven = (mix.samples * np.float32(10 ** (GAIN_DB / 20))).T.copy()

    def theirs() -> Audio:
        made = BrickwallLimiter(ceiling_db=CEILING_DBTP, true_peak=True)(driven, RATE)
        return Audio(np.ascontiguousarray(made.T, dtype=np.float32), RATE)

    ours = limit(mix, gain_db=GAIN_DB, ceiling_dbtp=CEILING_DBTP).audio
    mine, other = measure(ours), measure(theirs())
    ratio = _best(theirs) / _best(lambda: limit(mix, gain_db=GAIN_DB, ceiling_dbtp=CEILING_DBTP))
    assert mine.plr_db is not None
    assert other.plr_db is not None
    assert mine.true_peak_dbtp is not None
    assert other.true_peak_dbtp is not None
    # By the same gain, PLR falls as a limiter keeps more of the loudness; at one loudness and one true peak
    # it is the same for all of them. So what each keeps under one true peak is what can be compared.
    return [
        Figure("as fast", ratio, "x", "", BRICKWALL),
        Figure("PLR, ours", mine.plr_db, "dB"),
        Figure("PLR, theirs", other.plr_db, "dB"),
        Figure("true peak over the ceiling, theirs", other.true_peak_dbtp - CEILING_DBTP, "dB"),
        Figure("louder than theirs at one true peak", other.plr_db - mine.plr_db, "LU", ">= 0", BRICKWALL),
    ]


def _beside_sf_limiter(mix: Audio) -> list[Figure]:
    """Compare with sf-limiter, which requirements-bench.txt brings; nothing without it."""
    try:
        import sf_limiter
    except ImportError:
        return []
    driven = (mix.samples * np.float32(10 ** (GAIN_DB / 20))).T.copy()

    def theirs() -> Audio:
        made, _ = sf_limiter.limit(driven, RATE, threshold_dBFS=CEILING_DBTP, true_peak=True)
        return Audio(np.ascontiguousarray(np.asarray(made).T, dtype=np.float32), RATE)

    ours = measure(limit(mix, gain_db=GAIN_DB, ceiling_dbtp=CEILING_DBTP).audio)
    other = measure(theirs())
    assert ours.plr_db is not None
    assert other.plr_db is not None
    assert other.true_peak_dbtp is not None
    ratio = _best(theirs) / _best(lambda: limit(mix, gain_db=GAIN_DB, ceiling_dbtp=CEILING_DBTP))
    name = "sf-limiter with true peak, same gain and ceiling"
    return [
        Figure("as fast", ratio, "x", "", name),
        Figure("true peak over the ceiling, theirs", other.true_peak_dbtp - CEILING_DBTP, "dB", "", name),
        Figure("louder than theirs at one true peak", other.plr_db - ours.plr_db, "LU", ">= 0", name),
    ]


def _mix(seconds: int) -> Audio:
    """Return chords and hits that peak at full scale: about 16 dB of crest."""
    rng = np.random.default_rng(1)
    t = np.arange(seconds * RATE) / RATE
    chord = np.sin(2 * np.pi * np.array([[110.0], [165.0], [220.0]]) * t).sum(axis=0)
    hits = rng.standard_normal((t.size, 2)) * np.exp(-(t[:, None] * 2 % 1) * 12)
    swell = 0.6 + 0.4 * np.sin(t[:, None] / 5)
    sound = swell * (0.12 * chord[:, None] + 0.3 * hits)
    return Audio((sound / np.abs(sound).max()).astype(np.float32), RATE)


def _best(work: Callable[[], object]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        rounds.append(time.perf_counter() - start)
    return min(rounds)


if __name__ == "__main__":
    show(run())
