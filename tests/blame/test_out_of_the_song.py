"""The stem of a separation that was scaled, inverted, late, foreign or doubled is named, and no other."""

from __future__ import annotations

import numpy as np
import pytest

from core.audio import Audio
from core.blame.chain import chain_of_takes
from core.blame.out_of_the_song import SCALED_DB, out_of_the_song
from core.blame.take import bundled, take_of
from core.compare.align import align
from core.contract import Severity
from tests import sounds
from tests.blame.test_shares import moved
from tests.fakes import stems_of

NAMES = ("vocals", "drums", "bass", "other")
SONG = sounds.band()
STEMS = dict(stems_of(SONG, 7))


def folder(**changes):
    parts = {
        n: Audio(changes.get(n, lambda x: x)(a.samples).astype(np.float32), a.sample_rate)
        for n, a in STEMS.items()
    }
    return bundled("stems", parts)


def whole():
    total = np.sum([a.samples for a in STEMS.values()], axis=0)
    return take_of("song.wav", Audio(total.astype(np.float32), SONG.sample_rate))


def found_in(stems):
    song = whole()
    return out_of_the_song(song, stems, align(song.sound.audio, stems.sound.audio))


def foreign(x):
    other = sounds.metal().samples
    return other[: len(x)] * np.sqrt(np.mean(np.square(x)) / np.mean(np.square(other)))


FAULTS = {
    "inverted": (lambda x: -x, "was inverted"),
    "100 late": (lambda x: moved(x, 100), "2.3 ms late"),
    "1000 early": (lambda x: moved(x, -1000), "22.7 ms early"),
    "6 dB up": (lambda x: 2 * x, "turned up by 6.0 dB"),
    "3 dB down": (lambda x: 0.708 * x, "turned down by 3.0 dB"),
    "of another song": (foreign, "belongs to another song"),
}


@pytest.mark.parametrize("name", ["vocals", "drums", "bass"])
@pytest.mark.parametrize("fault", FAULTS)
def test_the_stem_with_the_fault_is_named_and_no_other(fault, name):
    change, cause = FAULTS[fault]
    (found,) = found_in(folder(**{name: change}))
    assert found.artifact == f"stems/{name}"
    assert name in found.causes[0] and cause in found.causes[0]


def test_a_whole_separation_draws_nothing():
    assert found_in(folder()) == []


@pytest.mark.parametrize(("off_db", "warned"), [(SCALED_DB - 0.3, False), (SCALED_DB + 0.3, True)])
def test_the_limit_of_a_stems_level(off_db, warned):
    found = found_in(folder(drums=lambda x: x * 10 ** (off_db / 20)))
    assert [f.severity for f in found] == ([Severity.WARN] if warned else [])


def test_the_chain_names_it_before_the_sum():
    song, stems = whole(), folder(drums=lambda x: -x)
    link = chain_of_takes([("song.wav", song), ("stems", stems)]).links[1]
    assert link.findings[0].check == "stem_of_the_song" and "drums was inverted" in link.findings[0].causes[0]


def test_where_the_mixture_lies_among_the_stems_only_that_is_said():
    song = whole()
    stems = bundled("stems", {**STEMS, "mixture": song.sound.audio})
    link = chain_of_takes([("song.wav", song), ("stems", stems)]).links[1]
    checks = [f.check for f in link.findings if f.severity is not Severity.OK]
    assert "mixture_among_stems" in checks and "stem_of_the_song" not in checks


def test_a_stem_that_is_a_copy_of_another_has_no_share_of_its_own():
    found = found_in(folder(other=lambda x: 0.5 * STEMS["drums"].samples + 1e-4 * foreign(x)))
    assert all(one.artifact != "stems/drums" for one in found)
