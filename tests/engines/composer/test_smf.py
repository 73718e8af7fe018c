"""The song's MIDI file: the harmonies have a track of their own."""

import io

import mido
import pytest

from core.engines.composer.arrange import arrange
from core.engines.composer.model import Role
from core.engines.composer.smf import TICKS_PER_BEAT, score_bytes
from tests.engines.composer.songs import plan_for, words_for


def tracks_of(plan, lyrics):
    score = arrange(plan, lyrics).score
    file = mido.MidiFile(file=io.BytesIO(score_bytes(score, plan, score.beats + 4.0)))
    return score, {track.name: track for track in file.tracks}


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
        for line in score.backing
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
