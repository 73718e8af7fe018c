"""What a step added to the sound, and what it filtered away, each with a cause of its own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from core.audio import Audio
from core.blame.change import Change
from core.checks.any_noise import noise_places
from core.checks.lines import hum, shows_hum, shows_whine, whine
from core.checks.response import Response, response
from core.checks.stuck import NoOffset
from core.compare.align import Aligned, power, power_db
from core.compare.explain import Kind, filtered
from core.contract import Finding, Severity, Sound, Span, finding_about

ADDED_DB = -48.0
"""Of what was added, against the result. Tape hiss lies at -50 to -60 dB."""
LINE_FAIL_DB = -35.0
"""A hum or a tone over this is audible in every rest. Noise never fails: a codec's is much like it."""
NOISE_S, NOISE_SHARE = 1.4, 0.3
"""So long, and for so much of the result, what the filter leaves of it is noise."""
TREBLE_HZ = 10_000.0
"""Codecs of low rate cut at 11 to 16 kHz."""
BASS_HZ = 150.0
"""A high-pass of a mix lies at 20 to 80 Hz."""
BENT_DB = 9.0
"""Equalisers of a mix move a third octave by 6 dB at most."""
OFFSET = 0.01
OWN_PART = 0.5
"""Of the result's offset: so much of it was added by the step."""
UNCOMPARABLE = frozenset({Kind.IDENTICAL, Kind.UNRELATED, Kind.SILENT})


def added_and_filtered(change: Change, after: Sound, aligned: Aligned) -> list[Finding]:
    """Return what the step added (noise, hum, a tone, a constant) and what its filter took away."""
    if change.kind in UNCOMPARABLE:
        return []
    found = list(_constant(change, after))
    if change.made_at_hz is not None or change.channels_swapped:
        return found
    read = response(aligned.before, aligned.after, aligned.sample_rate)
    if read is not None:
        found += [*_added(after, aligned), *_filtered(read, after)]
    return found


def _constant(change: Change, after: Sound) -> Iterator[Finding]:
    mean = after.measurement.dc_offset
    if change.kind is Kind.CURVE:  # a curve that bends one side more than the other makes an offset
        return
    if abs(change.offset) < OFFSET or mean is None or abs(change.offset) < OWN_PART * abs(mean):
        return
    yield finding_about(
        NoOffset.name,
        Severity.FAIL,
        after,
        f"A constant of {change.offset:+.3f} of full scale was added in {after.name} (limit {OFFSET:g}).",
        causes=("a constant was added: a converter's offset, or unsigned samples read as signed ones",),
        remedy="Take the offset off again, or cut below 20 Hz, and find where the step adds it.",
    )


def _added(after: Sound, aligned: Aligned) -> Iterator[Finding]:
    """Ask of what the fixed filter leaves over what is asked of any sound: does it hum, whine or hiss?

    An effect, a limiter or a codec leaves something that moves as the music does, and is none of these.
    """
    _, shaped = filtered(aligned.before, aligned.after)
    left = Audio(np.asarray(aligned.after - shaped, dtype=np.float32), aligned.sample_rate)
    level_db = power_db(power(left.samples), power(aligned.after))
    if level_db < ADDED_DB:
        return
    what, cause = "", ""
    spans: tuple[Span, ...] = ()
    if shows_hum(left) and (read := hum(left)) is not None:
        what, cause = f"mains hum of {read[0]:.0f} Hz", "mains hum was added: a ground loop in this step"
    elif shows_whine(left) and (line := whine(left)) is not None:
        what = f"a steady tone of {line[0]:.0f} Hz"
        cause = "a steady tone was added: an oscillator left on, or interference"
    elif places := _noise(left):
        head_s = aligned.only_after[0]
        what, cause = "noise", "noise was added: a hissing device, or dither far too strong"
        spans = tuple(Span(start_s=head_s + one.start_s, stop_s=head_s + one.stop_s) for one in places)
    if not what:
        return
    yield finding_about(
        "added",
        Severity.FAIL if what != "noise" and level_db > LINE_FAIL_DB else Severity.WARN,
        after,
        f"{what[0].upper()}{what[1:]} lies in {after.name} that did not come in: what no filter explains "
        f"of it is {level_db:.0f} dB against the whole (warns over {ADDED_DB:g}).",
        causes=(cause,),
        remedy="Bypass the devices of this step one by one: the one that adds it does so in silence, too.",
        spans=spans,
    )


def _noise(left: Audio) -> tuple[Span, ...]:
    places = noise_places(left) or ()
    long = tuple(one for one in places if one.stop_s - one.start_s >= NOISE_S)
    share = sum(one.stop_s - one.start_s for one in long) / max(left.duration_s, 1e-9)
    return long if share >= NOISE_SHARE else ()


def _filtered(read: Response, after: Sound) -> Iterator[Finding]:
    treble, bass = read.treble_lost_hz, read.bass_lost_hz
    if treble is not None and treble < TREBLE_HZ:
        yield finding_about(
            "filtered",
            Severity.FAIL,
            after,
            f"What lies over {treble / 1000:.1f} kHz is gone in {after.name}: 20 dB down or more against "
            f"the rest (fails under {TREBLE_HZ / 1000:g} kHz).",
            causes=("a low-pass took the treble, or the step works at a low rate",),
            remedy="Look for a low-pass, a low sample rate or a low bit rate in this step.",
        )
    elif bass is not None and bass > BASS_HZ:
        yield finding_about(
            "filtered",
            Severity.FAIL,
            after,
            f"What lies under {bass:.0f} Hz is gone in {after.name}: 20 dB down or more, against the rest "
            f"(fails over {BASS_HZ:g} Hz).",
            causes=("a high-pass took the bass",),
            remedy="Look for a high-pass that was set too high, or a device that was meant for one stem.",
        )
    else:
        yield from _bent(read, after)


def _bent(read: Response, after: Sound) -> Iterator[Finding]:
    moved = [(abs(gain), hz, gain) for hz, gain in zip(read.hz, read.gain_db, strict=True)]
    most, hz, gain = max(moved, default=(0.0, 0.0, 0.0))
    if most < BENT_DB or read.coherent < 0.5 or not 60.0 <= hz <= TREBLE_HZ:
        return
    yield finding_about(
        "filtered",
        Severity.WARN,
        after,
        f"An equaliser moves the third octave at {hz:.0f} Hz by {gain:+.0f} dB against the rest in "
        f"{after.name} (warns from {BENT_DB:g} dB on).",
        causes=(f"an equaliser {'lifts' if gain > 0 else 'cuts'} what lies at {hz:.0f} Hz by {most:.0f} dB",),
        remedy="Listen to the step bypassed: if that is not meant, reset its equaliser.",
    )
