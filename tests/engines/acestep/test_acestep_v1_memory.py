"""How the first ACE-Step is made for a small card and for a large one."""

from pathlib import Path

import pytest

from core.engines.acestep.loading import told


@pytest.mark.parametrize("turns", [True, False])
def test_on_a_small_card_the_parts_take_turns_and_the_song_is_decoded_in_pieces(turns):
    made = told(Path("x"), half=True, turns=turns)
    assert (made["cpu_offload"], made["overlapped_decode"]) == (turns, turns)
    assert told(Path("x"), half=False, turns=turns)["dtype"] == "float32"
