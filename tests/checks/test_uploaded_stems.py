"""A mix among its own stems is named."""

import numpy as np

from core.blame.mixture import mixture_among
from core.contract import Severity, Sound
from core.measure import measure
from tests.sounds import band, made


def parts(**samples):
    return {name: Sound(name, made(s), measure(made(s))) for name, s in samples.items()}


def stems():
    whole = band().samples
    return (
        whole * np.float32(0.3),
        whole[::-1] * np.float32(0.2),
        np.roll(whole, 5000, axis=0) * np.float32(0.1),
    )


def test_the_sum_of_the_others_is_named_wherever_it_stands():
    a, b, c = stems()
    (finding,) = mixture_among(parts(bass=a, mixture=a + b + c, other=b, vocals=c))
    assert finding.severity is Severity.WARN and finding.artifact == "mixture"
    assert "mixture is the sum of the other 3 files" in finding.evidence and "mixture" in finding.remedy


def test_a_mix_that_is_a_little_off_is_named_too():
    a, b, _ = stems()
    assert mixture_among(parts(bass=a, mix=(a + b) * np.float32(1.02), other=b))


def test_stems_alone_two_files_and_silence_are_not():
    a, b, c = stems()
    assert not mixture_among(parts(bass=a, other=b, vocals=c))
    assert not mixture_among(parts(bass=a, mix=a))
    assert not mixture_among(parts(bass=a * 0, mix=a * 0, other=a * 0))
    assert not mixture_among(parts(bass=a, bass_again=a, other=b))
