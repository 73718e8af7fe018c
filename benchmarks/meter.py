"""How fast and how lean the full measurement is, beside ffmpeg, libebur128, pyloudnorm and rs-audio-stats.

Every contest is run here and now on one synthetic piece, alternately, and the best of three is taken on
both sides: other work on the machine then disturbs both. Ratios are theirs over ours.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.figure import Figure, show
from core.audio import Audio, read
from core.measure import analyse
from core.meter import warm_up

FFMPEG = "ffmpeg ebur128=peak=true,astats (decoding included)"
LIBEBUR128 = "libebur128 in blocks of 1 s: I, LRA, true peak, M and S at each block's end"
RS_AUDIO_STATS = "rs-audio-stats 1.4: I, M, S, LRA, true peak, RMS (decoding included)"
ROUNDS = 3


def run() -> list[Figure]:
    """Measure and return the figures; about a minute and a half."""
    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        short, long = Path(folder) / "3min.wav", Path(folder) / "10min.wav"
        _write_piece(short, 180, 44_100)
        _write_piece(long, 600, 48_000)
        return [*_figures_of_3_min(short), *_figures_of_10_min(long), *_memory(long)]


def _figures_of_3_min(path: Path) -> list[Figure]:
    ours, theirs = _contest(lambda: analyse(read(path)), lambda: _ffmpeg(path))
    return [
        Figure("3 min stereo 44.1 kHz, decoded and measured", ours, "s"),
        Figure("3 min stereo 44.1 kHz, decoded and measured", theirs / ours, "x", ">= 2", FFMPEG),
    ]


def _figures_of_10_min(path: Path) -> list[Figure]:
    audio = read(path)
    alone, theirs = _contest(lambda: analyse(fresh(audio)), lambda: _ffmpeg(path))
    decoded, again = _contest(lambda: analyse(read(path)), lambda: _ffmpeg(path))
    with_blocks, libebur128 = _contest(lambda: analyse(fresh(audio)), lambda: _libebur128(audio))
    pyloudnorm = _once(lambda: _pyloudnorm(audio))
    name = "10 min stereo 48 kHz, measured"
    return [
        Figure(name, alone, "s"),
        Figure(name, theirs / alone, "x", ">= 10", FFMPEG),
        Figure("10 min stereo 48 kHz, decoded and measured", again / decoded, "x", ">= 3.5", FFMPEG),
        Figure(name, libebur128 / with_blocks, "x", "", LIBEBUR128),
        Figure(name, pyloudnorm / alone, "x", "", "pyloudnorm 0.2: I and LRA alone"),
        *_beside_rs_audio_stats(path),
    ]


def _beside_rs_audio_stats(path: Path) -> list[Figure]:
    """Compare with the fastest meter found, which requirements-bench.txt brings; nothing without it."""
    try:
        import rs_audio_stats
    except ImportError:
        return []
    ours, theirs = _contest(lambda: analyse(read(path)), lambda: rs_audio_stats.analyze_audio_all(str(path)))
    name = "10 min stereo 48 kHz, decoded and measured"
    return [Figure(name, theirs / ours, "x", "", RS_AUDIO_STATS)]


_IN_A_FRESH_PROCESS = """
import sys
from pathlib import Path
from core.audio import read
from core.measure import analyse
from core.meter import warm_up

def high_water_bytes():
    return 1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

warm_up()
before = high_water_bytes()
audio = read(sys.argv[1])
analyse(audio)
print((high_water_bytes() - before) / audio.samples.nbytes)
"""


def _memory(path: Path) -> list[Figure]:
    """Most memory while a file is read and measured, over the memory of its samples; on Linux alone."""
    if not Path("/proc/self/status").exists():
        return []
    command = [sys.executable, "-c", _IN_A_FRESH_PROCESS, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [Figure("Memory to read and measure 10 min, over its samples", float(done.stdout), "x", "<= 2")]


def _write_piece(path: Path, duration_s: int, rate: int) -> None:
    """Write 16-bit stereo that goes loud and quiet like music: coloured noise, chords and hits."""
    rng = np.random.default_rng(1)
    with soundfile.SoundFile(path, "w", rate, 2, "PCM_16") as out:
        for second in range(duration_s):
            t = second + np.arange(rate) / rate
            notes_hz = np.array([110.0, 165.0, 220.0 + second % 5 * 20.0])
            chord = np.sin(2 * np.pi * notes_hz * t[:, None]).sum(axis=1)
            hit = rng.standard_normal((rate, 2)) * np.exp(-(t[:, None] * 2 % 1) * 12)
            level = 0.35 + 0.3 * np.sin(second / 9)
            out.write(np.clip(level * (0.15 * chord[:, None] + 0.3 * hit), -1, 1))


def fresh(audio: Audio) -> Audio:
    """Return the same samples as a sound that nothing is known of: a sound is analysed once."""
    return Audio(audio.samples, audio.sample_rate)


def _contest(ours: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float]:
    rounds = [(_once(ours), _once(theirs)) for _ in range(ROUNDS)]
    return min(a for a, _ in rounds), min(b for _, b in rounds)


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _ffmpeg(path: Path) -> None:
    filters = "ebur128=peak=true,astats"
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", filters, "-f", "null", "-"]
    subprocess.run(command, check=True, capture_output=True)


def _libebur128(audio: Audio) -> None:
    import pyebur128

    modes = pyebur128.MeasurementMode
    mode = modes.MODE_I | modes.MODE_M | modes.MODE_S | modes.MODE_LRA | modes.MODE_TRUE_PEAK
    state = pyebur128.R128State(audio.channels, audio.sample_rate, mode)
    block = audio.sample_rate
    samples = np.array(audio.samples).reshape(-1)
    for start in range(0, audio.frames, block):
        frames = min(block, audio.frames - start)
        state.add_frames(samples[start * audio.channels : (start + frames) * audio.channels], frames)
        pyebur128.get_loudness_momentary(state)
        pyebur128.get_loudness_shortterm(state)
    pyebur128.get_loudness_global(state)
    pyebur128.get_loudness_range(state)
    for channel in range(audio.channels):
        pyebur128.get_true_peak(state, channel)


def _pyloudnorm(audio: Audio) -> None:
    import pyloudnorm

    meter = pyloudnorm.Meter(audio.sample_rate)
    meter.integrated_loudness(audio.samples)
    meter.loudness_range(audio.samples)


if __name__ == "__main__":
    show(run())
