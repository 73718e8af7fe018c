"""The same again, and nothing that moves: stuck buffers, loops, tones."""

import numpy as np

from core.checks.stuck_buffer import NotOneLoop, NotStuckBuffer
from core.checks.tone import NotTone
from core.meter.features.repeats import Repeats
from core.song import Plan, PlanSection
from tests.checks.limits.table import RATE, Limit, featured, quiet, said, sound, wave

SECONDS = 10.0
START = 5 * RATE
"""Where the repeated block begins again."""
PLAN = Plan(
    prompt="pop",
    title="x",
    genre="pop",
    tempo_bpm=120,
    key="C major",
    sections=(PlanSection(kind="verse", bars=4, energy=0.5),),
    seed=1,
)
NONE = Repeats(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


def repeating(samples, length_s, distance_s, **frames):
    """A sound in which a stretch from its fifth second on is read to repeat what lies so long before it."""
    found = Repeats(*(np.array([x]) for x in (START, round(length_s * RATE), round(distance_s * RATE))))
    return featured(wave(samples), repeats=found, frames={"asked": False, **frames})


def alternating(level=1.0):
    """A wave as sharp everywhere."""
    return level * np.where(np.arange(round(SECONDS * RATE)) % 2, 1.0, -1.0)


def stuck(length_s=1.0, distance_s=0.05, samples=None, uploaded=False, **frames):
    audio = repeating(alternating() if samples is None else samples, length_s, distance_s, **frames)
    return said(NotStuckBuffer, sound(audio), uploaded=uploaded)


def level_for(db, distance_s=0.2):
    """A steady block in which 5 ms lie so far under its RMS; it joins smoothly."""
    samples, frames = np.ones(round(SECONDS * RATE)), round(distance_s * RATE)
    quiet_part = 10 ** (-db / 20) * np.sqrt((frames - 5) / frames)
    samples[START + 50 : START + 55] = quiet_part
    return stuck(distance_s=distance_s, samples=samples)


def jumping(times, distance_s=0.4):
    """A wave that bends where the block starts again, so many times as sharply as within it."""
    samples = 0.1 * alternating()
    samples[START:] -= 0.4 * (times - 1)
    return stuck(distance_s=distance_s, samples=samples)


def out_of_rest(db):
    samples = alternating()
    samples[START - 5 : START] *= 10 ** (-db / 20)
    return stuck(samples=samples)


def dented():
    """A steady wave with a rest in it."""
    samples = np.ones(round(SECONDS * RATE))
    samples[START + 10 : START + 25] = 0.0
    return samples


STUCK = (
    Limit(NotStuckBuffer, "stuck_buffer.LEAST_S", 0.02, (-0.001, 0), stuck, "ok", "fail"),
    Limit(
        NotStuckBuffer,
        "stuck_buffer.MUCH",
        0.1,
        0.005,
        lambda x: stuck(SECONDS * x, uploaded=True),
        "warn",
        "fail",
    ),
    Limit(
        NotStuckBuffer, "stuck_buffer.RATTLES_S", 0.008, (-0.001, 0), lambda x: stuck(0.5, x), "ok", "fail"
    ),
    Limit(NotStuckBuffer, "stuck_buffer.SHORT_S", 0.5, (-0.001, 0), lambda x: jumping(9.0, x), "fail", "ok"),
    Limit(
        NotStuckBuffer,
        "stuck_buffer.BUFFER_S",
        0.06,
        (0, 0.001),
        lambda x: stuck(distance_s=x, samples=dented()),
        "fail",
        "ok",
    ),
    Limit(
        NotStuckBuffer,
        "stuck_buffer.DENSE_S",
        0.25,
        (0, 0.001),
        lambda x: stuck(distance_s=x, samples=np.ones(round(SECONDS * RATE))),
        "fail",
        "ok",
    ),
    Limit(NotStuckBuffer, "stuck_buffer.DENSE_DB", 15.0, 0.2, level_for, "fail", "ok"),
    Limit(NotStuckBuffer, "stuck_buffer.JUMP", 3.0, 0.05, jumping, "ok", "fail"),
    Limit(NotStuckBuffer, "stuck_buffer.AT_REST_DB", 35.0, 0.2, out_of_rest, "fail", "ok"),
    Limit(
        NotStuckBuffer,
        "stuck_buffer.AUDIBLE_DBFS",
        -70.0,
        0.2,
        lambda x: stuck(samples=alternating(10 ** (x / 20))),
        "ok",
        "fail",
    ),
    Limit(
        NotStuckBuffer,
        "stuck_buffer.PURE",
        0.97,
        0.005,
        lambda x: stuck(asked=True, tonality=np.array([x]), loud=np.array([True])),
        "fail",
        "ok",
    ),
)


def looped(share=0.95, plays=4.0, distance_s=None, plan=None):
    """Ten seconds of which a share repeats one block, as often as it is played."""
    distance = distance_s or SECONDS / plays
    one = sound(repeating(alternating(), share * (SECONDS - distance), distance))
    return said(NotOneLoop, one, plan=plan)


LOOPS = (
    Limit(NotOneLoop, "stuck_buffer.LOOP_SHARE", 0.9, 0.005, looped, "ok", "warn"),
    Limit(NotOneLoop, "stuck_buffer.LOOP_PLAYS", 2.5, 0.05, lambda x: looped(plays=x), "ok", "warn"),
    Limit(
        NotOneLoop, "stuck_buffer.MANY_PLAYS", 4.0, 0.05, lambda x: looped(plays=x, plan=PLAN), "warn", "fail"
    ),
    Limit(NotOneLoop, "stuck_buffer.SHORT_S", 0.5, (-0.001, 0), lambda x: looped(distance_s=x), "ok", "warn"),
)


def spectra(
    seconds=20.0,
    hz=1_000.0,
    still=0.0,
    fixed=(0.0, 0.0),
    alike=1.0,
    move_db=0.0,
    bins=1,
    pure=(0.0, 0.0),
    tonality=0.999,
    repeats=NONE,
):
    """A sound of ten frames a second.

    ``still``: share of the energy in one line that never moves. ``fixed``: stretch in seconds in which the
    spectrum stands still but for a correlation and a level in dB, over so many bins. ``pure``: stretch of one
    pure tone of this tonality.
    """
    count = round(10 * seconds)
    time_s = 0.05 + np.arange(count) / 10
    axis = np.arange(2200) * 10.0
    power = np.zeros(2200)
    power[round(hz / 10)] = still
    power[200:300] = (1.0 - still) / 100
    lasting = np.zeros(2200)
    lasting[round(hz / 10)] = still
    sampled = np.zeros((count, 2200), dtype=np.float32)
    sampled[np.arange(count), 300 + np.arange(count) % 97] = 1.0
    level_db = np.zeros(count)
    inside = np.flatnonzero((time_s >= fixed[0]) & (time_s < fixed[1]))
    sampled[inside] = 0.0
    sampled[inside, 100 : 100 + bins] = alike**2 / bins
    sampled[inside, 1000 + (np.arange(len(inside)) % 2)] = 1 - alike**2
    level_db[inside[::2]] = move_db
    held = (time_s >= pure[0]) & (time_s <= pure[1])
    frames = {
        "asked": True,
        "rate": 10,
        "size": 1,
        "time_s": time_s,
        "hz": axis,
        "mean_power": power,
        "lasting_power": lasting,
        "lasting_share": lambda low, high: 0.0,
        "sampled": sampled,
        "sampled_loud": np.ones(count, dtype=bool),
        "sampled_at": np.arange(count),
        "loud": np.ones(count, dtype=bool),
        "level_db": level_db,
        "tonality": np.where(held, tonality, 0.3),
        "strongest_hz": np.full(count, hz),
    }
    return said(NotTone, sound(featured(quiet(seconds), frames=frames, repeats=repeats)))


def looping(bins):
    """A tone that is one block again and again: so many bins hold its energy."""
    power = np.zeros(2200)
    power[100 : 100 + round(bins)] = 1.0
    found = Repeats(*(np.array([x]) for x in (RATE, 19 * RATE, RATE)))
    frames = {
        "asked": True,
        "hz": np.arange(2200) * 10.0,
        "mean_power": power,
        "lasting_power": power,
        "lasting_share": lambda low, high: 1.0,
        "tonality": np.zeros(1),
        "loud": np.ones(1, dtype=bool),
        "time_s": np.zeros(1),
        "rate": 10,
        "size": 1,
        "strongest_hz": np.full(1, 1000.0),
        "sampled": np.zeros((1, 2200)),
    }
    return said(NotTone, sound(featured(quiet(20.0), frames=frames, repeats=found)))


TONE = (
    Limit(NotTone, "tone.STILL", 0.55, 0.01, lambda x: spectra(still=x), "ok", "fail"),
    Limit(NotTone, "tone.LOWEST_HZ", 40.0, (-10.0, 0), lambda x: spectra(still=0.9, hz=x), "ok", "fail"),
    Limit(NotTone, "tone.HIGHEST_HZ", 18_000.0, (0, 10.0), lambda x: spectra(still=0.9, hz=x), "fail", "ok"),
    Limit(NotTone, "tone.HELD_S", 6.0, 0.1, lambda x: spectra(15.0, pure=(2.0, 2.0 + x)), "ok", "fail"),
    Limit(
        NotTone, "tone.HELD_SHARE", 0.3, 0.01, lambda x: spectra(30.0, pure=(2.0, 2.0 + 30 * x)), "ok", "fail"
    ),
    Limit(
        NotTone,
        "stuck_buffer.PURE",
        0.97,
        0.005,
        lambda x: spectra(pure=(2.0, 12.0), tonality=x),
        "ok",
        "fail",
    ),
    Limit(
        NotTone,
        "tone.SHORTEST_S",
        1.0,
        0.01,
        lambda x: spectra(x, still=0.9),
        "unasked",
        "fail",
    ),
    Limit(NotTone, "tone.FEWEST_S", 1.2, 0.1, lambda x: spectra(5.0, fixed=(5 - x, 5.0)), "ok", "fail"),
    Limit(
        NotTone, "tone.FEWEST_SHARE", 0.1, 0.005, lambda x: spectra(fixed=(20 - 20 * x, 20.0)), "ok", "fail"
    ),
    Limit(NotTone, "tone.WITHIN_S", 3.5, 0.1, lambda x: spectra(10.0, fixed=(2.0, 2.0 + x)), "ok", "fail"),
    Limit(
        NotTone, "tone.WITHIN_SHARE", 0.25, 0.01, lambda x: spectra(fixed=(2.0, 2.0 + 20 * x)), "ok", "fail"
    ),
    Limit(
        NotTone,
        "tone.UNCHANGING",
        0.99,
        0.001,
        lambda x: spectra(fixed=(2.0, 12.0), alike=np.sqrt(x)),
        "ok",
        "fail",
    ),
    Limit(
        NotTone, "tone.STEADY_DB", 1.5, 0.05, lambda x: spectra(fixed=(2.0, 12.0), move_db=x), "fail", "ok"
    ),
    Limit(
        NotTone,
        "tone.LINES_BINS",
        24,
        (0, 1),
        lambda x: spectra(fixed=(2.0, 12.0), bins=round(x)),
        "fail",
        "ok",
    ),
    Limit(NotTone, "tone.FEW_BINS", 12, (0, 1), looping, "fail", "ok"),
)

LIMITS = (*STUCK, *LOOPS, *TONE)
