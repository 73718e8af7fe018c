"""Every check of every contract answers or stays silent at the edges of what a sound can be; none raises."""

import inspect
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.audio import Audio
from core.blame.chain import chain_of_takes
from core.blame.take import take_of
from core.checks import FOREIGN, UNPROMISED
from core.contract import Case, Finding, Material, Promise, judge
from core.inspect import inspect_audio
from core.stages.table import STAGES
from tests import sounds

pytestmark = pytest.mark.slow

RATE = 44_100


def music(seconds, channels=2, rate=RATE):
    """Enough of a song for every question: notes, noise, and two channels that differ."""
    rng, t = np.random.default_rng(3), np.arange(round(seconds * rate)) / rate
    wave = np.stack([np.sin(2 * np.pi * (110 + 30 * c) * t) for c in range(channels)], axis=1)
    wave *= 0.3 + 0.2 * np.sin(2 * np.pi * 2 * t)[:, None]
    return Audio((wave + 0.05 * rng.standard_normal(wave.shape)).astype(np.float32), rate)


def with_samples(audio, change):
    samples = audio.samples.copy()
    change(samples)
    return Audio(samples, audio.sample_rate)


def click_in_silence():
    samples = np.zeros((RATE, 2), dtype=np.float32)
    samples[RATE // 2] = 0.9
    return Audio(samples, RATE)


def put(place, value):
    def change(samples):
        samples[place] = value

    return change


EDGES = {
    "0.3 s": lambda: music(0.3),
    "192 kHz": lambda: music(0.6, rate=192_000),
    "8 kHz": lambda: music(1.0, rate=8_000),
    "mono": lambda: music(1.0, 1),
    "8 channels": lambda: music(1.0, 8),
    "one sample": lambda: Audio(np.full((1, 2), 0.5, dtype=np.float32), RATE),
    "no sample": lambda: Audio(np.zeros((0, 2), dtype=np.float32), RATE),
    "a channel of zeros": lambda: with_samples(music(1.0), put((slice(None), 1), 0.0)),
    "zeros in all channels": lambda: Audio(np.zeros((RATE, 2), dtype=np.float32), RATE),
    "one click in silence": click_in_silence,
    "NaN in music": lambda: with_samples(music(1.0), put((1_000, 0), np.nan)),
    "NaN in a channel": lambda: with_samples(music(1.0), put((slice(None), 0), np.nan)),
    "infinity in music": lambda: with_samples(music(1.0), put((1_000, 0), np.inf)),
    "an absurd sample": lambda: with_samples(music(1.0), put((1_000, 0), 1e30)),
}


@cache
def edge(name):
    return sounds.sound(EDGES[name]())


@cache
def good(name):
    """A good sound of the same form."""
    audio = edge(name).audio
    full = music(max(1, audio.frames) / audio.sample_rate, audio.channels, audio.sample_rate)
    return sounds.sound(Audio(full.samples[: audio.frames], audio.sample_rate))


CONTRACTS = {stage.name: stage.contract for stage in STAGES if stage.delivers is not Material.WORDS}
CHECKS = {
    (stage, check.name): check
    for stage, contract in CONTRACTS.items()
    for check in (*contract.checks, *contract.whole)
}
OWN = {key: check for key, check in CHECKS.items() if key[1] not in {one.name for one in FOREIGN}}
"""What only one stage is asked."""


BEYOND = ("infinity in music", "an absurd sample")
"""What a gate refuses, so that a contract asks no more."""


def cases_of(stage, sound, before):
    """Every way to be asked: alone, made of a good sound, made of itself, uploaded, one of two stems."""
    cases = [
        Case(stage, {"song": sound}),
        Case(stage, {"song": sound}, {"song": before}, promise=Promise.form_of(sound.audio)),
        Case(stage, {"song": sound}, {"song": sound}),
        Case(stage, {"song": sound}, uploaded=True),
    ]
    if stage != "any":
        material = next(one.delivers for one in STAGES if one.name == stage)
        made = {name: replace(one, name=name) for name, one in (("a", sound), ("b", before))}
        came = {name: replace(before, name=name) for name in ("a", "b", "song")}
        cases.append(Case(stage, made, came, delivers=material))
    return cases


def asked(check, stage, sound, before):
    """Every answer of one check."""
    for case in cases_of(stage, sound, before):
        if hasattr(check, "examine"):
            yield from (check.examine(one, case) for one in case.outputs.values())
        elif (
            not sound.measurement.nonfinite_samples
        ):  # a contract asks nothing of the whole of what is no number
            yield check.examine_all(case)


def is_answer(answer):
    return answer is None or (isinstance(answer, Finding) and answer.evidence.endswith((".", "!", "?")))


@pytest.mark.parametrize("name", EDGES)
def test_no_check_of_a_sound_alone_raises(name):
    for check in FOREIGN:
        assert all(map(is_answer, asked(check, "any", edge(name), good(name)))), check.name


@pytest.mark.parametrize("name", EDGES)
def test_no_contract_raises(name):
    for stage, contract in CONTRACTS.items():
        for case in cases_of(stage, edge(name), good(name))[:3]:
            assert all(map(is_answer, judge(contract, case))), stage


@pytest.mark.parametrize("name", [one for one in EDGES if one not in BEYOND])
def test_no_check_of_a_stage_raises(name):
    assert len(OWN) >= 15
    for (stage, _), check in OWN.items():
        assert all(map(is_answer, asked(check, stage, edge(name), good(name)))), check.name


@pytest.mark.parametrize("name", EDGES)
def test_no_question_of_a_chain_raises(name):
    whole, odd = (take_of(side, sound.audio) for side, sound in (("one", good(name)), ("two", edge(name))))
    chain = chain_of_takes([("one", whole), ("two", odd), ("three", whole)])
    assert len(chain.links) == 3 and all(map(is_answer, (f for link in chain.links for f in link.findings)))


@pytest.mark.parametrize("name", [one for one in EDGES if one != "no sample"])
def test_each_check_answers_or_is_named_with_why_it_was_not_asked(name):
    seen = inspect_audio(EDGES[name](), "song")
    answered = {one.check for one in seen.findings}
    silent = {one.check: one.reason for one in seen.unasked}
    assert answered.isdisjoint(silent) and {*answered, *silent} >= {check.name for check in UNPROMISED}
    failed = [
        check.name for check in UNPROMISED if check.gate and silent.get("wrapped", "").count(check.name)
    ]
    makes_no_sense = [why for why in silent.values() if not why.startswith("the sound failed")]
    assert all(re.fullmatch("makes no sense (for|with|when|where|unless).+", why) for why in makes_no_sense)
    assert bool(failed) == ("NaN" in name or name in (*BEYOND, "zeros in all channels"))


@pytest.mark.parametrize("check", CHECKS.values(), ids=lambda one: one.name)
def test_a_check_that_may_stay_silent_says_where(check):
    question = check.examine if hasattr(check, "examine") else check.examine_all
    assert check.unasked or not re.search(r"return (.* )?None\b", inspect.getsource(question))
