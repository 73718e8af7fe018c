"""A MIDI file is read as a player would play it, or refused in one sentence."""

from pathlib import PurePath

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.midi.reading import LARGEST_BYTES, LONGEST_S, MOST_NOTES, read_midi
from core.midi.suffixes import is_midi
from core.song import SectionKind
from tests.midi.files import QUARTER, control, file_of, meta, note, off, on, program, tune


def test_tempo_changes_are_heard_where_they_stand():
    song = read_midi(
        file_of(
            [meta(0, "set_tempo", tempo=500_000), meta(4, "set_tempo", tempo=1_000_000)],
            [*note(0, 60), *note(4, 62), *note(6, 64, 2.0)],
        ),
        "a.mid",
    )
    assert [n.start_s for n in song.players[0].notes] == pytest.approx([0.0, 2.0, 4.0])
    assert song.duration_s == pytest.approx(6.0) and song.tempi.first_bpm == 120.0
    for seconds in (0.0, 1.3, 2.0, 5.9, 100.0):
        assert song.tempi.seconds(song.tempi.tick(seconds)) == pytest.approx(seconds, abs=1.1e-3)


def test_every_channel_is_a_player_with_its_stem_and_name():
    song = read_midi(
        file_of(
            [meta(0, "track_name", name="My song")],
            [meta(0, "track_name", name="Low"), program(33, 1), *note(0, 40, channel=1)],
            [meta(0, "track_name", name="Kit"), *note(0, 36, channel=9)],
            [program(116, 2), *note(0, 50, channel=2)],
            [control(0, 0, 127, channel=3), *note(0, 38, channel=3)],
            tune(channel=4, name="Tune"),
        ),
        "file name.mid",
    )
    assert {p.name: (p.stem, p.channel) for p in song.players} == {
        "Low": ("bass", 1),
        "Kit": ("drums", 9),
        "channel 3": ("drums", 2),
        "channel 4": ("drums", 9),
        "Tune": ("other", 4),
    }
    assert song.title == "My song"


def low(keys, channel, name, number):
    return [program(number, channel), *tune(keys, channel=channel, name=name)]


@pytest.mark.parametrize(
    ("name", "number", "keys", "how"),
    [
        ("Bass", 58, (33, 40, 45, 38) * 4, "by its name"),
        ("Walk", 0, (36, 40, 43, 52) * 4, "by its name"),
        ("Tuba", 58, (33, 40, 45, 38) * 4, "by its compass"),
        ("Tuba", 58, (33, 40, 45, 72) * 4, ""),
        ("Bass clarinet", 71, (50, 52, 55, 50) * 4, ""),
        ("Bassoon", 70, (50, 60, 55, 57) * 4, ""),
        ("Bass", 0, (70, 72, 74, 76) * 4, ""),
        ("Left hand", 0, (36, 40, 43, 38) * 4, "the lowest line"),
        ("Left hand", 0, (48, 52, 55, 60) * 4, ""),
        ("Walker", 0, (50, 52, 55, 50) * 4, ""),
    ],
)
def test_a_bass_is_found_by_name_and_compass_and_that_is_said(name, number, keys, how):
    song = read_midi(file_of(low((72, 74, 76, 77) * 4, 1, "Tune", 0), low(keys, 2, name, number)), "a.mid")
    assert {player.name: player.stem for player in song.players} == {
        "Tune": "other",
        name: "bass" if how else "other",
    }
    said = [note for note in song.notes if f"“{name}” is taken for the bass" in note]
    assert [how in note for note in said] == [True] * bool(how)


def test_where_a_program_is_a_bass_no_other_line_is_taken_for_one():
    song = read_midi(
        file_of(low((36, 40, 43, 38) * 4, 1, "Low", 33), low((36, 40, 43, 38) * 4, 2, "Left hand", 0)),
        "a.mid",
    )
    assert {player.name: player.stem for player in song.players} == {"Low": "bass", "Left hand": "other"}


def test_ports_have_channels_of_their_own():
    song = read_midi(
        file_of(
            [meta(0, "midi_port", port=0), program(0), *note(0, 60)],
            [meta(0, "midi_port", port=1), program(33), *note(0, 40)],
        ),
        "a.mid",
    )
    assert [p.stem for p in song.players] == ["other", "bass"]


@pytest.mark.parametrize("name", ["", "Track 1", "tempo track", "Voice"])
def test_a_title_that_is_none_gives_way_to_the_files_name(name):
    first = [meta(0, "track_name", name=name)]
    assert read_midi(file_of(first, tune()), "Over the sea.mid").title == "Over the sea"


def test_notes_that_are_struck_twice_or_never_ended_end_all_the_same():
    song = read_midi(
        file_of([on(0, 60), on(QUARTER, 60), on(2 * QUARTER, 60, velocity=0), on(0, 64), off(960, 65)]), "a"
    )
    spans = [(n.pitch, n.start_s, n.stop_s) for n in song.players[0].notes]
    assert spans == [(60, 0.0, 0.5), (64, 0.0, 1.0), (60, 0.5, 1.0)]


def test_markers_are_sections_and_bars_follow_the_meter():
    song = read_midi(
        file_of(
            [
                meta(0, "time_signature", numerator=3, denominator=4),
                meta(0, "marker", text="Verse 1"),
                meta(3, "marker", text="Guitars in"),
                meta(6, "marker", text="chorus"),
                meta(90, "marker", text="after the end"),
                meta(0, "key_signature", key="F#m"),
            ],
            [*note(0, 60), *note(8, 62)],
        ),
        "a.mid",
    )
    assert [(m.start_s, m.kind) for m in song.marks] == [
        (0.0, SectionKind.VERSE),
        (1.5, None),
        (3.0, SectionKind.CHORUS),
    ]
    assert song.bars_s == pytest.approx((0.0, 1.5, 3.0)) and song.key == "F# minor"


def test_a_file_in_a_riff_is_read():
    content = file_of(tune())
    riff = (
        b"RIFF" + (len(content) + 12).to_bytes(4, "little") + b"RMIDdata" + len(content).to_bytes(4, "little")
    )
    assert read_midi(riff + content, "a.rmi").duration_s == read_midi(content, "a.mid").duration_s


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no MIDI file"),
        (b"ID3\x04 an mp3", "no MIDI file"),
        (b"hello", "does not begin with a MIDI header"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "no MIDI file"),
        (b"MThd", "broken or cut off"),
        (file_of([meta(0, "track_name", name="empty")]), "holds no notes"),
        (file_of(tune(), tune(), type=2), "of type 2"),
        (file_of(tune())[:12] + b"\xe7\x28" + file_of(tune())[14:], "SMPTE"),
        (file_of(tune())[:12] + b"\x00\x00" + file_of(tune())[14:], "SMPTE"),
        (file_of(note(2402, 60)), "no note stands in the first 20"),
        (b"MThd" + bytes(LARGEST_BYTES), "1.0 MB"),
        (
            file_of(
                [
                    m
                    for at in range(MOST_NOTES // 100 + 1)
                    for k in range(100)
                    for m in note(at / 100, k, 0.01)
                ]
            ),
            "notes; at most 60,000",
        ),
    ],
)
def test_what_cannot_be_played_is_refused_in_one_sentence_with_a_remedy(content, words):
    with pytest.raises(InputError, match=words) as caught:
        read_midi(content, "a.mid")
    assert caught.value.remedy and caught.value.message.count(". ") <= 1


@pytest.mark.parametrize("quarters", [2403, 4001, 100_001])
def test_of_a_file_over_twenty_minutes_the_first_twenty_are_played(quarters):
    """480 ticks a quarter at 120 bpm: 20 min are 2,400 quarters."""
    content = file_of(
        [meta(0, "marker", text="verse"), meta(2500, "marker", text="chorus")],
        [
            *tune((60, 62, 64), words=("One ", "two ", "three")),
            *note(2390, 67, 100),
            *tune((60,), start=quarters, words=("late",)),
        ],
        note(quarters, 40, channel=1),
    )
    song = read_midi(content, "a.mid")
    assert song.duration_s == LONGEST_S == 1200.0
    assert [len(player.notes) for player in song.players] == [4]
    last = song.players[0].notes[-1]
    assert (last.start_s, last.stop_s) == (1195.0, 1200.0) and last.stop_tick == 2400 * 480
    assert [mark.text for mark in song.marks] == ["verse"] and song.bars_s[-1] < LONGEST_S
    assert [phrase.text for phrase in song.phrases] == ["One two three"]
    lasts_s = max(quarters + 1, 2490) // 2
    said = f"The file lasts {lasts_s // 60}:{lasts_s % 60:02} min: its first 20 min are played."
    assert any(one.startswith(said) for one in song.notes)


def test_a_file_of_just_twenty_minutes_is_played_whole():
    song = read_midi(file_of([*note(0, 60), *note(2399, 60)]), "a.mid")
    assert song.duration_s == 1200.0 and not song.notes


def test_notes_are_counted_in_what_is_played():
    crowded = [m for at in range(MOST_NOTES // 100 + 1) for k in range(100) for m in note(2500, k, 0.01)]
    assert len(read_midi(file_of([*note(0, 60), *crowded]), "a.mid").players[0].notes) == 1


WHOLE = file_of(
    [meta(0, "track_name", name="x"), meta(0, "marker", text="verse")], tune(words=["a ", "b ", "c-", "d"])
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_raises_anything_but_a_refusal(data):
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(4, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    try:
        song = read_midi(bytes(content[: cut or None]), "a.mid")
    except InputError:
        return
    assert song.players and song.duration_s >= 0.0


def test_a_tempo_that_makes_countless_bars_is_bounded():
    song = read_midi(
        file_of(
            [meta(0, "set_tempo", tempo=1), meta(0, "time_signature", numerator=1, denominator=64)],
            [
                *note(0, 60),
                (400_000_000, mido.Message("note_on", note=61)),
                (400_000_010, mido.Message("note_off", note=61)),
            ],
            ticks=4,
        ),
        "a.mid",
    )
    assert len(song.bars_s) <= 10_000


def test_a_midi_file_comes_alone():
    assert (
        is_midi([PurePath("A.MID")])
        and not is_midi([PurePath("a.wav"), PurePath("b.wav")])
        and not is_midi([])
    )
    with pytest.raises(InputError, match="1 more files came with it"):
        is_midi([PurePath("a.wav"), PurePath("b.kar")])
