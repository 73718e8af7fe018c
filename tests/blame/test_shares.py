"""The stem that is inverted, out of time or gone in a mix is named, and no other."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.audio import Audio
from core.blame.change import Compared, compare
from core.blame.in_the_mix import in_the_mix
from core.blame.take import bundled, take_of
from core.compare.align import align
from core.compare.explain import Kind
from core.contract import Severity
from tests import sounds
from tests.blame import steps
from tests.blame.steps import chain
from tests.fakes import stems_of

NAMES = ("vocals", "drums", "bass", "other")
WHOLE_S = 8.0
SHORT_S = 5.6
"""Enough for what is wrong from the first sample on; the transforms of 8 s are twice as long."""


def moved(samples, frames):
    if frames < 0:
        return np.pad(samples[-frames:], ((0, -frames), (0, 0)))
    return np.pad(samples, ((frames, 0), (0, 0)))[: len(samples)]


def half_gone(samples):
    out = samples.copy()
    out[len(out) // 2 :] = 0
    return out


def half_turned(samples):
    out = samples.copy()
    out[len(out) // 2 :] *= -1
    return out


FAULTS = {
    "inverted": (lambda x: -x, "stem_polarity", "{} went in with inverted polarity"),
    "half as loud and inverted": (lambda x: -0.5 * x, "stem_polarity", "{} went in with inverted polarity"),
    "10 late": (lambda x: moved(x, 10), "stem_late", "{} went in 0.2 ms late"),
    "100 late": (lambda x: moved(x, 100), "stem_late", "{} went in 2.3 ms late"),
    "1000 late": (lambda x: moved(x, 1_000), "stem_late", "{} went in 22.7 ms late"),
    "64 early": (lambda x: moved(x, -64), "stem_late", "{} went in 1.5 ms early"),
    "gone": (lambda x: 0 * x, "stem_missing", "{} was muted or its file not found"),
    "gone from the middle": (half_gone, "stem_left", "{} was muted or ended early"),
    "inverted from the middle": (half_turned, "stem_left", "{} went in with inverted polarity from there"),
}


def mixed(parts, changes, gain=0.85):
    total = sum(changes.get(n, lambda x: x)(audio.samples) for n, audio in parts.items())
    return Audio((gain * total).astype(np.float32), next(iter(parts.values())).sample_rate)


@cache
def folder(carrier="band", seconds=WHOLE_S):
    song = sounds.GOOD[carrier]()
    return bundled("stems", dict(stems_of(song.between(0, seconds), 7)))


def parts_of(carrier="band", seconds=WHOLE_S):
    return {name: part.audio for name, part in folder(carrier, seconds).parts.items()}


def failed(mix, carrier="band", seconds=WHOLE_S):
    stems = folder(carrier, seconds)
    found = in_the_mix(stems, take_of("mix", mix), align(stems.sound.audio, mix))
    return [finding for finding in found if finding.severity is Severity.FAIL]


@pytest.mark.parametrize("stem", NAMES)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_stem_with_the_fault_is_named_and_no_other(fault, stem):
    change, check, cause = FAULTS[fault]
    seconds = WHOLE_S if "from the middle" in fault else SHORT_S
    (found,) = failed(mixed(parts_of(seconds=seconds), {stem: change}), seconds=seconds)
    assert found.check == check
    assert found.causes[0].startswith(cause.format(stem))


@pytest.mark.parametrize("carrier", ["metal", "sparse_piano"])
@pytest.mark.parametrize("fault", ["inverted", "100 late"])
def test_it_is_named_in_other_music_too(carrier, fault):
    change, check, cause = FAULTS[fault]
    (found,) = failed(mixed(parts_of(carrier), {"other": change}), carrier)
    assert (found.check, found.causes[0].startswith(cause.format("other"))) == (check, True)


def test_two_stems_with_two_faults_are_both_named():
    mix = mixed(parts_of(), {"drums": FAULTS["100 late"][0], "vocals": lambda x: -x})
    causes = {finding.causes[0] for finding in failed(mix)}
    assert causes == {"drums went in 2.3 ms late", "vocals went in with inverted polarity"}


def test_a_chain_blames_the_step_that_inverted_a_stem():
    parts, song = steps.stems()
    found = chain(song, parts, mixed(parts, {"drums": lambda x: -x}))
    assert (found.blame.position, found.blame.check) == (3, "stem_polarity")
    assert found.blame.causes[0] == "drums went in with inverted polarity"


def test_a_mix_that_is_nothing_like_the_sum_of_its_stems_is_still_told_by_them(monkeypatch):
    """A loud inverted stem may leave the sum no place in the mix."""
    parts, song = parts_of(), mixed(parts_of(), {})

    def nowhere(before, after):
        found = compare(before, after)
        if after.parts or not before.parts:
            return found
        change = found.change.model_copy(update={"kind": Kind.UNRELATED, "likeness": 0.1})
        return Compared(change, replace(found.aligned, likeness=0.1))

    monkeypatch.setattr("core.blame.chain.compare", nowhere)
    turned = chain(song, parts, mixed(parts, {"drums": lambda x: -x})).links[2].findings
    assert [f.check for f in turned if f.severity is Severity.FAIL] == ["stem_polarity"]
    other = chain(song, parts, mixed(parts_of("metal"), {})).links[2].findings
    assert other[0].check == "other_sound" and not any(f.check.startswith("stem_") for f in other)


def test_a_mix_of_other_stems_is_another_sound():
    song, parts = parts_of(), parts_of("metal")
    links = chain(mixed(song, {}), song, mixed(parts, {})).links
    assert links[2].findings[0].check == "other_sound"


HONEST = {
    "faders": lambda parts: Audio(
        sum(np.float32(g) * a.samples for g, a in zip((0.7, 1.4, 0.5, 1.0), parts.values(), strict=True)),
        44_100,
    ),
    "all inverted": lambda parts: mixed(parts, {}, -0.7),
    "all late": lambda parts: steps.delayed(2_000)(mixed(parts, {})),
    "trimmed": lambda parts: steps.trimmed(2_000)(mixed(parts, {})),
    "equalised": lambda parts: steps.equalised(mixed(parts, {})),
    "limited": lambda parts: steps.limited(6)(mixed(parts, {})),
    "a room": lambda parts: steps.room(mixed(parts, {})),
    "faded out": lambda parts: steps.fade(mixed(parts, {})),
    "48 kHz": lambda parts: steps.resampled(48_000)(mixed(parts, {})),
    "16 bits": lambda parts: steps.in_16_bits(mixed(parts, {})),
}


@pytest.mark.parametrize("work", HONEST)
def test_honest_mixing_accuses_no_stem(work):
    assert not failed(HONEST[work](parts_of()))
