"""Percussion as it is played: its own keys, in every meter, with the kit and without it."""

import numpy as np
import pytest

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import DRUM_CHANNEL, Note, Part
from core.engines.composer.play.smf import part_bytes
from core.engines.composer.stock.percussion_stock import WAYS
from core.song import SongRequest
from core.writing.percussion import KEYS_OF, KIT_PIECES, NAMES
from core.writing.plan import make_plan
from tests.engines.composer.songs import the_players

RATE = 48_000


def drums_of(prompt, seconds=24.0):
    plan = make_plan(SongRequest(prompt=prompt, seed=4, duration_s=seconds, instrumental=True))
    return plan, struck_in(plan)


def struck_in(plan):
    return [note for part in arrange(plan, None).score.parts if part.stem == "drums" for note in part.notes]


def test_every_percussion_has_ways_to_play_on_its_own_keys():
    assert set(WAYS) == set(NAMES)
    for name, ways in WAYS.items():
        for rows, signs in ((ways.full, 16), (ways.varied, 16), (ways.light, 16), (ways.threes, 12)):
            assert set(rows) <= KEYS_OF[name]
            assert all(len(row) == signs and set(row) <= set("Xxog.") for row in rows.values()), name


@pytest.mark.parametrize("meter", ["pop", "waltz", "6/8 folk"])
@pytest.mark.parametrize("name", ["congas", "tambourine", "claps"])
def test_what_is_named_is_struck_beside_the_kit(meter, name):
    plan, kit = drums_of(meter)
    notes = struck_in(plan.model_copy(update={"percussion": (name,)}))
    added = [note for note in notes if note not in kit]
    assert added and {note.pitch for note in added} <= KEYS_OF[name]
    assert set(kit) <= set(notes)


def test_percussion_by_itself_has_no_kit_beside_it():
    plan, notes = drums_of("no drums but congas, latin")
    assert notes and {note.pitch for note in notes} <= KEYS_OF["congas"]
    assert max(note.start_beat for note in notes) >= (plan.bars - 1) * plan.beats_per_bar - 0.1


@pytest.mark.parametrize("piece", KIT_PIECES, ids=lambda piece: piece.name)
def test_a_piece_that_is_not_wanted_is_not_struck(piece):
    _, notes = drums_of(f"rock, no {piece.name}")
    assert notes and not {note.pitch for note in notes} & set(piece.keys)


def test_every_key_sounds_in_the_bundled_soundfont():
    keys = sorted({key for name in NAMES for key in KEYS_OF[name]})
    notes = tuple(Note(2.0 * at, 0.2, key, 90) for at, key in enumerate(keys))
    part = Part("drums", "drums", 0, DRUM_CHANNEL, notes)
    (wave,) = the_players().play([part_bytes(part, 120.0, 2.0 * len(keys))])
    sound = np.frombuffer(wave, "<i2", offset=44).reshape(-1, 2)
    for at, key in enumerate(keys):
        assert np.abs(sound[at * RATE : (at + 1) * RATE]).max() > 300, key
