"""The streamed separation: what goes in comes out, whatever its length, rate, level and pieces."""

from itertools import combinations

import numpy as np
import pytest
import soundfile

from core.engines.spleeter import masks, network
from core.engines.spleeter.separation import CONTEXT, FRAMES, HOP, Separation, block_frames
from core.engines.spleeter.worker import Worker
from core.errors import EngineInputError
from core.progress import silent

RATE = 44_100
SHORT = 64
"""Frames of a block in tests of the streaming."""
ADVANCE = (SHORT - 2 * CONTEXT) * HOP
BLOCK = (SHORT - 1) * HOP + masks.FFT


@pytest.fixture(scope="session")
def networks():
    return network.load_networks(network.weights_folder())


class Halves:
    """A network that gives every bin the same share."""

    def __call__(self, magnitude):
        return magnitude * 0.5


SHARED = {"vocals": Halves(), "accompaniment": Halves()}


@pytest.fixture(scope="module")
def shared_worker():
    worker = Worker()
    worker._networks = SHARED
    return worker


@pytest.fixture(scope="session")
def real_song():
    """Four seconds of the song that comes with the weights, and its stems."""
    samples, rate = soundfile.read(network.weights_folder() / "audio_example.mp3", dtype="float32")
    song = np.ascontiguousarray(samples[2 * rate : 6 * rate])
    values, stems = Worker().separate({}, {"song": (song, rate)}, silent)
    return song, values, {name: np.asarray(stem) for name, (stem, _) in stems.items()}


def noise(frames, seed=1, channels=2):
    return (0.1 * np.random.default_rng(seed).standard_normal((frames, channels))).astype(np.float32)


def separated(song, pieces):
    going = Separation(SHARED, 1.0, SHORT)
    out = {name: [] for name in masks.STEMS}
    for start in range(0, song.shape[0], pieces):
        for parts in going.feed(song[start : start + pieces]):
            for name, part in parts.items():
                out[name].append(part)
    for parts in going.finish():
        for name, part in parts.items():
            out[name].append(part)
    return {name: np.concatenate(parts) for name, parts in out.items()}


def level_db(x):
    return 10 * np.log10(np.mean(np.square(x, dtype=np.float64)) + 1e-30)


def residual_db(song, stems):
    rest = song.astype(np.float64) - sum(np.asarray(s, np.float64) for s in stems.values())
    return level_db(rest) - level_db(song)


def run(worker, song, rate=RATE, report=silent):
    _, stems = worker.separate({}, {"song": (song, rate)}, report)
    assert {rate for _, rate in stems.values()} == {rate}
    return {name: np.asarray(stem) for name, (stem, _) in stems.items()}


# Streaming


@pytest.mark.parametrize(
    "frames", [1, 100, 4_096, ADVANCE - 1, ADVANCE, BLOCK, BLOCK + 1, ADVANCE + BLOCK + 77]
)
def test_stems_have_the_songs_length_and_add_up_to_it(frames):
    song = noise(frames)
    stems = separated(song, pieces=30_000)
    assert {stem.shape for stem in stems.values()} == {song.shape}
    assert residual_db(song, stems) < -125


@pytest.mark.parametrize("pieces", [1_000, 44_100, 10_000_000])
def test_the_size_of_the_pieces_does_not_matter(pieces):
    song = noise(BLOCK + ADVANCE + 5)
    expected = separated(song, pieces=12_345)
    for name, stem in separated(song, pieces).items():
        assert np.array_equal(stem, expected[name])


def test_no_seam_is_heard_where_blocks_meet():
    """A steady tone keeps its level through the seams."""
    time = np.arange(5 * ADVANCE) / RATE
    song = np.repeat((0.1 * np.sin(2 * np.pi * 110 * time))[:, None], 2, axis=1).astype(np.float32)
    bass = separated(song, 44_100)["bass"][:, 0]
    period = round(RATE / 110)
    levels = [level_db(bass[s : s + 4 * period]) for s in range(20_000, len(bass) - 20_000, 1_000)]
    assert max(levels) - min(levels) < 0.1


def test_a_short_song_is_one_small_block_and_a_long_one_many_full_ones():
    assert block_frames(1) == SHORT
    assert block_frames(9 * RATE) < FRAMES == block_frames(12 * RATE) == block_frames(10**9)
    assert block_frames(5 * RATE) % 64 == 0


# The whole worker, with networks that share alike


@pytest.mark.parametrize("rate", [8_000, 32_000, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_any_rate_and_mono_come_back_in_length_rate_and_channels(shared_worker, rate, channels):
    time = np.arange(2 * rate + 13) / rate
    song = 0.1 * np.sin(2 * np.pi * 1000 * time)[:, None] * np.array([1.0, 0.5])[:channels]
    song = song.astype(np.float32)
    stems = run(shared_worker, song, rate)
    assert {stem.shape for stem in stems.values()} == {song.shape}
    inner = slice(rate // 10, -rate // 10)
    assert residual_db(song[inner], {name: stem[inner] for name, stem in stems.items()}) < -100


@pytest.mark.parametrize("frames", [1, 2, 63, 1000])
@pytest.mark.parametrize("rate", [22_050, 44_100])
def test_a_sound_of_a_few_samples_has_stems(shared_worker, frames, rate):
    stems = run(shared_worker, noise(frames), rate)
    assert {stem.shape for stem in stems.values()} == {(frames, 2)}
    assert all(np.isfinite(stem).all() for stem in stems.values())


def test_silence_separates_into_silence(shared_worker):
    stems = run(shared_worker, np.zeros((RATE, 2), np.float32))
    assert not any(stem.any() for stem in stems.values())


def test_the_callers_sound_is_left_alone(shared_worker):
    song = noise(RATE)
    before = song.copy()
    run(shared_worker, song, 48_000)
    assert np.array_equal(song, before)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_broken_samples_are_refused_before_anything_is_loaded(value):
    song = noise(RATE)
    song[777, 1] = value
    worker = Worker()
    with pytest.raises(EngineInputError) as caught:
        worker.separate({}, {"song": (song, RATE)}, silent)
    assert "holds 1 samples" in caught.value.message
    assert worker._networks == {}


def test_surround_is_refused_with_the_remedy():
    with pytest.raises(EngineInputError) as caught:
        Worker().separate({}, {"song": (noise(1000, channels=6), RATE)}, silent)
    assert "stereo" in caught.value.remedy


def test_progress_goes_up_and_a_cancel_comes_through(shared_worker):
    seen = []
    run(shared_worker, noise(RATE * 25, channels=1), report=lambda fraction, message: seen.append(fraction))
    assert seen == sorted(seen)
    assert len(seen) == 4

    class Stop(Exception):
        pass

    def stop(fraction, message):
        raise Stop

    with pytest.raises(Stop):
        run(shared_worker, noise(RATE), report=stop)


# What is told apart by rule


def test_hits_go_to_the_drums_low_tones_to_the_bass_and_high_ones_to_other(shared_worker):
    time = np.arange(6 * RATE) / RATE
    low, high = 0.1 * np.sin(2 * np.pi * 60 * time), 0.1 * np.sin(2 * np.pi * 1500 * time)
    hits = np.zeros_like(time)
    rng = np.random.default_rng(3)
    for start in range(0, len(time) - 2000, RATE // 2):
        hits[start : start + 600] = 0.3 * rng.standard_normal(600) * np.linspace(1, 0, 600)
    for part, home in ((low, "bass"), (high, "other"), (hits, "drums")):
        song = np.repeat(part[:, None], 2, axis=1).astype(np.float32)
        stems = run(shared_worker, song)
        levels = {name: level_db(stem) for name, stem in stems.items() if name != "vocals"}
        assert max(levels, key=levels.get) == home
        others = [level for name, level in levels.items() if name != home]
        assert levels[home] > max(others) + 6


# The real weights on a real song


def test_a_real_song_comes_apart_and_adds_up(real_song):
    song, values, stems = real_song
    assert list(stems) == ["vocals", "drums", "bass", "other"]
    assert values == {"native_rate": 44_100}
    assert residual_db(song, stems) < -125
    levels = {name: level_db(stem) - level_db(song) for name, stem in stems.items()}
    assert all(-20 < level < 0 for level in levels.values()), levels


def test_the_stems_of_a_real_song_are_different_sounds(real_song):
    _, _, stems = real_song
    flat = {name: stem.ravel() for name, stem in stems.items()}
    for (name, a), (other, b) in combinations(flat.items(), 2):
        likeness = np.dot(a, b) / np.sqrt(np.dot(a, a) * np.dot(b, b))
        assert abs(likeness) < 0.8, (name, other, likeness)


def test_the_vocals_are_where_the_voice_is_and_the_bass_is_low(real_song):
    _, _, stems = real_song

    def share(stem, low_hz, high_hz):
        power = np.abs(np.fft.rfft(stem[:, 0])) ** 2
        hz = np.fft.rfftfreq(stem.shape[0], 1 / RATE)
        return power[(hz >= low_hz) & (hz < high_hz)].sum() / power.sum()

    assert share(stems["bass"], 0, 300) > 0.95
    assert share(stems["vocals"], 150, 6_000) > 0.7
    assert share(stems["vocals"], 0, 120) < 0.1


def test_the_level_of_the_song_does_not_change_how_it_is_separated(networks):
    worker = Worker()
    worker._networks = networks
    song, rate = soundfile.read(network.weights_folder() / "audio_example.mp3", dtype="float32", stop=60_000)
    loud = run(worker, song, rate)
    quiet = run(worker, song * np.float32(0.01), rate)
    for name, stem in loud.items():
        assert level_db(quiet[name] * 100 - stem) - level_db(stem) < -60
