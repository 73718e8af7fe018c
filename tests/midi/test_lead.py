"""The silence before the first note, and whose notes the words are sung to."""

import pytest

from core.midi.lead import without_lead
from core.midi.reading import read_midi
from tests.midi.files import control, file_of, meta, note, program, tune

WORDS = ("One ", "two ", "three ", "four\r") * 2
KEYS = (60, 62, 64, 65, 67, 65, 64, 62)


def late(quarters):
    return file_of(
        [meta(0, "set_tempo", tempo=600_000), meta(3, "set_tempo", tempo=500_000)],
        [program(40), control(480, 7, 80), *tune(KEYS, start=quarters, words=WORDS)],
    )


@pytest.mark.parametrize("quarters", [16, 17.5, 40])
def test_a_leading_silence_is_reported_and_cut_off_on_request(quarters):
    content = late(quarters)
    before = read_midi(content, "a.mid")
    assert any("first note stands at" in said for said in before.notes)
    after = read_midi(without_lead(content, "a.mid"), "a.mid")
    first_s = min(note.start_s for player in after.players for note in player.notes)
    assert first_s == pytest.approx((quarters % 4) * 0.5, abs=0.001)
    assert not any("first note" in said for said in after.notes) or first_s >= 1.0
    assert after.players[0].program == 40 and after.tempi.first_bpm == 120
    assert [p.text for p in after.phrases] == [p.text for p in before.phrases]
    gone_s = before.duration_s - after.duration_s
    assert gone_s == pytest.approx(before.players[0].notes[0].start_s - first_s, abs=0.001)


@pytest.mark.parametrize("quarters", [0, 1])
def test_a_file_that_begins_at_once_stays_as_it_is(quarters):
    content = late(quarters)
    assert without_lead(content, "a.mid") == content
    assert not any("first note" in said for said in read_midi(content, "a.mid").notes)


def karaoke(*tracks):
    """Words on a track of their own, at every quarter, as karaoke files have them."""
    words = [meta(at, "lyrics", text=word) for at, word in enumerate(WORDS)]
    song = read_midi(file_of([meta(0, "track_name", name="Words"), *words], *tracks), "a.mid")
    return song.players[song.singer].name


def test_the_tune_is_the_melody_and_not_a_bass_in_its_rhythm():
    bass = [program(33, 1), *tune([key - 24 for key in KEYS], channel=1, name="B")]
    melody = [*tune(KEYS, name="M"), *note(8, 60)]
    assert karaoke(bass, melody) == karaoke(melody, bass) == "M"
    low = tune([key - 24 for key in KEYS], channel=1, name="Cellos")
    assert karaoke(low, melody) == "M"


def test_the_tune_is_no_drum_and_is_known_by_its_name():
    drums = tune((36,) * 8, channel=9, name="Kit")
    assert karaoke(drums, [*tune(KEYS, name="M"), *note(8, 60)]) == "M"
    strings = tune([key + 12 for key in KEYS], channel=2, name="Strings")
    assert (
        karaoke(strings, [*tune(KEYS, channel=3, name="Lead Vocal"), *note(8, 60, channel=3)]) == "Lead Vocal"
    )


def test_a_melody_that_misses_one_word_in_thirty_is_still_the_tune():
    words = [meta(at, "lyrics", text="la ") for at in range(30)]
    bass = [program(33, 1), *tune((40,) * 30, channel=1, name="B")]
    melody = tune((60,) * 29, name="M")
    song = read_midi(file_of(words, bass, melody), "a.mid")
    assert song.players[song.singer].name == "M"
