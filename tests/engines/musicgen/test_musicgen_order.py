"""What MusicGen is told: the order, its text, the cuts and the windows. No model."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.child import WorkerError
from core.engines.musicgen.card import CARD
from core.engines.shared.cuts import cut
from core.engines.shared.musicgen_order import drawn_from, read_order
from core.engines.shared.musicgen_settings import MusicGenSettings
from core.engines.shared.musicgen_text import description, notes_before, notes_on_reading
from core.engines.shared.windows import faded_out, laid_together, windows, without_offset
from core.song import SongRequest
from core.writing.plan import make_plan, ring_out_s
from tests.engines.musicgen.conftest import WORDS, asked, song

RATE, HOP = 32_000, 640


def order(plan=None, **more):
    return read_order(asked("", plan, **more))


# The order


@pytest.mark.parametrize("prompt", ["slow waltz about snow", "fast punk", "lo-fi piano"])
def test_the_length_is_the_plans_form_and_the_ring_of_its_last_chord(prompt):
    plan = make_plan(SongRequest(prompt=prompt, duration_s=47))
    read = order(plan)
    assert read.bar_s == pytest.approx(plan.bar_s)
    assert read.duration_s == pytest.approx(plan.duration_s + ring_out_s(plan.duration_s))


def test_every_setting_of_the_page_is_read_and_no_other():
    settings = MusicGenSettings(guidance=5, temperature=0.7, top_k=40, continuation=False, context_s=4)
    read = read_order({**asked(""), "options": settings.model_dump(mode="json")})
    assert {name: getattr(read, name) for name in settings.model_dump()} == settings.model_dump()
    assert read_order(asked("")) == read_order({**asked(""), "options": MusicGenSettings().model_dump()})
    with pytest.raises(WorkerError, match="loudness") as raised:
        order(loudness=3)
    assert raised.value.kind == "engine_input"


@pytest.mark.parametrize(
    "wrong",
    [
        {"guidance": 0.0},
        {"guidance": float("nan")},
        {"temperature": -1.0},
        {"temperature": "warm"},
        {"context_s": 29.0},
        {"clips": 0},
        {"clips": 11},
        {"overlap_s": -1.0},
        {"top_k": -5},
    ],
    ids=str,
)
def test_a_value_out_of_its_bounds_is_refused_before_anything_is_loaded(wrong):
    with pytest.raises(WorkerError) as raised:
        order(**wrong)
    assert raised.value.kind == "engine_input"
    assert raised.value.remedy


@pytest.mark.parametrize("tempo", [0, -80, float("nan"), float("inf"), 1e-9, "slow", None], ids=str)
def test_a_length_that_is_none_is_refused(tempo):
    values = asked("")
    values["plan"]["tempo_bpm"] = tempo
    with pytest.raises(WorkerError) as raised:
        read_order(values)
    assert raised.value.kind == "engine_input"


def test_more_choices_than_the_codebook_has_are_refused_and_the_usual_ones_are_never_too_many():
    assert drawn_from(0, 2048) == 250
    assert drawn_from(0, 64) == 64
    assert drawn_from(64, 64) == 64
    with pytest.raises(WorkerError, match="64 entries"):
        drawn_from(65, 64)


# The text


def test_the_text_is_the_prompt_and_the_plan_in_the_form_the_model_was_trained_on():
    text = description(order(song(prompt="Warm lo-fi piano about the sea.")))
    assert text == (
        "Warm lo-fi piano about the sea. genre: lo-fi. moods: warm, calm. instrument: piano, bass. "
        "bpm: 120. key: A minor"
    )
    assert description(order(song(prompt="Just this."), tell_plan=False)) == "Just this"


def test_what_is_lost_on_the_model_is_told():
    assert notes_before(order(lyrics=WORDS)) == ["MusicGen sings no words: the lyrics are not in the sound."]
    assert notes_before(order(song(instrumental=True), lyrics=WORDS)) == []
    (said,) = notes_before(order(song(without=("drums", "bass"))))
    assert "drums, bass" in said
    cut_off, unread = notes_on_reading([5, 2, 2, 1], unknown=2, text_tokens=9, limit=4)
    assert "4 of its 9 tokens" in cut_off
    assert "2 of the prompt's 4 tokens" in unread
    assert notes_on_reading([5, 6, 1], unknown=2, text_tokens=3, limit=512) == []


# Clips


@given(bars=st.integers(1, 60), clips=st.integers(1, 10), overlap_s=st.floats(0, 10))
def test_clips_cover_the_song_and_share_their_overlaps(bars, clips, overlap_s):
    wanted = order(song(bars=bars), clips=clips, overlap_s=overlap_s)
    cuts = cut(wanted, RATE)
    assert cuts.frames == round(wanted.duration_s * RATE)
    assert cuts.spans[0][0] == 0
    assert cuts.spans[-1][1] == cuts.frames
    assert len(cuts.spans) == min(clips, bars)
    assert bool(cuts.notes) == (clips > bars)
    for (_, stop), (start, after), overlap in zip(cuts.spans, cuts.spans[1:], cuts.overlaps, strict=False):
        assert start % (2 * RATE) == 0, "clips begin on bar lines"
        assert stop - start == overlap <= (after - start) / 2 + overlap
        assert overlap <= round(overlap_s * RATE)


# Windows


@given(st.integers(1, 20_000), st.integers(50, 1250))
def test_windows_make_every_frame_once_and_hear_what_came_before(frames, context):
    parts = windows(frames, 1500, context)
    assert sum(part.new for part in parts) == frames
    assert parts[0].start == parts[0].context == 0
    for before, part in pairwise(parts):
        assert part.start + part.context == before.stop
        assert part.context == min(context, before.stop)
    assert all(part.new > 0 and part.context + part.new <= 1500 for part in parts)


def test_a_context_that_fills_the_window_is_refused():
    with pytest.raises(ValueError, match="context"):
        windows(3000, 1500, 1500)


def test_windows_of_one_sound_are_laid_together_to_that_sound():
    whole = np.random.default_rng(1).standard_normal((4000 * HOP // 10, 2)).astype(np.float32)
    frames = whole.shape[0] // HOP
    whole = whole[: frames * HOP]
    parts = windows(frames, 150, 50)
    pieces = [whole[part.start * HOP : part.stop * HOP] for part in parts]
    song_again, seams = laid_together(pieces, parts, HOP, RATE)
    assert np.array_equal(song_again, whole)
    assert len(seams) == len(parts) - 1
    assert all(seam.difference_db < -150 for seam in seams)


def test_a_window_that_did_not_go_on_shows_at_its_seam():
    rng = np.random.default_rng(1)
    parts = windows(250, 150, 50)
    pieces = [rng.standard_normal(((p.context + p.new) * HOP, 1)).astype(np.float32) for p in parts]
    _, seams = laid_together(pieces, parts, HOP, RATE)
    assert seams[0].difference_db > 0
    _, offset = laid_together([piece + np.float32(100) for piece in pieces], parts, HOP, RATE)
    assert offset[0].difference_db == pytest.approx(seams[0].difference_db, abs=0.2), (
        "an offset hides nothing"
    )
    assert seams[0].at_s == pytest.approx((150 - 25) * HOP / RATE, abs=0.02)


def test_the_ending_sinks_to_nothing_and_the_rest_is_untouched():
    sound = faded_out(np.ones((1000, 2), np.float32), 400)
    assert np.all(sound[:600] == 1)
    assert np.all(np.diff(sound[600:, 0]) <= 0)
    assert abs(float(sound[-1, 0])) < 1e-6


def test_an_offset_is_taken_out_of_a_sound_but_a_mere_offset_is_left_to_be_seen():
    wave = 0.1 * np.sin(np.arange(32_000) * 0.05).astype(np.float32)[:, None]
    clean, removed = without_offset(wave + np.float32(0.3))
    assert removed == pytest.approx(0.3, abs=1e-3)
    assert abs(float(clean.mean())) < 1e-6
    assert np.allclose(clean, wave - wave.mean(), atol=1e-6)
    stuck = np.full((32_000, 2), 0.3, np.float32)
    assert without_offset(stuck)[0] is stuck
    assert without_offset(wave)[1] == 0.0


# Promises


def test_what_audiocraft_shares_needs_numpy_and_nothing_of_the_studio():
    """It is read by another interpreter, which has neither pydantic nor the studio's other packages."""
    program = (
        "import sys\n"
        "import core.engines.shared.windows, core.engines.shared.cuts, core.engines.shared.musicgen_text\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded & {'pydantic', 'torch', 'transformers', 'soxr', 'soundfile'}))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_card_names_published_weights_and_says_that_it_does_not_sing():
    assert {weights.repository for weights in CARD.weights} >= {
        "facebook/musicgen-small",
        "facebook/musicgen-medium",
        "facebook/musicgen-large",
        "facebook/musicgen-stereo-small",
    }
    assert all("NC" in weights.licence for weights in CARD.weights)
    assert not CARD.sings
