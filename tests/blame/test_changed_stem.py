"""A stem that was silenced, bent, compressed or added to after the separation is named, and what was done."""

import numpy as np
import pytest

from core.audio import Audio
from core.blame.chain import chain_of_takes
from core.blame.take import bundled, take_of
from core.contract import Severity
from tests import sounds

RATE = sounds.RATE
MADE_BY = {
    "vocals": sounds.voice_alone,
    "drums": sounds.drums_alone,
    "bass": sounds.sub_bass,
    "other": sounds.pad,
}
SECONDS = 8.0
STEMS = {
    name: make().between(0, SECONDS).samples.astype(np.float64) * np.ones((1, 2))
    for name, make in MADE_BY.items()
}


def level(x):
    return float(np.sqrt(np.square(x).mean()))


def noise(x, seed=1):
    return level(x) * np.random.default_rng(seed).standard_normal(x.shape)


def gone(start, stop):
    def change(x):
        out = x.copy()
        out[round(start * len(x)) : round(stop * len(x))] = 0
        return out

    return change


def squeezed(x):
    """A gain that follows the level, block by block."""
    blocks = np.array_split(x, len(x) // 441)
    return np.concatenate([b * min(3.0, 0.3 * level(x) / (level(b) + 1e-6)) for b in blocks])


CHANGES = {
    "silent": (lambda x: 0 * x, "was dropped, or its file is silent"),
    "silent from the middle": (gone(0.5, 1.0), "written over with zeros"),
    "a gap of 2 s": (gone(0.3, 0.55), "written over with zeros"),
    "hissing": (lambda x: x + 0.03 * noise(x), "noise or another sound was added"),
    "driven": (lambda x: 0.99 * np.tanh(4 * x / np.abs(x).max()), "bent along a fixed curve"),
    "compressed": (squeezed, "its level was moved"),
}


def findings(stems):
    total = np.sum(list(STEMS.values()), axis=0).astype(np.float32)
    parts = {name: Audio(x.astype(np.float32), RATE) for name, x in stems.items()}
    song = ("song", take_of("song", Audio(total, RATE)))
    return chain_of_takes([song, ("stems", bundled("stems", parts))]).links[1].findings


@pytest.mark.parametrize("name", ["vocals", "drums"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_changed_stem_is_named_first_with_what_was_done(change, name):
    do, cause = CHANGES[change]
    first = findings({**STEMS, name: do(STEMS[name])})[0]
    assert first.artifact == f"stems/{name}" and first.severity is not Severity.OK
    assert cause in first.causes[0]
    assert bool(first.spans) == ("silent from" in change or "gap" in change)


def test_two_silent_stems_are_both_named():
    drawn = findings({**STEMS, "drums": 0 * STEMS["drums"], "bass": 0 * STEMS["bass"]})
    named = {one.artifact for one in drawn if one.check == "stem_of_the_song"}
    assert named <= {"stems/drums", "stems/bass"}


def smeared(stems):
    """What a separator does: a little of each stem goes to the others, and a little of all is lost."""
    whole = sum(stems.values())
    return {n: 0.9 * x + 0.05 * np.roll(x, 40, axis=0) + 0.02 * (whole - x) for n, x in stems.items()}


HONEST = {
    "as separated": lambda: STEMS,
    "6 dB down": lambda: {name: 0.5 * x for name, x in STEMS.items()},
    "smeared": lambda: smeared(STEMS),
    "of 16 bits": lambda: {name: np.round(x * 32_767) / 32_768 for name, x in STEMS.items()},
    "gated, each in its rests": lambda: {
        name: x * (np.abs(x) > 0.01 * np.abs(x).max()) for name, x in STEMS.items()
    },
}


@pytest.mark.parametrize("stems", HONEST)
def test_honest_stems_accuse_none(stems):
    drawn = [one for one in findings(HONEST[stems]()) if one.check == "stem_of_the_song"]
    assert [one for one in drawn if one.severity is not Severity.OK] == []
