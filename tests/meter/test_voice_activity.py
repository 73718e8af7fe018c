"""The detector's answers for whole sequences are those that it gives block by block."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from core.audio import Audio
from core.meter.voice.activity import AT_ONCE, BLOCK, BLOCK_S, CONTEXT, LEVEL_DBFS, Activity, activity
from core.meter.voice.excerpts import RATE

pytestmark = pytest.mark.skipif(find_spec("silero_vad") is None, reason="needs silero-vad")


@pytest.fixture(scope="module")
def babble():
    """Voiced and noisy stretches in turn, about as a voice has them."""
    rng = np.random.default_rng(5)
    time_s = np.arange(20 * RATE) / RATE
    hz = 140 + 30 * np.sin(2 * np.pi * 0.7 * time_s)
    voiced = sum(np.sin(k * 2 * np.pi * np.cumsum(hz) / RATE) / k for k in range(1, 20))
    wave = voiced * (np.sin(2 * np.pi * 3 * time_s) > -0.3) + 0.1 * rng.standard_normal(len(time_s))
    return Audio((0.02 * wave).astype(np.float32)[:, None], RATE)


def block_by_block(wave):
    """The package's network for one block at a time, fed as its authors feed it."""
    from onnxruntime import InferenceSession

    data = Path(find_spec("silero_vad").origin).parent / "data"
    network = InferenceSession(str(data / "silero_vad_16k_op15.onnx"), providers=["CPUExecutionProvider"])
    state, before, read = np.zeros((2, 1, 128), np.float32), np.zeros((1, CONTEXT), np.float32), []
    for block in wave.reshape(-1, 1, BLOCK):
        given = {"input": np.hstack([before, block]), "state": state, "sr": np.array(RATE, np.int64)}
        likely, state = network.run(None, given)
        before = block[:, -CONTEXT:]
        read.append(likely.item())
    return np.array(read)


def test_a_sequence_is_read_as_its_blocks_one_after_the_other_are(babble):
    read = activity(babble, 0.5, 19.5)
    wave = babble.samples[round(0.5 * RATE) : round(19.5 * RATE), 0]
    wave = wave[: len(wave) // BLOCK * BLOCK]
    lift = 10 ** (LEVEL_DBFS / 20) / np.sqrt(np.mean(np.square(wave)))
    expected = block_by_block(np.clip(wave * np.float32(lift), -1, 1))
    assert len(expected) > AT_ONCE
    assert expected.max() > 0.3
    assert np.allclose(read.probabilities, expected, atol=1e-4)


def test_the_share_is_of_the_time_that_is_asked_for():
    likely = np.repeat([0.9, 0.1], 100).astype(np.float32)
    read = Activity(2.0, likely)
    turn_s = 2.0 + 100 * BLOCK_S
    assert read.share([(0.0, 60.0)]) == 0.5
    assert read.share([(2.0, turn_s)]) == 1.0
    assert read.share([(turn_s, 9.0)]) == 0.0
    assert read.share([(turn_s - 1.6, turn_s), (turn_s + 1.6, turn_s + 3.2)]) == 0.5
    assert read.share([(0.0, 2.0)]) == read.share([]) == 0.0


def test_less_than_a_block_holds_no_voice(babble):
    assert activity(babble, 1.0, 1.01).share([(1.0, 1.01)]) == 0.0


def test_silence_holds_no_voice():
    silence = Audio(np.zeros((RATE, 1), np.float32), RATE)
    assert activity(silence, 0.0, 1.0).share([(0.0, 1.0)]) == 0.0
