"""What is caught of every kind of fault at fixed severities: ``python -m benchmarks.severities FOLDER``.

Each fault is put into 17 excerpts of music under FOLDER and three songs of the band, 10 s each, and judged
as an engine's own delivery by what the sound alone shows. The table, kept as ``docs/severities.md``, says in
how many of the carriers the right check warns or fails, and in how many it comes first. A carrier that draws
the check without the fault is left out of that row. ``core drill --blind`` draws severities at random and
prints thresholds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.contract import Finding
from core.drill.blind import as_made
from core.drill.carriers import Carrier, band_songs, music
from core.faults import blind, injections
from core.faults.injections import Inject

SEED = 11
MUSIC, BAND = 17, 3
NOISE = ("coloured_noise", "not_noise")
CLIPPED = ("clipped_before", "crushed", "flat_tops")
ENDS = ("silent_tail", "abrupt_edge", "long_silence")


@dataclass(frozen=True)
class Row:
    """One fault of one severity."""

    fault: str
    inject: Inject
    checks: tuple[str, ...]
    """Any of these names it rightly."""


def rows() -> Iterator[Row]:
    """Yield every fault, by kind and severity."""
    for slope, colour in ((0.0, "white"), (1.0, "pink"), (1.67, "-5 dB/octave"), (2.0, "brown")):
        yield Row(f"{colour} noise", blind.noise(slope), NOISE)
        yield Row(f"{colour} noise with the music's envelope", blind.noise(slope, enveloped=True), NOISE)
    for share in (0.5, 0.8):
        yield Row(f"pink noise from {share:.0%} on", blind.noise(1.0, share), NOISE)
    for hz in (50.0, 330.0, 440.0, 1_000.0):
        yield Row(f"tone of {hz:g} Hz", blind.tone(hz), ("tone",))
    yield Row("three partials of 220 Hz", blind.tone(220.0, 3), ("tone",))
    yield Row("tone of 440 Hz from 50% on", blind.tone(440.0, from_share=0.5), ("tone",))
    for ms, plays in ((20, 5), (50, 3), (100, 4), (200, 10), (10, 100)):
        yield Row(f"buffer stuck, {ms} ms x {plays}", blind.stuck_buffer(ms / 1000, plays), ("stuck_buffer",))
    for seconds in (0.5, 2.0):
        yield Row(f"one loop of {seconds:g} s", blind.one_loop(seconds), ("one_loop", "stuck_buffer"))
    yield Row("planes read as frames", blind.planes_as_frames, ("misread",))
    yield Row("frames read as planes", blind.frames_as_planes, ("misread",))
    yield Row("float bits read as integers", blind.float_bits, ("misread", *NOISE))
    yield Row("unsigned bytes read as signed", blind.unsigned_bytes, ("misread", "coarse_samples", *NOISE))
    for share in (0.85, 0.5):
        yield Row(f"stopped at {share:.0%}", blind.stops_short(share), ENDS)
    for share in (0.2, 0.5, 0.8):
        yield Row(f"silent for the first {share:.0%}", blind.starts_late(share), ENDS)
    for bits in (12, 10, 8, 6, 4):
        yield Row(f"{bits} bit", blind.coarse(bits), ("coarse_samples",))
    for ratio in (2, 4, 8):
        yield Row(f"samples held x{ratio}", blind.held(ratio), ("held_samples",))
    for db in (0.5, 1.0, 3.0, 6.0):
        yield Row(f"integers wrapped, +{db:g} dB", blind.wrapped(db), ("wrapped",))
    for db in (3.0, 6.0, 12.0):
        yield Row(f"clipped at +{db:g} dB", injections.clipped(db), CLIPPED)
        yield Row(f"clipped at +{db:g} dB, turned down by 6", injections.clipped(db, -6.0), CLIPPED)
        yield Row(f"clipped at +{db:g} dB, then resampled", blind.clipped_and_resampled(db), CLIPPED)
    for start in (0.5, 0.7, 0.9):
        yield Row(
            f"one channel inverted from {start:.0%} on",
            blind.inverted_part(start),
            ("polarity_part", "phase"),
        )
    for hz in (120.0, 250.0):
        yield Row(f"inverted under {hz:g} Hz", blind.inverted_bass(hz), ("bass_phase", "phase"))
    for ms in (1, 5, 20):
        yield Row(f"one channel late by {ms} ms", blind.late_channel(ms / 1000), ("channel_delay",))
    for ms in (50, 2000):
        yield Row(f"one channel out for {ms} ms", blind.channel_dropout(ms / 1000), ("channel_dropout",))
    for hz in (3_000.0, 8_000.0, 15_700.0):
        for db in (-10, -20, -30, -40):
            yield Row(f"whine of {hz / 1000:g} kHz at {db} dB", blind.whine(hz, db), ("whine",))
    for hz in (50.0, 60.0):
        for db in (0, -10, -20, -30, -40):
            yield Row(f"hum of {hz:g} Hz at {db} dB", blind.hum(hz, db), ("hum",))
    for swing in (0.1, 0.4, 0.7):
        yield Row(f"offset that drifts by {swing:g}", blind.drifting_offset(swing), ("dc_drift",))
    for db in (0, -6):
        yield Row(f"5 Hz at {db} dB against the music", blind.rumble(5.0, db), ("rumble",))
    for hz in (4_000.0, 8_000.0, 11_000.0):
        yield Row(f"nothing over {hz / 1000:g} kHz", blind.low_pass(hz), ("missing_treble",))


def run(folder: Path) -> str:
    """Return the table; a quarter of an hour."""
    carriers = (*band_songs(BAND, SEED), *music(folder, MUSIC, SEED))
    clean = {one.name: as_made(one.audio) for one in carriers}
    lines = ["| fault | caught | first |", "|---|---|---|"]
    for number, row in enumerate(rows()):
        caught, first, asked = _caught(row, carriers, clean, number)
        lines.append(f"| {row.fault} | {caught} of {asked} | {first} of {asked} |")
    return "\n".join([*lines, "", f"Carriers: {'; '.join(sorted(clean))}."])


def _caught(
    row: Row, carriers: tuple[Carrier, ...], clean: Mapping[str, list[Finding]], number: int
) -> tuple[int, int, int]:
    """Return in how many carriers the fault is caught, in how many it is named first, and how many count."""
    caught = first = asked = 0
    for place, carrier in enumerate(carriers):
        before = {one.check for one in clean[carrier.name]}
        if before.intersection(row.checks):
            continue
        asked += 1
        bad = row.inject(carrier.audio, np.random.default_rng((SEED, number, place)))
        new = [one for one in as_made(bad) if one.check not in before]
        caught += any(one.check in row.checks for one in new)
        first += bool(new) and new[0].check in row.checks
    return caught, first, asked


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="music: nothing of it is kept")
    print(run(parser.parse_args().folder))
