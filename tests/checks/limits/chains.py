"""What a chain did to a stem: its treble, what it added, its blocks, and whether it is still that stem."""

from functools import cache
from types import SimpleNamespace
from weakref import ref

import numpy as np

from core.checks import same_take, stem_spectra
from core.checks.same_take import SameTake
from core.checks.stem_effects import KeepsToNoBlocks, KeepsTreble, NothingAdded
from core.checks.stem_spectra import StemSpectra
from tests.checks.limits.table import Limit, cause, featured, noise, quiet, reached, said, sound, unlike, wave
from tests.figures import enhanced

BANDS = 200
"""Of 100 Hz each."""


def with_spectra(check, before_db, after_db, lows=(None, None), settings=None):
    """A stem whose spectra read so before and after, (moments, bands) in dB, and the low end likewise."""
    empty = np.zeros((0, 2, 1), dtype=np.complex64), np.zeros(1)
    before, after = (featured(quiet(), course={"low_frames": low or empty}) for low in lows)
    read = StemSpectra(np.arange(BANDS + 1) * 100.0, np.array(before_db), np.array(after_db), 1.0)
    stem_spectra._read[after] = ref(before), read
    return said(check, sound(after), inputs={"song": sound(before)}, settings=settings)


def muffled(hz=9_000.0, lost_db=40.0, top_db=-40.0, cut_db=0.0):
    """A stem whose treble over a frequency lies at a level against the rest, and loses so much of it."""
    before = np.where(np.arange(BANDS) * 100.0 < hz, 0.0, top_db)
    after = np.where(np.arange(BANDS) * 100.0 < hz, 0.0, top_db - lost_db)
    settings = SimpleNamespace(chain=lambda name: SimpleNamespace(bands=[SimpleNamespace(gain_db=-cut_db)]))
    return with_spectra(KeepsTreble, [before] * 3, [after] * 3, settings=settings)


TREBLE = (
    Limit(KeepsTreble, "stem_effects.TREBLE_HZ", 10_000.0, (-100.0, 0), muffled, "fail", "ok"),
    Limit(KeepsTreble, "stem_effects.LOST_DB", 20.0, 0.1, lambda x: muffled(lost_db=x), "ok", "fail"),
    Limit(KeepsTreble, "stem_effects.PRESENT_DB", 70.0, 0.5, lambda x: muffled(top_db=-x), "fail", "ok"),
    Limit(KeepsTreble, "stem_effects.CUT_DB", 12.0, 0.1, lambda x: muffled(cut_db=x), "fail", "ok"),
)


def hissing(share=0.5, rise_db=30.0, spread_db=0.0, rests_db=60.0, loud_db=0.0, lifted_db=0.0):
    """A stem of 20 quiet, 20 middling and 20 loud moments, in whose quiet ones a share of the bands rises.

    ``spread_db``: by how much two of those moments lie lower. ``loud_db``: level of these bands, and
    ``lifted_db``: by how much they rise when loud.
    """
    level = np.repeat([-rests_db, -rests_db / 2, 0.0], 20)[:, None] + np.zeros(BANDS)
    noisy = np.arange(BANDS) < round(share * BANDS)
    level[:, noisy] += loud_db
    change = np.zeros_like(level)
    change[:20, noisy] = rise_db
    change[:2, noisy] -= spread_db
    change[40:, noisy] = lifted_db
    return with_spectra(NothingAdded, level, level + change)


def faint_hiss(under_db):
    """Noise in faint bands, whose moments at rest it brings so far under the whole."""
    whole_db = 10 * np.log10(0.8 * BANDS * (1 + 1e-3) / 3)
    return hissing(0.2, whole_db - under_db + 120.0, rests_db=60.0, loud_db=-60.0)


def humming(lines=6, over_db=30.0, under_db=20.0):
    """A stem whose low end gains lines of 50 Hz that stand over what is around, and under its strongest."""
    hz = np.arange(460.0)
    lows = []
    for added in (0, lines):
        power = np.full(460, 10 ** (-(under_db + over_db) / 10))
        power[[50 * (k + 1) for k in range(round(added))]] *= 10 ** (over_db / 10)
        power[420] = 1.0
        spectra = np.zeros((1, 2, 460), dtype=np.complex64)
        spectra[0, 0] = np.sqrt(power)
        lows.append((spectra, hz))
    still = np.zeros((60, BANDS))
    return with_spectra(NothingAdded, still, still, lows)


ADDED = (
    Limit(NothingAdded, "stem_effects.NOISY_SHARE", 0.15, 0.01, hissing, "ok", "fail"),
    Limit(NothingAdded, "stem_effects.RISES_DB", 12.0, 0.2, lambda x: hissing(rise_db=x), "ok", "fail"),
    Limit(NothingAdded, "stem_effects.STEADY_DB", 2.2, 0.05, lambda x: hissing(spread_db=x), "fail", "ok"),
    Limit(NothingAdded, "stem_effects.RESTS_DB", 6.0, 0.1, lambda x: hissing(rests_db=x), "ok", "fail"),
    Limit(
        NothingAdded,
        "stem_effects.BOOST_DB",
        12.0,
        0.2,
        lambda x: hissing(0.2, x + 12.0, rests_db=10.0, loud_db=-60.0, lifted_db=x + 12.0),
        "ok",
        "fail",
    ),
    Limit(NothingAdded, "stem_effects.FLOOR_DB", 70.0, 0.5, faint_hiss, "fail", "ok"),
    Limit(NothingAdded, "stem_effects.HUM_FLOOR_DB", 65.0, 0.2, lambda x: humming(under_db=x), "fail", "ok"),
    Limit(NothingAdded, "stem_effects.LINE_DB", 15.0, 0.1, lambda x: humming(over_db=x), "ok", "fail"),
    Limit(NothingAdded, "lines.FEWEST_HARMONICS", 2, (-1, 0), humming, "ok", "fail"),
)

BLOCK, PART = 512, 64


def blocks(source, result):
    return said(KeepsToNoBlocks, sound(wave(result)), inputs={"song": sound(wave(source))})


def held(count=50, regular=1.0):
    """A stem in which so many frames repeat the one before, a share of them at one distance."""
    source = noise(100 * BLOCK)
    gaps = np.where(np.arange(count - 1) < round(regular * (count - 1)), BLOCK, BLOCK + 61)
    at = 100 + np.append(0, np.cumsum(gaps))
    result = source.copy()
    result[at] = result[at - 1]
    return blocks(source, result)


def jumping(db=5.0, edges=40, moves_db=0.0, source_db=0.0, loud_db=0.0):
    """A stem whose gain moves at the edges of blocks, and within them; the source may move there as well."""
    parts = np.arange((edges + 1) * BLOCK // PART)
    edge = parts // (BLOCK // PART)
    gain_db = db * (edge % 2) + moves_db * (parts % 2)
    first = parts < 256  # one block of the largest size
    level_db, gain_db = (
        source_db * (edge % 2) + loud_db * first,
        np.where(first & (loud_db > 0), 0.0, gain_db),
    )
    wave_form = np.where(np.arange(len(parts) * PART) % 2, 1e-3, -1e-3)
    source = wave_form * np.repeat(10 ** (level_db / 20), PART)
    return blocks(source, source * np.repeat(10 ** (gain_db / 20), PART))


def wandering(times):
    """A stem whose gain moves all the time, and so many times as much at the edges of blocks."""
    at = np.arange(1, 400 * BLOCK // PART)
    sizes, gain_db = np.where(at % (BLOCK // PART), 1.0, times), [0.0]
    for size, sign in zip(sizes, np.sign(noise(len(at))), strict=True):
        gain_db.append(gain_db[-1] + size * (sign if abs(gain_db[-1]) < 4 else -np.sign(gain_db[-1])))
    return _gained(gain_db)


def uncertain(errors):
    """A stem whose gain moves far in few places, and at the edges by so many errors of their mean."""
    per_block, edges = BLOCK // PART, 100
    excursion = np.zeros(((edges + 1), per_block))
    for block in range(edges + 1):
        if block % 5 < 3:
            excursion[block, 1 + block % 7 % (per_block - 2)] = 10.0
    rest = np.abs(np.diff(excursion.reshape(-1)))[np.arange(1, excursion.size) % per_block != 0]
    db = rest.mean() + errors * rest.std() / np.sqrt(edges)
    return _gained((excursion + db * (np.arange(edges + 1) % 2)[:, None]).reshape(-1))


def _gained(gain_db):
    source = np.where(np.arange(len(gain_db) * PART) % 2, 1e-3, -1e-3)
    return blocks(source, source * np.repeat(10 ** (np.asarray(gain_db) / 20), PART))


EDGES = (
    Limit(KeepsToNoBlocks, "block_edges.TIMES", 2.5, 0.05, wandering, "ok", "fail"),
    Limit(KeepsToNoBlocks, "block_edges.CERTAIN", 6.0, 0.1, uncertain, "ok", "fail"),
    Limit(KeepsToNoBlocks, "block_edges.FEWEST_HELD", 8, (-1, 0), lambda x: held(round(x)), "ok", "fail"),
    Limit(KeepsToNoBlocks, "block_edges.REGULAR", 0.8, 0.02, lambda x: held(51, x), "ok", "fail"),
    Limit(KeepsToNoBlocks, "block_edges.JUMP_DB", 0.6, 0.02, jumping, "ok", "fail"),
    Limit(
        KeepsToNoBlocks,
        "block_edges.FEWEST_EDGES",
        8,
        (-1, 0),
        lambda x: jumping(edges=round(x)),
        "ok",
        "fail",
    ),
    Limit(KeepsToNoBlocks, "block_edges.STEADY_DB", 3.0, 0.1, lambda x: jumping(source_db=x), "fail", "ok"),
    Limit(
        KeepsToNoBlocks,
        "block_edges.PLAYS_DB",
        50.0,
        0.5,
        lambda x: jumping(edges=200, loud_db=x),
        "fail",
        "ok",
    ),
)

RATE = 8_000
SHORT, LONG = 2 * RATE, 12 * RATE
"""Too short to tell a filter from another sound, and long enough."""


@cache
def pair(frames):
    """Noise, and other noise as loud that has nothing in common with it."""
    return noise(frames), unlike(noise(frames, 1), noise(frames))


def take(before, after, answer=said, rate=RATE, **stem):
    one, figures = sound(wave(*after, rate=rate)), enhanced(song=stem)
    return answer(SameTake, one, inputs={"song": sound(wave(*before, rate=rate))}, figures=figures)


def like(correlation, frames=SHORT, **stem):
    """What goes out correlates so with what came in."""
    one, other = pair(frames)
    return take([one], [correlation * one + np.sqrt(1 - correlation**2) * other], **stem)


def late(seconds, rate=48_000):
    """A sound of low notes, so that it still correlates with itself a little later."""
    spectrum = np.fft.rfft(noise(rate))
    one = np.fft.irfft(spectrum / (1 + np.arange(len(spectrum)) / 100), rate)
    return take([one], [np.roll(one, round(seconds * rate))], rate=rate)


def _height(before, after, lag=0):
    """How high the whitened correlation of two sounds stands at a delay in frames."""
    crosses = same_take._crosses([(before[:, None], after[:, None])], RATE).sum(axis=0)[0]
    white = crosses / np.maximum(np.abs(crosses), 1e-300)
    return same_take._at_lags(white, RATE)[round(same_take.REACH_S * RATE) + lag]


def inverted(height):
    """A stem upside down under so much else that its peak has that height."""
    one, other = pair(SHORT)

    def made(size):
        return -size * one + other

    return take([one], [made(reached(lambda x: -_height(one, made(x)), height, 0.05, 5.0))], cause)


def doubled(share):
    """A stem beside itself 2 ms late: the peak at no delay is that share of the other."""
    one, frames = noise(SHORT), 16

    def made(size):
        return size * one + np.roll(one, frames)

    def ratio(size):
        return _height(one, made(size)) / _height(one, made(size), frames)

    return take([one], [made(reached(ratio, share, 0.05, 1.0))])


@cache
def narrow(hz, seed=0, frames=SHORT):
    """Noise under a frequency, which fades in and out: too narrow to tell a filter's phase from a delay."""
    spectrum = np.fft.rfft(noise(frames, seed))
    spectrum[round(hz * frames / RATE) :] = 0.0
    low = np.fft.irfft(spectrum, frames) * np.hanning(frames) ** 2
    return 0.1 * low / np.sqrt(np.mean(low**2))


def narrow_late(seconds):
    one = narrow(120.0)
    return take([one], [np.roll(one, round(seconds * RATE))])


def less_sure(by):
    """A narrow sound, itself and late at once, that correlates by so much more where it is late."""
    one = narrow(60.0)
    moved = np.roll(one, 200)

    def made(size):
        return size * one + moved

    def gap(size):
        two = made(size)
        power = np.sqrt((one @ one) * (two @ two))
        return (moved @ two - one @ two) / power

    return take([one], [made(reached(gap, by, 0.0, 1.5))])


def itself(correlation):
    """A narrow sound 25 ms late, under so much of another that it correlates so."""
    moved = np.roll(narrow(100.0), 200)
    other = unlike(narrow(100.0, 1), moved)
    return take([narrow(100.0)], [correlation * moved + np.sqrt(1 - correlation**2) * other], cause)


def sides(alike):
    """Two channels so alike, which changed places."""
    one, other = pair(SHORT)
    right = alike * one + np.sqrt(1 - alike**2) * other
    return take([one, right], [right, one])


def crossed(left):
    """Channels with nothing in common, of which what is crossed leaves so much less."""
    one, other = pair(SHORT)
    third, fourth = (unlike(unlike(noise(SHORT, k), one), other) for k in (2, 3))
    straight = 0.2
    crossing = 1 - left * (1 - straight)
    rest = np.sqrt(1 - straight**2 - crossing**2)
    after = [
        straight * a + crossing * b + rest * c for a, b, c in ((one, other, third), (other, one, fourth))
    ]
    return take([one, other], after)


TAKE = (
    Limit(SameTake, "same_take.BLURRED_ANOTHER", 0.12, 0.005, like, "fail", "ok"),
    Limit(SameTake, "same_take.UNLIKE", 0.5, 0.01, lambda x: like(x, LONG), "fail", "ok"),
    Limit(
        SameTake, "same_take.MUCH_REVERB", 0.25, 0.01, lambda x: like(0.3, LONG, reverb_wet=x), "fail", "ok"
    ),
    Limit(SameTake, "same_take.LATE_S", 0.0002, 2e-5, late, "ok", "fail"),
    Limit(SameTake, "same_take.CLEAR", 0.2, 0.01, inverted, "another sound", "it is upside down"),
    Limit(SameTake, "same_take.AS_IT_IS", 0.5, 0.02, doubled, "fail", "ok"),
    Limit(SameTake, "same_take.LONG_S", 0.003, 2e-4, narrow_late, "ok", "fail"),
    Limit(SameTake, "same_take.SURE", 0.15, 0.01, less_sure, "ok", "fail"),
    Limit(SameTake, "same_take.ITSELF", 0.3, 0.01, itself, "another sound", "it is 25 ms late"),
    Limit(SameTake, "same_take.ONE_SIDE", 0.998, 5e-4, sides, "fail", "ok"),
    Limit(SameTake, "same_take.CROSSED", 0.3, 0.01, crossed, "fail", "ok"),
)

LIMITS = (*TREBLE, *ADDED, *EDGES, *TAKE)
