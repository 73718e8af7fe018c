"""The song's MIDI file: the harmonies have a track of their own."""

import io

import mido
import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import Role
from core.engines.composer.play.signatures import key_signature
from core.engines.composer.play.smf import TICKS_PER_BEAT, part_bytes, score_bytes
from core.engines.composer.sing.sung import behind_the_beat
from core.song import SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan
from tests.engines.composer.songs import plan_for, words_for


def tracks_of(plan, lyrics):
    score = arrange(plan, lyrics).score
    file = mido.MidiFile(file=io.BytesIO(score_bytes(score, plan, score.beats + 4.0)))
    return score, {track.name: track for track in file.tracks}


@pytest.mark.parametrize("prompt", ["ballad with guitar solo", "jazz waltz", "house"])
def test_what_the_renderer_is_given_is_the_parts_track_message_by_message(prompt):
    plan = plan_for(prompt, seconds=40.0)
    score = arrange(plan, words_for(plan)).score
    stop = score.beats + 2.0
    gains_db = {part.name: 0.0 for part in score.parts}
    whole = mido.MidiFile(file=io.BytesIO(score_bytes(score, plan, stop, gains_db)))
    tracks = {track.name: track for track in whole.tracks}
    assert any(part.controls for part in score.parts)
    for part in score.parts:
        file = mido.MidiFile(file=io.BytesIO(part_bytes(part, plan.tempo_bpm, stop, 127)))
        tempo, *messages = file.tracks[0]
        assert (tempo.tempo, file.ticks_per_beat) == (mido.bpm2tempo(plan.tempo_bpm), TICKS_PER_BEAT)
        assert messages == [message for message in tracks[part.name] if message.type != "track_name"]


def notes_of(track):
    """Return (start tick, key) of each note, and how often each message ends one."""
    now, started, ended = 0, [], 0
    for message in track:
        now += message.time
        if message.type == "note_on":
            started.append((now, message.note))
        ended += message.type == "note_off"
    return sorted(started), ended


@pytest.mark.parametrize(
    ("prompt", "roles"), [("pop", {Role.ABOVE, Role.BELOW}), ("pop duet about the sea", {Role.PARTNER})]
)
def test_the_harmonies_are_a_track_of_their_own_without_the_doubles(prompt, roles):
    plan = plan_for(prompt, seconds=120.0)
    score, tracks = tracks_of(plan, words_for(plan))
    wanted = sorted(
        (round(note.start_beat * TICKS_PER_BEAT), note.pitch)
        for line in behind_the_beat(score.backing, score)
        if line.role in roles
        for note in line.notes
    )
    started, ended = notes_of(tracks["Backing vocals"])
    assert wanted and started == wanted and ended == len(wanted)
    others = {part.channel for part in score.parts} | {0}
    assert not others & {m.channel for m in tracks["Backing vocals"] if not m.is_meta}
    assert not [m for m in tracks["Backing vocals"] if m.type == "lyrics"]


def test_a_song_that_nobody_sings_has_no_such_track():
    plan = plan_for("pop", instrumental=True)
    assert "Backing vocals" not in tracks_of(plan, None)[1]


@pytest.mark.parametrize(
    ("prompt", "meter", "quarter_bpm"),
    [("pop ballad at 90 bpm in A minor", (4, 4), 90), ("6/8 folk song at 150 bpm in D major", (6, 8), None)],
)
def test_an_independent_reader_finds_tempo_meter_and_key_and_the_bars_where_they_are(
    prompt, meter, quarter_bpm
):
    plan = make_plan(SongRequest(prompt=prompt, duration_s=30, seed=2))
    score = arrange(plan, write_lyrics(plan)).score
    file = mido.MidiFile(file=io.BytesIO(score_bytes(score, plan, score.beats)))
    told = {m.type: m for m in file.tracks[0] if m.is_meta}
    assert (told["time_signature"].numerator, told["time_signature"].denominator) == meter
    assert told["key_signature"].key == {"A minor": "Am", "D major": "D"}[plan.key]
    if quarter_bpm:
        assert mido.tempo2bpm(told["set_tempo"].tempo) == pytest.approx(quarter_bpm, abs=0.01)
    assert file.length == pytest.approx(plan.duration_s, abs=0.02)


@pytest.mark.parametrize(
    ("key", "signature"),
    [("C major", "C"), ("F# minor", "F#m"), ("D dorian", "C"), ("E phrygian", "C"), ("F lydian", "C"),
     ("G mixolydian", "C"), ("Bb minor", "Bbm"), ("Gb major", "F#"), ("A dorian", "G")],
)  # fmt: skip
def test_a_mode_has_the_signature_of_the_major_with_its_notes(key, signature):
    assert key_signature(key) == signature


def test_the_voice_has_a_channel_of_its_own():
    plan = make_plan(SongRequest(prompt="pop about rain", duration_s=40, seed=2))
    score = arrange(plan, write_lyrics(plan)).score
    file = mido.MidiFile(file=io.BytesIO(score_bytes(score, plan, score.beats)))
    used = [{m.channel for m in track if not m.is_meta} for track in file.tracks]
    names = [track.name for track in file.tracks]
    voice = used[names.index("voice")]
    assert len(voice) == 1
    assert not any(voice & other for name, other in zip(names, used, strict=True) if name != "voice")
