"""An uploaded MIDI file is played in its own balance, its words sung; a song of ours comes back."""

import base64
import io
import wave

import mido
import numpy as np
import pytest

from core.engines.composer.play import replay
from core.engines.composer.play.loudness import loudness_lufs
from core.engines.composer.play.opening import LONGEST_S, RING_S
from core.engines.composer.play.replay import BAND_LUFS, UploadedMidi
from core.engines.composer.sing.voice import Voice
from core.engines.composer.worker import Worker
from core.errors import EngineOutputError, InputError
from core.midi.reading import read_midi
from core.progress import silent
from tests.engines.composer.songs import ToneSinger, compose, plan_for, the_players, words_for
from tests.midi.files import control, file_of, meta, note, program, tune

RATE = 22_050


def played(content, *, singer=None, clips=1, overlap_s=0.0, options=None, first_listen="", **asked):
    worker = Worker(Voice(lambda: singer or ToneSinger()), the_players())
    return worker.compose(
        {
            "midi": {"name": "Over the sea.mid", "base64": base64.b64encode(content).decode()},
            "sample_rate": RATE,
            "clips": clips,
            "overlap_s": overlap_s,
            "options": options or {},
            "first_listen": first_listen,
            **asked,
        },
        {},
        silent,
    )


def quarters(channel, key, count=16, velocity=90):
    return [message for at in range(count) for message in note(at, key, 0.9, channel, velocity)]


def level(sounds, stem):
    return loudness_lufs(sounds[f"clip_1/{stem}"][0], RATE)


@pytest.fixture(scope="module")
def round_trip():
    """A sung song of ours, and the one that its own MIDI file gives."""
    plan = plan_for("pop", seconds=40.0)
    first, second = ToneSinger(), ToneSinger()
    values, sounds = compose(plan, words_for(plan), rate=RATE, singer=first)
    again = played(base64.b64decode(values["midi_base64"]), singer=second)
    return (values, sounds, first), (*again, second)


def test_a_song_of_ours_comes_back_with_its_balance(round_trip):
    (_, sounds, _), (_, again, _) = round_trip
    for stem in ("vocals", "drums", "bass", "other"):
        # Tone, drive, room and the way made for the voice are the song's alone: a file holds the notes, their
        # touch and the volumes.
        assert level(again, stem) == pytest.approx(level(sounds, stem), abs=1.5), stem
    ours, theirs = (s["clip_1/drums"][0].mean(axis=1) for s in (sounds, again))
    kept = min(len(ours), len(theirs)) - RATE
    assert np.corrcoef(ours[:kept], theirs[:kept])[0, 1] > 0.95


def test_a_song_of_ours_comes_back_with_its_words_tune_and_harmonies(round_trip):
    (values, _, first), (again, _, second) = round_trip
    assert [line.text for line in second.heard] == [line.text for line in first.heard]
    assert [line.syllables for line in second.heard] == [line.syllables for line in first.heard]
    for ours, theirs in zip(first.heard, second.heard, strict=True):
        assert [n.midi for n in theirs.notes] == [n.midi for n in ours.notes]
        assert [n.start_s for n in theirs.notes] == pytest.approx([n.start_s for n in ours.notes], abs=2e-3)
    harmonies = {line.role for line in first.behind if "double" not in line.role}
    assert harmonies and {line.role for line in second.behind} == harmonies
    assert [s["kind"] for s in again["sections"]] == [s["kind"] for s in values["sections"]]
    assert again["tempo_bpm"] == pytest.approx(values["tempo_bpm"], abs=0.1)
    assert base64.b64decode(again["midi_base64"]) == base64.b64decode(values["midi_base64"])


def test_every_clip_is_the_sum_of_its_stems_and_stems_without_notes_are_silent_by_choice():
    values, sounds = played(file_of(quarters(0, 60), quarters(9, 38)))
    assert values["chosen_silent"] == ["vocals", "bass"]
    total = sum(sounds[f"clip_1/{s}"][0].astype(np.float64) for s in ("vocals", "drums", "bass", "other"))
    assert np.array_equal(sounds["clip_1"][0], total.astype(np.float32))
    assert not sounds["clip_1/bass"][0].any() and sounds["clip_1/drums"][0].any()


def test_the_files_own_volumes_pans_and_bends_are_heard():
    plain = [program(80), control(0, 7, 100), *quarters(0, 60)]
    beat = quarters(9, 38)
    _, sounds = played(file_of(plain, beat))
    _, soft = played(file_of([program(80), control(0, 7, 50), *quarters(0, 60)], beat))
    change = (level(soft, "other") - level(soft, "drums")) - (level(sounds, "other") - level(sounds, "drums"))
    assert change == pytest.approx(-12.0, abs=1.5)
    _, left = played(file_of([*plain, control(0, 10, 0)], beat))
    sides = np.abs(left["clip_1/other"][0]).mean(axis=0)
    assert sides[0] > 3 * sides[1]
    bend = (0, mido.Message("pitchwheel", pitch=8191))
    _, bent = played(file_of([*plain, bend], beat))
    ours, theirs = (_pitch_hz(s["clip_1/other"][0]) for s in (sounds, bent))
    assert 12 * np.log2(theirs / ours) == pytest.approx(2.0, abs=0.25)


def _pitch_hz(sound):
    spectrum = np.abs(np.fft.rfft(sound[: 4 * RATE].mean(axis=1)))
    return np.fft.rfftfreq(4 * RATE, 1 / RATE)[spectrum.argmax()]


def test_a_channel_that_clips_the_renderer_keeps_its_place_in_the_balance(monkeypatch):
    chord = [m for key in range(36, 84, 4) for m in quarters(0, key, velocity=127)]
    loud = file_of([program(80), control(0, 7, 127), *chord], quarters(9, 38))
    worn = []
    of_render = replay.unclipped

    def watched(wave, again, frames, players):
        sound, softer_db = of_render(wave, again, frames, players)
        worn.append(softer_db)
        return sound, softer_db

    monkeypatch.setattr(replay, "unclipped", watched)
    _, sounds = played(loud)
    assert min(worn) < -6.0 and max(worn) == 0.0
    quiet = file_of([program(80), control(0, 7, 32), *chord], [control(0, 7, 25, 9), *quarters(9, 38)])
    _, reference = played(quiet)
    apart = [level(s, "other") - level(s, "drums") for s in (sounds, reference)]
    assert apart[0] == pytest.approx(apart[1], abs=1.5)


def test_the_band_stands_behind_the_voice_and_the_song_has_headroom():
    _, sounds = played(
        file_of(quarters(0, 60), tune([60 + at % 5 for at in range(16)], channel=1, words=["la "] * 16))
    )
    assert level(sounds, "vocals") - level(sounds, "other") == pytest.approx(-18.2 - BAND_LUFS, abs=1.0)
    assert np.abs(sounds["clip_1"][0]).max() <= 10 ** (-3.5 / 20) + 1e-4


@pytest.mark.parametrize(
    ("asked", "why"),
    [({"options": {"midi_words": "play"}}, "that was chosen"), ({"instrumental": True}, "that was chosen")],
)
def test_an_instrument_plays_the_words_tune_when_that_is_wanted(asked, why):
    values, sounds = played(file_of(tune(words=("one ", "two ", "three ", "four "))), **asked)
    assert values["chosen_silent"][0] == "vocals" and sounds["clip_1/other"][0].any()
    assert any(why in said for said in values["notes"])


def test_words_that_the_voice_cannot_sing_are_played_and_that_is_told():
    russian = [text.encode("utf-8").decode("latin-1") for text in ("мо", "ре ", "сол", "нце")]
    values, _ = played(file_of(tune(words=russian)))
    assert "vocals" in values["chosen_silent"] and any("cannot sing" in said for said in values["notes"])


def test_clips_are_cut_at_marks_or_at_every_eighth_bar():
    marks = [meta(at, "marker", text=text) for at, text in ((0, "verse"), (24, "chorus"))]
    values, sounds = played(file_of(marks, quarters(0, 60, 64)), clips=2, overlap_s=0.5)
    assert values["sections"][1]["start_s"] == 12.0 and values["overlap_s"] == [0.5]
    assert len(sounds["clip_1"][0]) == round(12.5 * RATE)
    _, sounds = played(file_of(quarters(0, 60, 80)), clips=2)
    assert len(sounds["clip_1"][0]) == round(16.0 * RATE)


def test_the_first_seconds_are_heard_before_the_rest(tmp_path):
    path = tmp_path / "first.wav"
    words = [f"la{at} " for at in range(80)]
    content = file_of(quarters(9, 38, 80), tune([60 + at % 5 for at in range(80)], words=words))
    _, sounds = played(content, first_listen=str(path))
    with wave.open(str(path)) as file:
        opening = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32_768.0
    assert len(opening) == pytest.approx((LONGEST_S + RING_S) * RATE, abs=2)
    heard = slice(0, round((LONGEST_S - 2) * RATE))
    assert np.corrcoef(opening[heard, 0], sounds["clip_1"][0][heard, 0])[0, 1] > 0.9
    path.unlink()
    played(file_of(quarters(9, 38, 16)), first_listen=str(path))
    assert not path.exists(), "a short song is there as soon"


def test_a_file_whose_volumes_are_at_zero_is_an_error_and_no_silent_song():
    with pytest.raises(EngineOutputError, match="came out silent") as caught:
        played(file_of([control(0, 7, 0), *quarters(0, 60)]))
    assert "volumes" in caught.value.remedy


def test_a_broken_file_is_refused_by_the_band_too():
    with pytest.raises(InputError, match="no MIDI file"):
        played(b"not one")


def test_a_kit_by_its_bank_plays_drums():
    kit = [control(0, 0, 127, channel=3), program(1, 3), *quarters(3, 38)]
    _, sounds = played(file_of(kit))
    _, plain = played(file_of(quarters(9, 38)))
    assert np.allclose(sounds["clip_1/drums"][0], plain["clip_1/drums"][0], atol=1e-3)


def test_a_players_file_ends_with_the_song_and_leaves_no_note_hanging():
    song = read_midi(file_of([*quarters(0, 60, 4), (0, mido.Message("note_on", note=40))]), "a.mid")
    content = replay._file(song, UploadedMidi(song, b"").song.players[0], song.duration_s + 1.0, 100)
    messages = list(mido.MidiFile(file=io.BytesIO(content)).tracks[0])
    assert sum(m.time for m in messages) == song.tempi.tick(song.duration_s + 1.0)
    last = {m.note: m.type for m in messages if m.type in ("note_on", "note_off")}
    assert set(last.values()) == {"note_off"}
