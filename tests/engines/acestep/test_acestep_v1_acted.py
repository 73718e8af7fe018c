"""The adapter to ACE-Step 1 against a package of the real one's form that can be told to misbehave."""

import numpy as np
import pytest

from core.engines.acestep.card import CARD, available
from core.engines.acestep.order import read_order, tags, words
from core.engines.child import WorkerError
from core.errors import (
    Cancelled,
    EngineError,
    EngineInputError,
    EngineMissingError,
    EngineOutputError,
)
from tests.engines.acestep.conftest import EMPTY_WEIGHTS, VARIABLE, compose
from tests.engines.acestep15.songs import asked, section, song
from tests.engines.acestep15.songs import words as lyrics


def test_the_path_is_read_back_as_sound_of_the_length_that_was_asked_for(hosts, checkpoint):
    reply = compose(hosts, checkpoint())
    clip = reply.sounds["clip_1"]
    assert clip.sample_rate == 48_000
    assert clip.samples.shape == (round(4.8 * 48_000), 2)
    # As the package made it, to the last bit of its floats: no 16-bit file lies between.
    assert np.abs(clip.samples).max() == pytest.approx(0.3, abs=1e-4)
    assert len(np.unique(clip.samples)) > 60_000
    assert (reply.device, reply.precision) == ("cpu", "float32")
    assert reply.values["raw_peak_dbfs"] == pytest.approx(-10.46, abs=0.1)


def test_a_seed_means_the_same_song_and_prompt_and_words_count(hosts, checkpoint):
    folder = checkpoint()
    keys = [
        compose(hosts, folder, **more).sounds["clip_1"].key
        for more in (
            {},
            {},
            {"seed": 9},
            {"plan": song(section(bars=2), prompt="heavy metal")},
            {"lyrics": lyrics(("verse", "Another line of words"))},
        )
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 4


def test_clips_share_their_overlap(hosts, checkpoint):
    reply = compose(hosts, checkpoint(), song(section(bars=4)), clips=2, overlap_s=0.5)
    one, two = reply.sounds["clip_1"].samples, reply.sounds["clip_2"].samples
    assert np.array_equal(one[-24_000:], two[:24_000])


def test_every_step_is_reported_and_a_cancel_ends_it_within_one(hosts, checkpoint):
    folder, told = checkpoint(step_s=0.05), []
    compose(hosts, folder, steps=6, report=lambda fraction, message: told.append((fraction, message)))
    steps = list(dict.fromkeys(message for _, message in told if message.startswith("Step")))
    assert steps == [f"Step {n} of 6" for n in range(1, 7)]
    assert [f for f, _ in told] == sorted(f for f, _ in told)

    def stop(fraction, message):
        if message == "Step 2 of 200":
            raise Cancelled

    pid = hosts.loaded()["acestep"]
    with pytest.raises(Cancelled):
        compose(hosts, folder, steps=200, report=stop)
    assert compose(hosts, folder).sounds
    assert hosts.loaded()["acestep"] == pid


@pytest.mark.parametrize(
    ("how", "kind", "words"),
    [
        ("no file", EngineOutputError, "there is no such file"),
        ("no path", EngineOutputError, "returned a list without a path"),
        ("no list", EngineOutputError, "returned a dict"),
        ("silent", EngineOutputError, "digital silence"),
        ("nan", EngineOutputError, "not numbers"),
        ("short", EngineOutputError, "made 2.6 of 4.8 s"),
        ("nan weights", EngineError, "its weights hold values that are not numbers"),
        ("download", EngineMissingError, "nothing is downloaded unasked"),
    ],
)
def test_what_goes_wrong_is_told_with_its_remedy(hosts, checkpoint, how, kind, words):
    with pytest.raises(kind) as caught:
        compose(hosts, checkpoint(how))
    assert words in caught.value.message
    assert caught.value.remedy


def test_truncated_weights_are_told_before_a_library_hides_the_reason(hosts, checkpoint):
    folder = checkpoint()
    (folder / "music_vocoder" / "diffusion_pytorch_model.safetensors").write_bytes(EMPTY_WEIGHTS[:9])
    with pytest.raises(EngineError, match=r"music_vocoder/diffusion_pytorch_model\.safetensors") as caught:
        compose(hosts, folder)
    assert caught.value.diagnosis in ("truncated_weights", "not_weights")


def test_missing_files_are_named_one_by_one(hosts, checkpoint):
    folder = checkpoint(without="music_vocoder/config.json")
    with pytest.raises(EngineMissingError, match=r"lacks music_vocoder/config\.json"):
        compose(hosts, folder)
    with pytest.raises(EngineMissingError, match="no checkpoint folder"):
        compose(hosts, folder / "nothing")


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"plan": song(section(bars=200))}, "outside 1 to 240 s"),
        ({"steps": 0}, "steps is 0"),
        ({"scheduler": "dpm"}, "no scheduler dpm"),
        ({"temperature": 1.0}, "no setting temperature"),
    ],
)
def test_what_it_cannot_make_is_refused_before_a_model_is_loaded(hosts, checkpoint, more, words):
    with pytest.raises(EngineInputError, match=words):
        compose(hosts, checkpoint(), **more)


def test_the_plan_is_told_as_tags_and_the_words_under_theirs():
    order = read_order(
        asked("x", song(section(bars=2)), lyrics(("verse", "One", "Two"), ("chorus", "Three")))
    )
    assert tags(order) == "warm lo-fi piano, lo-fi, calm, piano, bass, 120 bpm, A minor, vocals"
    assert words(order) == "[verse]\nOne\nTwo\n\n[chorus]\nThree"
    silent = read_order(asked("x", song(section(bars=2), instrumental=True)))
    assert words(silent) == "[instrumental]" and tags(silent).endswith("instrumental")


def test_a_plan_that_is_none_is_refused():
    with pytest.raises(WorkerError, match="cannot read"):
        read_order({"plan": {}, "seed": 1})


def test_an_interpreter_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv(VARIABLE, "/nowhere/python")
    state = available()
    assert not state.ready and VARIABLE in state.reason and "make acestep" in state.remedy
    assert VARIABLE == "GAINSTAGE_ACESTEP_PYTHON"
    assert "make acestep" in CARD.how_to_add


def test_an_interpreter_without_the_package_says_what_to_do(checkpoint, monkeypatch):
    import sys

    from core.engines.opened import open_engines
    from core.engines.registry import Registered

    monkeypatch.setenv(VARIABLE, sys.executable)
    bare = open_engines((Registered(CARD, available),))
    try:
        with pytest.raises(EngineMissingError, match="acestep cannot be imported") as caught:
            compose(bare, checkpoint())
        assert "make acestep" in caught.value.remedy
    finally:
        bare.close()
