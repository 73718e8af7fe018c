"""matchering asked for its equaliser: the same sound as its own result, and every refusal a sentence."""

from functools import cache

import matchering
import numpy as np
import pytest

from core.audio import Audio, read, write
from core.dsp.match_eq import MatchCurve, curve_bins, filter_size, matched
from core.engines import needs
from core.engines.matchering.card import available
from core.engines.matchering.worker import REFUSALS, _refused
from core.engines.opened import open_engines
from core.errors import EngineOutputError, InputError
from core.progress import silent
from core.stages.reference_match import ask_for_match
from tests import sounds
from tests.engines.matchering.here import MatcheringHere
from tests.stages.material import noise, nothing, plucks, scaled


def asked(mix, reference, harm=None):
    return ask_for_match(MatcheringHere(harm), mix, reference, silent)


def unheld(mix, reference):
    """The curve as matchering asks for it, before anything of it is held back."""
    seen = {}
    asked(mix, reference, harm=lambda told: seen.update(told) or told)
    rate = mix.sample_rate
    hz = tuple(number * rate / filter_size(rate) for number in curve_bins(rate))
    return MatchCurve(hz, tuple(seen["mid_db"]), tuple(seen["side_db"]))


def null_db(result, wanted):
    """What is left of ``wanted`` when ``result``, at the best level, is taken off."""
    gain = (wanted * result).sum() / (result * result).sum()
    return 10 * np.log10(((wanted - gain * result) ** 2).sum() / (wanted**2).sum())


PAIRS = {
    "band like metal": lambda: (sounds.band(), sounds.metal()),
    "metal like band": lambda: (sounds.metal(), sounds.band()),
    "band like piano": lambda: (sounds.band(), sounds.sparse_piano()),
    "48 kHz": lambda: (plucks(1, rate=48_000), plucks(5, rate=48_000)),
    "96 kHz": lambda: (plucks(1, rate=96_000), plucks(5, rate=96_000)),
    "mono": lambda: (plucks(1, channels=1), plucks(5)),
}


@pytest.mark.parametrize("name", PAIRS)
def test_the_mix_through_its_equaliser_is_its_own_unlimited_result(name, tmp_path):
    mix, reference = PAIRS[name]()
    rate = mix.sample_rate
    write(tmp_path / "mix.wav", mix)
    write(tmp_path / "reference.wav", reference)
    matchering.process(
        str(tmp_path / "mix.wav"),
        str(tmp_path / "reference.wav"),
        [matchering.Result(str(tmp_path / "own.wav"), "FLOAT", use_limiter=False, normalize=False)],
        matchering.Config(internal_sample_rate=rate, fft_size=filter_size(rate)),
    )
    own = read(tmp_path / "own.wav").samples[:, : mix.channels].astype(np.float64)
    ours = matched(mix, unheld(mix, reference), 1.0).samples.astype(np.float64)
    # Its filter has an even number of taps, which delays by one sample; ours does not.
    assert null_db(ours[:-1], own[1:]) < -40


@cache
def like_metal():
    return asked(sounds.band(), sounds.metal())


def test_boosts_are_held_and_it_is_told_where():
    match = like_metal()
    assert max(match.curve.mid_db + match.curve.side_db) == 12.0
    assert any("dB more than the mix at the sides" in note and "12 dB of it" in note for note in match.notes)
    assert len(match.curve.hz) == len(match.curve.mid_db) == len(match.curve.side_db)


def test_a_reference_of_another_rate_is_asked_for_the_same():
    other = sounds.metal().resampled(48_000)
    there, here = asked(sounds.band(), other).curve, like_metal().curve
    heard = np.asarray(here.hz) < 16_000
    assert np.allclose(np.asarray(there.mid_db)[heard], np.asarray(here.mid_db)[heard], atol=0.3)


def test_the_level_of_the_reference_changes_nothing_about_its_tone():
    quiet = asked(sounds.band(), scaled(sounds.metal(), 0.05))
    assert np.allclose(quiet.curve.mid_db, like_metal().curve.mid_db, atol=0.1)


def test_a_mono_reference_leaves_the_width_of_the_mix():
    narrow = Audio(np.repeat(sounds.metal().samples[:, :1], 2, axis=1), 44_100)
    for reference in (narrow, Audio(narrow.samples[:, :1], 44_100)):
        match = asked(sounds.band(), reference)
        assert "the width of the mix stays" in match.notes[0]
        assert match.curve.side_db == match.curve.mid_db


def test_a_mono_mix_takes_no_width():
    wide = Audio(np.repeat(sounds.band().samples[:, :1], 2, axis=1), 44_100)
    assert "takes the tone of the reference, and no width" in asked(wide, sounds.metal()).notes[0]
    one = asked(Audio(wide.samples[:, :1], 44_100), sounds.metal())
    assert not any("width" in note for note in one.notes)


def test_the_mix_itself_at_another_level_is_told_as_nothing_to_match():
    match = asked(sounds.band(), scaled(sounds.band(), 0.5))
    assert match.curve.most_db(40, 16_000) < 0.5
    assert "nothing is matched" in match.notes[0]


def cancelling():
    left = sounds.metal().samples[:, :1]
    return Audio(np.hstack([left, -left]), 44_100)


UNUSABLE = {
    "the mix itself": (sounds.band, sounds.band, "is the mix itself"),
    "a short reference": (sounds.band, lambda: noise(1, seconds=0.05), "shorter than matchering takes"),
    "a short mix": (lambda: noise(1, seconds=0.05), sounds.band, "mix is shorter"),
    "a long reference": (
        lambda: noise(1, seconds=1.0, rate=8_000),
        lambda: Audio(np.ones((8_000 * 901, 1), np.float32), 8_000),
        "reference is longer than the 15 minutes",
    ),
    "a long mix": (
        lambda: Audio(np.ones((8_000 * 901, 1), np.float32), 8_000),
        lambda: noise(1, seconds=1.0, rate=8_000),
        "mix is longer than the 15 minutes",
    ),
    "a reference of six channels": (sounds.band, lambda: plucks(1, channels=6), "has more than two channels"),
    "a mix of six channels": (lambda: plucks(1, channels=6), sounds.band, "mix has more than two channels"),
    "a reference that cancels": (sounds.band, cancelling, "reference cancel each other"),
    "a mix that cancels": (cancelling, sounds.band, "mix cancel each other"),
    "a silent reference": (sounds.band, lambda: nothing(sounds.metal()), "reference cancel each other"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_it_cannot_take_is_one_sentence_with_a_remedy(name):
    mix, reference, sentence = UNUSABLE[name]
    with pytest.raises(InputError, match=sentence) as refused:
        asked(mix(), reference())
    assert refused.value.message.count(". ") == 0
    assert refused.value.message.endswith(".")
    assert refused.value.remedy


def test_every_refusal_that_it_knows_is_known_here():
    from matchering.log.codes import Code

    refusals = {int(code) for code in Code if code.name.startswith("ERROR_")}
    loading, unknown = {4001, 4101}, {4201, 4202}
    assert set(REFUSALS) == refusals - loading - unknown
    other = _refused("4202: Validation failed!")
    assert (other.kind, other.message) == ("engine", "matchering refused the sounds: Validation failed!.")


@pytest.mark.parametrize(
    "harm",
    [
        lambda told: told | {"mid_db": told["mid_db"][:-1]},
        lambda told: told | {"side_db": [float("nan"), *told["side_db"][1:]]},
        lambda told: told | {"mid_db": None},
        lambda told: {},
    ],
)
def test_a_reply_that_is_no_equaliser_is_refused(harm):
    with pytest.raises(EngineOutputError, match="did not return an equaliser"):
        asked(sounds.band(), sounds.metal(), harm)


def test_it_runs_in_a_process_of_its_own():
    hosts = open_engines()
    try:
        match = ask_for_match(hosts, sounds.band(), sounds.metal(), silent)
        with pytest.raises(InputError, match="is the mix itself"):
            ask_for_match(hosts, sounds.band(), sounds.band(), silent)
    finally:
        hosts.close()
    assert np.allclose(match.curve.mid_db, like_metal().curve.mid_db, atol=0.02)


def test_without_the_package_the_remedy_is_make_matchering(monkeypatch):
    assert available().ready
    monkeypatch.setattr(needs, "find_spec", lambda name: None)
    state = available()
    assert not state.ready
    assert "matchering" in state.reason
    assert "make matchering" in state.remedy
