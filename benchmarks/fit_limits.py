"""Where the limits of the checks that know a sound alone come from: ``python -m benchmarks.fit_limits FILE``.

FILE lists sound files, one a line: published music, half of which (by a checksum of its name) is for fitting
and half is held out. For every figure that a limit stands on, the table gives its percentiles over both
halves, and what it reads in faults put into some of the held-out tracks. The table printed last is kept as
``docs/limits.md``. Music is not kept in the repository: Debian's packages of free game music hold some.
"""

from __future__ import annotations

import argparse
import zlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from core.audio import Audio
from core.checks import (
    COMMON,
    any_noise,
    clipped_before,
    coarse,
    layout,
    lines,
    polarity,
    slow,
    stuck_buffer,
    tone,
    treble,
)
from core.contract import Case, Contract, Severity, Sound, judge
from core.faults import blind
from core.faults.injections import Inject
from core.measure import measure
from core.meter.features import features

EXCERPT_S, FAULT_S = 30.0, 10.0
CARRIERS = 6
FAMILIES = (any_noise, clipped_before, coarse, layout, lines, polarity, slow, stuck_buffer, tone, treble)
MINE = tuple(check for check in COMMON if type(check).__module__ in {m.__name__ for m in FAMILIES})


@dataclass(frozen=True)
class Row:
    """One figure: how it is read, its limit in words, and the faults that it is there for."""

    check: str
    figure: str
    limit: str
    read: Callable[[Audio], float | None]
    faults: dict[str, Inject]


def _noise_figure(name: str) -> Callable[[Audio], float | None]:
    def read(audio: Audio) -> float | None:
        values = getattr(features(audio).stretches, name)
        values = values[np.isfinite(values)]
        return float(np.median(values)) if len(values) else None

    return read


def _still(audio: Audio) -> float | None:
    reading = tone.tone_reading(audio)
    return reading.still if reading else None


def _unmoved_s(audio: Audio) -> float | None:
    reading = tone.tone_reading(audio)
    return reading.fixed.stop_s - reading.fixed.start_s if reading and reading.fixed else 0.0


def _noise_share(audio: Audio) -> float | None:
    places = any_noise.noise_places(audio)
    return None if places is None else any_noise.share_of(places, audio)


def _uneven(audio: Audio) -> float | None:
    steps = layout.alternation(audio)
    return None if steps is None else abs(steps[0])


def _nearer(audio: Audio) -> float | None:
    steps = layout.alternation(audio)
    return None if steps is None else steps[1]


def _levels(audio: Audio) -> float | None:
    reading = coarse.coarse_reading(audio)
    return None if reading is None else float(reading.levels)


def _held(audio: Audio) -> float | None:
    reading = coarse.coarse_reading(audio)
    return None if reading is None or reading.coarse else reading.held


def _fall(audio: Audio) -> float | None:
    if audio.channels != 2:
        return None
    part = polarity.inverted_part(audio)
    return 0.0 if part is None else part[1] - part[2]


def _bass(audio: Audio) -> float | None:
    reading = polarity.bass_reading(audio) if audio.channels == 2 else None
    return None if reading is None else reading[0]


def _lag_ms(audio: Audio) -> float | None:
    lag = features(audio).lag
    return 1000 * abs(lag.lag_s) if lag.asked and abs(lag.height) >= polarity.FAR_HEIGHT else None


def _whine(audio: Audio) -> float | None:
    line = lines.whine(audio)
    return None if line is None else line[1]


def _hum(audio: Audio) -> float | None:
    found = lines.hum(audio)
    return None if found is None else float(len(found[1]))


def _fall_db(audio: Audio) -> float | None:
    edge = treble.treble_edge(audio)
    return edge[1] if edge and edge[0] <= treble.EDGE_HZ[1] else None


NOISES = {
    "white": blind.noise(0),
    "pink": blind.noise(1),
    "brown, enveloped": blind.noise(2, enveloped=True),
    "pink from 50 %": blind.noise(1, 0.5),
    "white from 80 %": blind.noise(0, 0.8),
}
ROWS = (
    Row("tone", "energy in lines that never move", f"> {tone.STILL}", _still,
        {"1 kHz": blind.tone(1000), "50 Hz": blind.tone(50), "220 Hz, 4 partials": blind.tone(220, 4)}),
    Row("tone", "stretch to the end in which nothing moves, s", f"> {tone.FEWEST_S} and "
        f"{tone.FEWEST_SHARE:.0%}", _unmoved_s,
        {"437 Hz from 50 %": blind.tone(437, 1, from_share=0.5),
         "437 Hz, 3 partials, from 70 %": blind.tone(437, 3, from_share=0.7),
         "437 Hz, 3 partials, from 85 %": blind.tone(437, 3, from_share=0.85)}),
    Row("coloured_noise", "fine flatness", f"> {any_noise.FLATNESS}", _noise_figure("flatness"), NOISES),
    Row("coloured_noise", "smoothness", f"> {any_noise.SMOOTHNESS}", _noise_figure("smoothness"), NOISES),
    Row("coloured_noise", "restlessness", f"< {any_noise.RESTLESSNESS}", _noise_figure("restlessness"),
        NOISES),
    Row("coloured_noise", "share of stretches with all three", f"> {any_noise.LONG_SHARE}", _noise_share,
        NOISES),
    Row("stuck_buffer", "repeated within 0.5 s, s", f"> {stuck_buffer.LEAST_S}",
        lambda audio: stuck_buffer.stuck_places(audio)[1],
        {"10 ms x 20": blind.stuck_buffer(0.01, 20), "50 ms x 1": blind.stuck_buffer(0.05, 1),
         "200 ms x 3": blind.stuck_buffer(0.2, 3)}),
    Row("one_loop", "largest share at one distance", f"> {stuck_buffer.LOOP_SHARE}",
        lambda audio: stuck_buffer.longest_loop(audio)[0],
        {"0.7 s": blind.one_loop(0.7), "2 s": blind.one_loop(2.0)}),
    Row("misread", "right between left's neighbours, dB", f"< {layout.BETWEEN_DB}", layout.between_db,
        {"planes read as frames": blind.planes_as_frames}),
    Row("misread", "even over odd steps, dB", f"> {layout.ALTERNATE_DB}", _uneven,
        {"frames read as planes": blind.frames_as_planes}),
    Row("misread", "double over single steps", f"< {layout.NEARER}", _nearer,
        {"frames read as planes": blind.frames_as_planes}),
    Row("coarse_samples", "different values", f"< {coarse.MOST_LEVELS}", _levels,
        {f"{bits} bit": blind.coarse(bits) for bits in (12, 10, 8, 6, 4)}),
    Row("held_samples", "equal neighbours on steep places", f"> {coarse.HELD}", _held,
        {"x 2": blind.held(2), "x 4": blind.held(4), "x 1.0884": blind.held(48 / 44.1)}),
    Row("clipped_before", "density at a ceiling over that under it", f"> {clipped_before.PILED}",
        lambda audio: clipped_before.pile(audio)[0],
        {f"+{db} dB, resampled": blind.clipped_and_resampled(db) for db in (3, 6, 12)}),
    Row("polarity_part", "fall of the correlation", f"> {polarity.TURN}", _fall,
        {"from 50 %": blind.inverted_part(0.5), "70 to 90 %": blind.inverted_part(0.7, 0.9)}),
    Row("bass_phase", "correlation under 120 Hz", f"< {polarity.BASS}", _bass,
        {"120 Hz": blind.inverted_bass(120), "180 Hz": blind.inverted_bass(180)}),
    Row("channel_delay", f"lag of a peak over {polarity.FAR_HEIGHT}, ms",
        f"> {1000 * polarity.LATE_S}, > {1000 * polarity.FAR_S} if under {polarity.HEIGHT}", _lag_ms,
        {f"{ms} ms": blind.late_channel(ms / 1000) for ms in (0.5, 2, 5)}),
    Row("whine", "steady line over its surroundings, dB", f"> {lines.WHINE_DB}", _whine,
        {"15.7 kHz -40 dB": blind.whine(15_734, -40), "3 kHz -25 dB": blind.whine(3_000, -25)}),
    Row("hum", "steady harmonics of the mains", f">= {lines.FEWEST_HARMONICS}, or 1 alone", _hum,
        {"50 Hz -20 dB": blind.hum(50, -20), "60 Hz -20 dB": blind.hum(60, -20),
         "60 Hz -10 dB": blind.hum(60, -10)}),
    Row("dc_drift", "swing of the mean", f"> {slow.SWING}", slow.drift,
        {"0.07": blind.drifting_offset(0.07), "0.3": blind.drifting_offset(0.3)}),
    Row("rumble", "under 20 Hz against all, dB", f"> {slow.RUMBLE_DB}", slow.rumble_db,
        {"5 Hz -3 dB": blind.rumble(5, -3), "12 Hz 0 dB": blind.rumble(12, 0)}),
    Row("missing_treble", "steepest fall under 12.5 kHz, dB", f"> {treble.EDGE_DB}", _fall_db,
        {"8 kHz": blind.low_pass(8_000), "11 kHz": blind.low_pass(11_000)}),
)  # fmt: skip


def main() -> None:
    """Read all music, put the faults in, and print the tables as Markdown."""
    parser = argparse.ArgumentParser(description="Print the figures that the limits stand on.")
    parser.add_argument("list", type=Path, help="a file of paths, one a line")
    parser.add_argument("--faults-only", action="store_true", help="leave the good music unread")
    parser.add_argument("--only", nargs="+", default=[], metavar="CHECK", help="the rows of these checks")
    parser.add_argument("--most", type=int, default=1_000, help="tracks at most")
    asked = parser.parse_args()
    names = asked.list.read_text(encoding="utf-8").splitlines()
    paths = [Path(line) for line in names if line][: asked.most]
    real: dict[bool, list[list[float | None]]] = {True: [], False: []}
    drawn: dict[tuple[str, str], list[str]] = defaultdict(list)
    carriers: list[Audio] = []
    rows = [row for row in ROWS if not asked.only or row.check in asked.only]
    for path in paths:
        held_out = zlib.crc32(path.name.encode()) % 2 == 1
        picked = held_out and len(carriers) < CARRIERS and zlib.adler32(path.name.encode()) % 7 == 1
        if asked.faults_only and not picked:
            continue
        audio = _excerpt(path, EXCERPT_S)
        if audio is None:
            continue
        if picked and audio.channels == 2:
            carriers.append(audio.between(8.0, 8.0 + FAULT_S))
        if asked.faults_only:
            continue
        real[held_out].append([row.read(audio) for row in rows])
        for check, severity in _asked(audio, asked.only, uploaded=True):
            drawn[check, severity].append(path.name)
    if not asked.faults_only:
        _show_real(real, rows)
        _show_drawn(drawn, len(real[True]) + len(real[False]))
    _show_faults(carriers, rows)


def _excerpt(path: Path, seconds: float) -> Audio | None:
    info = soundfile.info(path)
    if info.channels > 2 or info.duration < FAULT_S:
        return None
    start = max(0.0, min(0.3 * info.duration, info.duration - seconds))
    samples, rate = soundfile.read(
        path,
        start=int(start * info.samplerate),
        frames=int(seconds * info.samplerate),
        dtype="float32",
        always_2d=True,
    )
    return Audio(samples, rate)


def _asked(audio: Audio, only: Sequence[str], *, uploaded: bool) -> list[tuple[str, str]]:
    sound = Sound("clip_1", audio, measure(audio))
    checks = tuple(check for check in MINE if not only or check.name in only)
    found = judge(Contract(checks), Case("generate", {"clip_1": sound}, uploaded=uploaded))
    return [(f.check, f.severity.value) for f in found if f.severity is not Severity.OK]


def _show_real(real: dict[bool, list[list[float | None]]], rows: Sequence[Row]) -> None:
    print(f"Published music: {len(real[False])} tracks to fit, {len(real[True])} held out.\n")
    print("| check | figure | limit | half | min | p1 | p50 | p99 | max |")
    print("|---|---|---|---|---|---|---|---|---|")
    for k, row in enumerate(rows):
        for held_out, name in ((False, "fit"), (True, "held out")):
            values = np.array([v for v in (r[k] for r in real[held_out]) if v is not None])
            if not len(values):
                continue
            figures = " | ".join(f"{v:.4g}" for v in np.percentile(values, [0, 1, 50, 99, 100]))
            print(f"| {row.check} | {row.figure} | {row.limit} | {name} | {figures} |")


def _show_drawn(drawn: dict[tuple[str, str], list[str]], tracks: int) -> None:
    print(
        f"\nWhat {tracks} tracks draw as uploads:\n\n| check | severity | tracks | which |\n|---|---|---|---|"
    )
    for (check, severity), names in sorted(drawn.items()):
        print(f"| {check} | {severity} | {len(names)} | {', '.join(names[:6])} |")


def _show_faults(carriers: list[Audio], shown: Sequence[Row]) -> None:
    print(f"\nFaults in {len(carriers)} held-out tracks (10 s), judged as an engine's own:\n")
    print("| check | fault | caught | named first | reads |\n|---|---|---|---|---|")
    for check in dict.fromkeys(row.check for row in shown):
        rows = [row for row in shown if row.check == check]
        for name, inject in {name: one for row in rows for name, one in row.faults.items()}.items():
            bad = [inject(carrier, np.random.default_rng(7)) for carrier in carriers]
            found = [[asked for asked, _ in _asked(one, (), uploaded=False)] for one in bad]
            caught, first = sum(check in one for one in found), sum(one[:1] == [check] for one in found)
            reads = "; ".join(f"{row.figure} {_range(row, bad)}" for row in rows if name in row.faults)
            print(
                f"| {check} | {name} | {caught} of {len(bad)} | {first} of {len(bad)} | {reads} |", flush=True
            )


def _range(row: Row, sounds: list[Audio]) -> str:
    values = [value for value in map(row.read, sounds) if value is not None]
    return f"{min(values):.4g} to {max(values):.4g}" if values else "not asked"


if __name__ == "__main__":
    main()
