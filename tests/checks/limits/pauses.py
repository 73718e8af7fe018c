"""Silence in front, within, at the end, and where notes are planned; gaps, dropouts and cut edges."""

import numpy as np

from core.checks.dropout import NoDropout
from core.checks.edges import WholeEdges
from core.checks.gaps import NoGaps
from core.checks.length import Length, SilentTail
from core.checks.pauses import LongSilence
from core.checks.planned import PlaysAsPlanned
from core.contract import Figures, Promise
from tests.checks.limits.table import RATE, Limit, cause, levels_db, said, sound, wave


def silent(start_s, stop_s, seconds, level_db=-100.0, check=LongSilence, **case):
    """A sound that lies at a level between two times."""
    return said(check, sound(levels_db((start_s, stop_s, level_db), seconds=seconds)), **case)


def in_front(level_db):
    return lambda x: silent(0.0, round(x, 2), 40.0, level_db)


def within(level_db):
    return lambda x: silent(10.0, 10.0 + round(x, 2), 40.0, level_db)


def lost(plays_s=2.0, at_db=0.0):
    """What came in plays at the beginning for so long, and what goes out is silent there."""
    before = levels_db((0.0, 5.0, -50.0), (0.0, plays_s, at_db))
    after = levels_db((0.0, max(plays_s, 0.5), -100.0))
    return said(LongSilence, sound(after), inputs={"song": sound(before)})


PAUSES = (
    Limit(LongSilence, "pauses.IN_FRONT_S[60]", 3.0, 0.05, in_front(-100.0), "ok", "warn"),
    Limit(LongSilence, "pauses.IN_FRONT_S[45]", 4.0, 0.05, in_front(-50.0), "ok", "warn"),
    Limit(LongSilence, "pauses.WITHIN_S[60]", 5.5, 0.05, within(-100.0), "ok", "warn"),
    Limit(LongSilence, "pauses.WITHIN_S[45]", 8.0, 0.05, within(-50.0), "ok", "fail"),
    Limit(LongSilence, "pauses.DEEP_DB", 60.0, 0.5, lambda x: silent(0.0, 3.5, 40.0, -x), "ok", "warn"),
    Limit(LongSilence, "pauses.SHALLOW_DB", 45.0, 0.5, lambda x: silent(0.0, 4.5, 40.0, -x), "ok", "warn"),
    Limit(
        LongSilence, "pauses.LEAST_SHARE", 0.02, 0.001, lambda x: silent(0.0, 300 * x, 300.0), "ok", "warn"
    ),
    Limit(LongSilence, "pauses.OURS_SHARE", 0.2, 0.01, lambda x: silent(0.0, 40 * x, 40.0), "warn", "fail"),
    Limit(
        LongSilence,
        "pauses.HALF",
        0.5,
        0.01,
        lambda x: silent(0.0, 40 * x, 40.0, uploaded=True),
        "warn",
        "fail",
    ),
    Limit(LongSilence, "pauses.LOST_S", 0.5, 0.02, lambda x: lost(plays_s=x), "ok", "fail"),
    Limit(LongSilence, "pauses.PLAYS_DB", 20.0, 0.5, lambda x: lost(at_db=-x), "fail", "ok"),
)


def tail(tail_s, seconds, level_db=-100.0, promised_s=None, uploaded=False):
    promise = Promise(duration_s=promised_s)
    tail_s = round(tail_s, 2)
    return silent(
        seconds - tail_s, seconds, seconds, level_db, SilentTail, promise=promise, uploaded=uploaded
    )


def length_off(seconds):
    return said(Length, sound(duration_s=10.0 + seconds), promise=Promise(duration_s=10.0))


def length_cause(ratio, labelled_hz=44_100):
    one = sound(duration_s=100.0 * ratio, sample_rate=labelled_hz)
    return cause(Length, one, promise=Promise(duration_s=100.0))


RATES_HZ = (8_000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000)


TAILS = (
    Limit(SilentTail, "length.TAIL_S", 3.0, 0.05, lambda x: tail(x, 30.0), "ok", "warn"),
    Limit(SilentTail, "length.TAIL_DB", 50.0, 0.5, lambda x: tail(4.0, 30.0, -x), "ok", "warn"),
    Limit(
        SilentTail,
        "length.TAIL_SHARE",
        0.2,
        0.01,
        lambda x: tail(30 * x, 30.0, promised_s=30.0),
        "warn",
        "fail",
    ),
    Limit(
        SilentTail, "length.TAIL_UNPROMISED_SHARE", 0.4, 0.01, lambda x: tail(30 * x, 30.0), "warn", "fail"
    ),
    Limit(
        SilentTail,
        "length.TAIL_UPLOADED_SHARE",
        0.25,
        0.01,
        lambda x: tail(40 * x, 40.0, uploaded=True),
        "note",
        "warn",
    ),
    Limit(
        SilentTail,
        "length.TAIL_UPLOADED_S",
        25.0,
        0.05,
        lambda x: tail(x, 200.0, uploaded=True),
        "note",
        "warn",
    ),
    Limit(SilentTail, "pauses.HALF", 0.5, 0.01, lambda x: tail(40 * x, 40.0, uploaded=True), "warn", "fail"),
    Limit(
        Length, "length.HALF_TOLERANCE", 0.02, 0.002, lambda x: length_cause(0.5 - x), "half of", "the engine"
    ),
    Limit(
        Length,
        "length.RATIO_TOLERANCE",
        0.01,
        0.001,
        lambda x: length_cause(32_000 / 44_100 * (1 - x)),
        "samples made at 32000 Hz",
        "the engine stopped early",
    ),
    *(
        Limit(
            Length,
            f"length.COMMON_RATES[{k}]",
            rate_hz,
            (-0.02 * rate_hz, 0),
            lambda hz, labelled=44_100 if rate_hz in (24_000, 48_000, 96_000) else 48_000: length_cause(
                hz / labelled, labelled
            ),
            "the engine",
            "samples made at",
        )
        for k, rate_hz in enumerate(RATES_HZ)
    ),
)


def planned(*silences, plays=(0.0, 10.0)):
    """A stem that has notes between two times, and is silent where it is."""
    part = sound(levels_db(*((a, b, -100.0) for a, b in silences)), name="clip_1/drums")
    reported = Figures(engine={"plays_s": {part.name: [list(one) for one in np.reshape(plays, (-1, 2))]}})
    return said(PlaysAsPlanned, part, figures=reported)


def planned_cause(silent_s):
    """A stem of ten seconds of notes from whose middle on it is silent for so long in all, in two pieces."""
    half = round(silent_s / 2, 2)
    silences = ((5.0, 5.0 + half), (10.0 - half, 10.0))
    part = sound(levels_db(*((a, b, -100.0) for a, b in silences)), name="clip_1/drums")
    figures = Figures(engine={"plays_s": {part.name: [[0.0, 10.0]]}})
    return cause(PlaysAsPlanned, part, figures=figures)


PLANNED = (
    Limit(PlaysAsPlanned, "planned.MISSING_S", 3.0, 0.05, lambda x: planned((2.0, 2.0 + x)), "ok", "fail"),
    Limit(
        PlaysAsPlanned,
        "planned.LEAST_S",
        0.4,
        0.02,
        lambda x: planned((0.0, 9.9), plays=[(k, k + round(x, 2)) for k in range(10)]),
        "ok",
        "fail",
    ),
    Limit(
        PlaysAsPlanned,
        "planned.NEARLY_ALL",
        0.9,
        0.02,
        lambda x: planned_cause(5 * x),
        "none",
        "the part left the song",
    ),
)


def gap(length_ms=50, before=(), after=(), inside_db=-120.0, edges_db=None, body_db=0.0):
    """A silence in a sound, with stretches of other levels (ms, dB) right before and right after it."""
    start = 5.0
    stretches = [(0.5, 9.5, body_db)]
    for side, stretch in ((-1, before), (1, after)):
        for ms, level_db in stretch:
            at = start if side < 0 else start + length_ms / 1000
            first, last = sorted((at, at + side * ms / 1000))
            stretches.append((first, last, level_db))
    stretches.append((start, start + length_ms / 1000, inside_db))
    if edges_db is not None:
        stretches += [(start, start + 0.001, edges_db)]
        stretches += [(start + (length_ms - 1) / 1000, start + length_ms / 1000, edges_db)]
    return said(NoGaps, sound(levels_db(*stretches)))


def zeros_where(level_db):
    """Zeros that the sound dies away into, where what came in plays at a level."""
    fades = [(5.0 - k / 1000, 5.0 + (50 + k) / 1000, -90.0 + k) for k in range(90, 0, -1)]
    after = levels_db(*fades, (5.0, 5.05, -1000.0))
    from core.checks.waveform import waveform

    waveform(after).peak[:, 5000:5050] = 0.0
    came = wave(np.full(10 * RATE, 10 ** (level_db / 20)))
    return said(NoGaps, sound(after), inputs={"song": sound(came, sample_peak_dbfs=0.0)})


GAPS = (
    Limit(NoGaps, "gaps.GAP_S", 0.010, (-0.001, 0), lambda x: gap(round(1000 * x) - 1), "ok", "fail"),
    Limit(NoGaps, "gaps.SILENT_DB", -50.0, 0.5, lambda x: gap(10, edges_db=x), "fail", "ok"),
    Limit(NoGaps, "gaps.AUDIBLE_DB", -40.0, 0.5, zeros_where, "ok", "fail"),
    Limit(NoGaps, "gaps.FALL_DB", 40.0, 0.5, lambda x: gap(inside_db=-15 - x, body_db=-15), "ok", "fail"),
    Limit(NoGaps, "gaps.FALL_EDGE_DB", 14.0, 0.5, lambda x: gap(before=[(2, -x)]), "fail", "ok"),
    Limit(NoGaps, "gaps.RISE_EDGE_DB", 24.0, 0.5, lambda x: gap(after=[(2, -x)]), "fail", "ok"),
    Limit(
        NoGaps,
        "gaps.EDGE_S",
        0.002,
        (-0.001, 0),
        lambda x: gap(before=[(round(1000 * x), -40)]),
        "fail",
        "ok",
    ),
    Limit(
        NoGaps,
        "gaps.AROUND_S",
        0.020,
        (-0.001, 0),
        lambda x: gap(before=[(round(1000 * x), -20)]),
        "ok",
        "fail",
    ),
)


def dropped(length_ms=50, channel_db=-120.0, other_db=0.0, edge_ms=0):
    """One channel that lies at a level for a while; the sound peaks elsewhere."""
    start, stop = 5.0, 5.0 + length_ms / 1000
    stretches = [(4.0, 6.0, other_db), (start, stop, channel_db, 0)]
    for first, last in ((start - edge_ms / 1000, start), (stop, stop + edge_ms / 1000)):
        stretches.append((first, last, -60.0, 0))
    return said(NoDropout, sound(levels_db(*stretches)))


DROPOUTS = (
    Limit(
        NoDropout,
        "dropout.SHORTEST_S",
        0.010,
        (-0.001, 0),
        lambda x: dropped(round(1000 * x) - 1),
        "ok",
        "fail",
    ),
    Limit(NoDropout, "dropout.UNDER_DB", 80.0, 0.5, lambda x: dropped(channel_db=-x), "ok", "fail"),
    Limit(NoDropout, "dropout.PLAYS_DB", 40.0, 0.5, lambda x: dropped(other_db=-x), "fail", "ok"),
    Limit(
        NoDropout,
        "dropout.EDGE_S",
        0.002,
        (-0.001, 0),
        lambda x: dropped(edge_ms=round(1000 * x)),
        "fail",
        "ok",
    ),
    Limit(
        NoDropout,
        "channels.DEAD_DB",
        20.0,
        0.1,
        lambda x: said(NoDropout, sound(levels_db((5.0, 6.0, -120.0, 0)), channel_balance_db=x)),
        "fail",
        "unasked",
    ),
)


def ending(*last, zeros_s=0.5, seconds=3.0):
    """A sound of full level whose last milliseconds are these, and then zeros."""
    body = np.where(np.arange(round((seconds - zeros_s) * RATE)) % 2, 1.0, -1.0)
    if last:
        body[-len(last) :] = last
    return said(WholeEdges, sound(wave(np.append(body, np.zeros(round(zeros_s * RATE))))))


EDGES = (
    Limit(WholeEdges, "edges.CUT_DB", 12.0, 0.2, lambda x: ending(*[10 ** (-x / 20)] * 5), "fail", "ok"),
    Limit(WholeEdges, "edges.JUMP", 0.1, 0.005, ending, "ok", "fail"),
    Limit(WholeEdges, "edges.ZEROS_S", 0.1, 0.002, lambda x: ending(zeros_s=x), "ok", "fail"),
    Limit(
        WholeEdges,
        "edges.SHORTEST_S",
        1.0,
        0.01,
        lambda x: ending(zeros_s=0.2, seconds=x),
        "unasked",
        "fail",
    ),
)

LIMITS = (*PAUSES, *TAILS, *PLANNED, *GAPS, *DROPOUTS, *EDGES)
