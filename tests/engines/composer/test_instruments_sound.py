"""Every instrument of the planner sounds in the bundled SoundFont, on every key of its compass."""

import numpy as np
import pytest

from core.engines.composer.model import Note, Part
from core.engines.composer.play.render import NATIVE_RATE, unclipped
from core.engines.composer.play.smf import part_bytes
from core.writing.instruments import INSTRUMENTS
from tests.engines.composer.songs import the_players

TEMPO_BPM = 120.0
APART_BEATS = 2.0
HEARD = 1e-3


@pytest.mark.parametrize("velocity", [60, 80, 110])
@pytest.mark.parametrize("name", [one.name for one in INSTRUMENTS])
def test_an_instrument_sounds_on_every_key(name, velocity):
    """The font has a whistle that is silent over 79 and an alto saxophone that is silent at 64."""
    one = next(each for each in INSTRUMENTS if each.name == name)
    keys = range(one.low, one.high + 1)
    notes = tuple(Note(at * APART_BEATS, 0.5, key, velocity) for at, key in enumerate(keys))
    part = Part(name, "other", one.program, 0, notes)
    last_beat = len(keys) * APART_BEATS + 2.0
    frames = round(last_beat * 60.0 / TEMPO_BPM * NATIVE_RATE)
    players = the_players()
    wave = next(iter(players.play([part_bytes(part, TEMPO_BPM, last_beat)])))
    sound, _ = unclipped(wave, lambda _: part_bytes(part, TEMPO_BPM, last_beat), frames, players)
    each = round(APART_BEATS * 60.0 / TEMPO_BPM * NATIVE_RATE)
    peaks = {key: np.abs(sound[at * each : at * each + each // 4]).max() for at, key in enumerate(keys)}
    assert [key for key, peak in peaks.items() if peak < HEARD] == []
