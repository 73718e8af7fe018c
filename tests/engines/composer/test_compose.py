"""The band's sound: length, headroom, stems, silence by choice, clips, failures."""

import base64
import io
from pathlib import Path

import mido
import numpy as np
import pytest

from core.audio import Audio
from core.engines.composer.card import CARD
from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import Note, Part, Score, SungLineBeats, SungNoteBeats
from core.engines.composer.play.loudness import loudness_lufs
from core.engines.composer.play.players import Players
from core.engines.composer.play.render import balance, summed, without_drift
from core.engines.composer.play.silence import played_s, silent_by_choice
from core.engines.composer.play.smf import part_bytes
from core.engines.composer.play.soundfont import VARIABLE, checked_soundfont
from core.engines.composer.sing.singer import Performance
from core.engines.composer.worker import Worker
from core.engines.shared.clips import Cut, cut_at
from core.errors import Cancelled, EngineDiedError, EngineInputError, EngineMissingError, EngineOutputError
from core.machine import paging
from core.progress import silent
from core.writing.plan import ring_out_s
from tests.engines.composer.songs import ToneSinger, compose, plan_for, the_players, words_for

STEMS = ("vocals", "drums", "bass", "other")


@pytest.fixture(scope="module")
def sung():
    """One short song with words, at a low rate."""
    plan = plan_for("pop about the sea", seconds=24.0)
    singer = ToneSinger()
    values, sounds = compose(plan, words_for(plan), singer=singer, clips=3, overlap_s=1.0)
    return plan, values, sounds, singer


def peak_dbfs(samples) -> float:
    return float(20 * np.log10(np.abs(samples).max()))


def whole(values, sounds, name=""):
    """Put the clips of one performance together again by an equal-gain crossfade."""
    suffix = f"/{name}" if name else ""
    out = sounds[f"clip_1{suffix}"][0].astype(np.float64)
    for number, overlap_s in enumerate(values["overlap_s"], start=2):
        sound, rate = sounds[f"clip_{number}{suffix}"]
        count = round(overlap_s * rate)
        ramp = np.linspace(0.0, 1.0, count)[:, None]
        if count:
            out[-count:] = out[-count:] * (1 - ramp) + sound[:count] * ramp
        out = np.concatenate([out, sound[count:]])
    return out


def test_every_clip_is_the_exact_sum_of_its_stems_and_keeps_its_headroom(sung):
    _, _, sounds, _ = sung
    for number in (1, 2, 3):
        clip, rate = sounds[f"clip_{number}"]
        assert Audio.checked(clip, sample_rate=rate, source="composer").channels == 2
        stems = [sounds[f"clip_{number}/{name}"][0] for name in STEMS]
        total = np.sum([stem.astype(np.float64) for stem in stems], axis=0).astype(np.float32)
        assert np.array_equal(total, clip)
        assert np.isfinite(clip).all()
        assert peak_dbfs(clip) <= -3.0
        assert all(not stem.any() or peak_dbfs(stem) <= -6.0 for stem in stems)


def test_no_stem_of_a_sung_song_is_silent(sung):
    _, values, sounds, _ = sung
    assert not set(values["chosen_silent"]) & set(STEMS)
    for name in STEMS:
        assert loudness_lufs(whole(values, sounds, name).astype(np.float32), 22_050) > -40


def test_the_clips_crossfade_back_into_one_performance_of_the_planned_length(sung):
    plan, values, sounds, _ = sung
    one_values, one = compose(plan, words_for(plan))
    song = one["clip_1"][0]
    assert len(song) == round((plan.duration_s + ring_out_s(plan.duration_s)) * 22_050)
    assert np.allclose(whole(values, sounds), song, atol=1e-6)
    assert one_values["duration_s"] == pytest.approx(len(song) / 22_050, abs=1e-4)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_ones():
    plan = plan_for("funk", seconds=8.0)
    first, again = (compose(plan, words_for(plan))[1]["clip_1"][0] for _ in range(2))
    other = plan_for("funk", seconds=8.0, seed=43)
    different = compose(other, words_for(other))[1]["clip_1"][0]
    assert first.tobytes() == again.tobytes()
    assert first.shape != different.shape or not np.array_equal(first, different)


def test_a_long_song_lies_on_disk_while_it_is_played_and_is_the_same(monkeypatch):
    plan = plan_for("pop", seconds=6.0)
    in_memory = compose(plan, words_for(plan), singer=ToneSinger())[1]
    monkeypatch.setattr(paging, "LONG_BYTES", 1)
    on_disk = compose(plan, words_for(plan), singer=ToneSinger())[1]
    for name, (samples, _) in on_disk.items():
        assert np.array_equal(samples, in_memory[name][0])
        assert paging._mapping(samples) is not None
        assert paging._mapping(in_memory[name][0]) is None


def test_the_singer_is_given_a_note_for_every_syllable_in_time_order(sung):
    plan, _, _, singer = sung
    assert singer.heard
    for line in singer.heard:
        assert len(line.notes) == len(line.syllables)
        assert all(57 <= note.midi <= 69 for note in line.notes)
    assert "The tone sang." in sung[1]["notes"]
    starts = [note.start_s for line in singer.heard for note in line.notes]
    assert starts == sorted(starts) and starts[-1] < plan.duration_s


@pytest.mark.parametrize("why", ["instrumental", "no lyrics", "not singable"])
def test_a_song_that_is_not_sung_says_so_and_an_instrument_plays_the_tune(why):
    plan = plan_for("folk", seconds=10.0, instrumental=why == "instrumental")
    lyrics = words_for(plan, singable=False) if why == "not singable" else None
    values, sounds = compose(plan, lyrics)
    assert values["chosen_silent"] == ["vocals"]
    assert not sounds["clip_1/vocals"][0].any()
    assert "silent by choice" in values["notes"][0]
    track_names = [track.name for track in midi_of(values).tracks]
    assert any(name.endswith("lead") for name in track_names)


def test_drums_that_were_declined_are_silent_by_choice():
    values, sounds = compose(plan_for("rock, no drums", seconds=6.0, instrumental=True))
    assert set(values["chosen_silent"]) == {"vocals", "drums"}
    assert not sounds["clip_1/drums"][0].any()
    assert sounds["clip_1/bass"][0].any()


@pytest.mark.parametrize(
    "prompt", ["", "🎵🔥", "тёплая песня", "rock at 900 bpm", "5 bpm", "7/8 jazz", "6/8 folk"]
)
def test_odd_prompts_of_three_seconds_are_played(prompt):
    plan = plan_for(prompt, seconds=3.0)
    values, sounds = compose(plan, words_for(plan))
    clip = sounds["clip_1"][0]
    assert loudness_lufs(clip, 22_050) > -40
    assert peak_dbfs(clip) <= -3.0
    assert values["tempo_bpm"] == plan.tempo_bpm


def test_no_tail_is_cut():
    for prompt in ("ambient", "rock"):
        clip = compose(plan_for(prompt, seconds=12.0, instrumental=True))[1]["clip_1"][0]
        assert np.abs(clip[-20:]).max() < 1e-3
        assert np.abs(clip[-22_050:-11_025]).max() > 1e-4, "the last chord does not ring"


def midi_of(values) -> mido.MidiFile:
    return mido.MidiFile(file=io.BytesIO(base64.b64decode(values["midi_base64"])))


def test_the_midi_file_carries_tempo_sections_and_words(sung):
    plan, values, _, singer = sung
    midi = midi_of(values)
    messages = [message for track in midi.tracks for message in track]
    tempo = next(message.tempo for message in messages if message.type == "set_tempo")
    assert mido.tempo2bpm(tempo) == pytest.approx(plan.tempo_bpm, abs=0.01)
    assert [m.text for m in messages if m.type == "marker"] == [str(s.kind) for s in plan.sections]
    words = [message.text for message in messages if message.type == "lyrics"]
    assert [word.rstrip(" \r") for word in words] == [s for line in singer.heard for s in line.syllables]
    assert "".join(words).split("\r")[:-1] == [line.text for line in singer.heard], "RP-017: words and lines"


def test_the_lead_sheet_shows_chords_and_words(sung):
    plan, values, _, _ = sung
    assert values["key"] == plan.key and plan.key in values["chords"]
    assert "[chorus]" in values["chords"] and "| " in values["chords"]
    assert "The morning light is calling me" in values["chords"]
    assert [section["kind"] for section in values["sections"]] == [str(s.kind) for s in plan.sections]


def test_more_clips_than_sections_are_not_made_and_that_is_told():
    plan = plan_for("pop", seconds=4.0, instrumental=True)
    values, sounds = compose(plan, clips=10)
    made = [name for name in sounds if "/" not in name]
    assert len(made) == len(plan.sections)
    assert any(f"{len(made)} were made" in note for note in values["notes"])


def test_cuts_are_contiguous_and_overlaps_fit_in_the_next_clip():
    cut = cut_at([100, 200, 900], 1000, 4, 400)
    assert [start for start, _ in cut.spans] == [0, 100, 200, 900]
    assert [stop for _, stop in cut.spans][:-1] == [100 + 50, 200 + 350, 900 + 50]
    assert cut.overlaps == (50, 350, 50)


@pytest.mark.parametrize("loud", ["one stem", "all together"])
def test_the_balance_gives_way_where_a_peak_would_lose_its_headroom(loud):
    rng = np.random.default_rng(2)
    quiet = 0.02 * rng.standard_normal((48_000, 2)).astype(np.float32)
    stems = {name: quiet.copy() for name in STEMS}
    for name in STEMS[:1] if loud == "one stem" else STEMS:
        stems[name][24_000] = 1.0
    scaled = {name: sound.copy() for name, sound in stems.items()}
    gain_db = balance(scaled, 48_000)
    assert gain_db < 0
    assert all(peak_dbfs(sound) <= -6.0 for sound in scaled.values())
    assert peak_dbfs(summed(scaled)) <= -3.0
    for name in STEMS:
        assert np.allclose(scaled[name], stems[name] * 10 ** (gain_db / 20), atol=1e-6)


def test_drift_is_taken_away_and_music_is_left():
    time = np.arange(22_050 * 2) / 22_050
    tone = np.repeat((0.3 * np.sin(2 * np.pi * 41 * time))[:, None], 2, axis=1).astype(np.float32)
    clean = without_drift(tone + np.float32(0.05), 22_050)
    middle = slice(11_025, -11_025)
    assert abs(clean[middle].mean()) < 1e-4
    assert np.abs(clean[middle] - tone[middle]).max() < 0.01
    assert not without_drift(np.zeros((22_050, 2), np.float32), 22_050).any()


def test_a_player_that_dies_is_a_typed_error_and_the_next_part_is_played():
    plan = plan_for("pop", seconds=4.0, instrumental=True)
    part = arrange(plan, None).score.parts[0]
    song = part_bytes(part, plan.tempo_bpm, 16.0)
    players = Players(checked_soundfont(), count=1)
    try:
        first = next(players.play([song]))
        for process in players._all:
            process.kill()
            process.wait()
        assert next(players.play([song])) == first
    finally:
        players.close()
    with pytest.raises(EngineDiedError):
        next(Players(Path("none.sf2"), count=1).play([song]))


def test_a_loudness_reading_agrees_with_the_studios_meter():
    from core.measure import measure

    time = np.arange(48_000 * 8) / 48_000
    rng = np.random.default_rng(1)
    for sound in (
        np.sin(2 * np.pi * 997 * time),
        rng.standard_normal(len(time)),
        np.sin(2 * np.pi * 60 * time),
    ):
        stereo = np.repeat((0.1 * sound)[:, None], 2, axis=1).astype(np.float32)
        assert loudness_lufs(stereo, 48_000) == pytest.approx(
            measure(Audio(stereo, 48_000)).integrated_lufs, abs=0.3
        )
    assert loudness_lufs(np.zeros((48_000, 2), np.float32), 48_000) is None


def test_silence_from_the_singer_is_an_error_not_a_silent_stem():
    class Mute:
        def perform(self, lines, total_s, sample_rate, report):
            return Performance(np.zeros((round(total_s * sample_rate), 2), np.float32), ())

    plan = plan_for("pop", seconds=8.0)
    with pytest.raises(EngineOutputError, match="voice"):
        compose(plan, words_for(plan), singer=Mute())


def test_a_failing_singer_fails_the_song():
    class Broken:
        def perform(self, lines, total_s, sample_rate, report):
            raise EngineOutputError("hoarse", remedy="rest")

    plan = plan_for("pop", seconds=8.0)
    with pytest.raises(EngineOutputError, match="hoarse"):
        compose(plan, words_for(plan), singer=Broken())


def test_cancelling_ends_the_song_and_the_next_one_plays():
    def stop_soon(fraction, message):
        if fraction > 0.1:
            raise Cancelled

    plan = plan_for("pop", seconds=4.0, instrumental=True)
    worker = Worker(players=the_players())
    asked = {"plan": plan.model_dump(mode="json"), "lyrics": None, "sample_rate": 22_050, "clips": 1}
    with pytest.raises(Cancelled):
        worker.compose(asked, {}, stop_soon)
    assert worker.compose(asked, {}, silent)[1]["clip_1"][0].any()


def test_progress_rises_and_ends_near_one():
    seen = []
    plan = plan_for("pop", seconds=4.0)
    Worker(players=the_players()).compose(
        {"plan": plan.model_dump(mode="json"), "lyrics": None, "sample_rate": 22_050},
        {},
        lambda fraction, message: seen.append(fraction),
    )
    assert seen == sorted(seen) and len(seen) > 6 and seen[-1] > 0.9


@pytest.mark.parametrize(
    "change", [{"plan": {}}, {"clips": 0}, {"sample_rate": 10}, {"lyrics": {"title": 3}}]
)
def test_what_cannot_be_played_is_refused(change):
    asked = {
        "plan": plan_for(seconds=4.0).model_dump(mode="json"),
        "lyrics": None,
        "sample_rate": 44_100,
        **change,
    }
    with pytest.raises(EngineInputError):
        Worker().compose(asked, {}, silent)


@pytest.mark.parametrize("change", [{"key": "H minor"}, {"key": "C# jolly"}, {"sections": "Q"}])
def test_a_plan_edited_into_nonsense_is_refused_with_what_is_wrong(change):
    plan = plan_for(seconds=4.0)
    if "sections" in change:
        change = {"sections": tuple(s.model_copy(update={"chords": ("Q",)}) for s in plan.sections)}
    with pytest.raises(EngineInputError, match=r"not a (key|chord)"):
        compose(plan.model_copy(update=change))


def test_a_missing_or_false_soundfont_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.sf2"))
    with pytest.raises(EngineMissingError, match=r"none\.sf2"):
        checked_soundfont()
    (tmp_path / "text.sf2").write_text("no sound")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "text.sf2"))
    with pytest.raises(EngineMissingError, match="not a SoundFont"):
        checked_soundfont()


def test_the_card_names_the_worker():
    import importlib

    module = importlib.import_module(CARD.worker)
    assert module.Worker is Worker and CARD.stage == "generate"


def test_a_stem_that_rests_through_one_clip_is_named_and_one_that_plays_is_not():
    note = Note(0.0, 1.0, 60, 90)
    line = SungLineBeats("la", ("la",), (SungNoteBeats(8.0, 2.0, 60),), 0)
    parts = (
        Part("drums", "drums", 0, 9, (note,)),
        Part("bass", "bass", 33, 0, (note, Note(9.0, 1.0, 40, 90))),
        Part("piano", "other", 0, 1, (Note(0.0, 16.0, 60, 90),)),
    )
    score = Score(parts, (), (line,), 4, 60.0)
    cut = Cut(((0, 5_000), (5_000, 12_000), (12_000, 16_000)), (0, 0))
    assert silent_by_choice(played_s(score), cut, 1_000) == [
        "clip_1/vocals",
        "clip_2/drums",
        "clip_3/vocals",
        "clip_3/drums",
        "clip_3/bass",
    ]
    bare = Score(parts[1:], (), (), 4, 60.0)
    assert silent_by_choice(played_s(bare), Cut(((0, 5_000),), ()), 1_000) == ["vocals", "drums"]
