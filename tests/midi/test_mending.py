"""Damage that no sound depends on refuses no song, and words are read as they were written."""

import struct

import pytest

from core.errors import InputError
from core.midi.reading import read_midi
from core.midi.text import encoding_of
from tests.midi.files import file_of, meta, tune

KEYS = (60, 62, 64, 65, 67, 65, 64, 62)
WHOLE = file_of(tune(KEYS))


def chunk(name, body):
    return name + struct.pack(">I", len(body)) + body


def with_event(event):
    """The song with one event more, right at the start of its track."""
    at = WHOLE.index(b"MTrk")
    body = b"\0" + event + WHOLE[at + 8 :]
    return WHOLE[:at] + chunk(b"MTrk", body)


@pytest.mark.parametrize(
    "event",
    [
        b"\xff\x59\x02\xee\x01",
        b"\xff\x59\x02\x00\x07",
        b"\xff\x59\x01\x00",
        b"\xff\x58\x02\x04\x02",
        b"\xff\x58\x04\x00\x02\x18\x08",
        b"\xff\x51\x02\x07\xa1",
        b"\xff\x21\x02\x00\x00",
        b"\xff\x54\x01\x00",
    ],
    ids=[
        "18 flats",
        "no mode",
        "short key",
        "short meter",
        "meter of 0",
        "short tempo",
        "long port",
        "short offset",
    ],
)
def test_a_damaged_event_of_no_sound_is_skipped_and_told(event):
    song = read_midi(with_event(event), "a.mid")
    assert len(song.players[0].notes) == len(KEYS)
    assert any("1 damaged event that no sound depends on" in note for note in song.notes)


def test_an_event_left_out_moves_no_note():
    assert (
        read_midi(with_event(b"\xff\x59\x02\xee\x01"), "a.mid").duration_s
        == read_midi(WHOLE, "a.mid").duration_s
    )


def test_a_chunk_that_is_no_track_is_skipped_wherever_it_stands():
    at = WHOLE.index(b"MTrk")
    for content in (
        WHOLE[:at] + chunk(b"XFIH", b"abcd") + WHOLE[at:],
        WHOLE + chunk(b"XFKM", bytes(40)),
    ):
        song = read_midi(content, "a.mid")
        assert len(song.players[0].notes) == len(KEYS)
        assert any("no track" in note for note in song.notes)


@pytest.mark.parametrize("count", [0, 2, 60_000])
def test_a_wrong_number_of_tracks_is_told(count):
    song = read_midi(WHOLE[:10] + struct.pack(">H", count) + WHOLE[12:], "a.mid")
    assert any(f"announces {count} tracks" in note for note in song.notes)


def test_a_longer_header_is_read():
    at = WHOLE.index(b"MTrk")
    content = WHOLE[:4] + struct.pack(">I", 8) + WHOLE[8:14] + b"\0\0" + WHOLE[at:]
    assert len(read_midi(content, "a.mid").players[0].notes) == len(KEYS)


@pytest.mark.parametrize("lost", [4, 20, 21, 22, 30])
def test_a_track_that_is_cut_off_is_read_up_to_there(lost):
    song = read_midi(WHOLE[:-lost], "a.mid")
    assert 0 < len(song.players[0].notes) <= len(KEYS)
    assert lost == 4 or any("Cut off" in note for note in song.notes)


TEXTS = {
    "cp1251": "Фонари над водой держись за свет мой друг до утра да",
    "cp1253": "Σ' αγαπώ και μου λείπεις κάθε νύχτα",
    "shift_jis": "さくらの花が咲くころにまた会いましょう",
    "euc_kr": "사랑하는 그대에게 나의 마음을 전해요",
    "gb18030": "我的心里只有你 爱情不在这里 天上的月亮",
    "cp1254": "Şarkı söyle güzel kız, yıldızlar ışıldıyor",
    "cp1255": "שלום לכם אני שר היום את השיר",
    "cp1256": "انا احبك يا حبيبي في كل يوم",
    "cp874": "ฉันรักเธอมากทุกวันคืน",
    "big5": "我愛你的心永遠在這裡等你來",
    "cp1250": "Když mi říkáš že mě máš ráda, žlutý kůň běží přes řeku",
    "latin-1": "Je t'aime été où ça va déjà l'hôtel über größer mañana",
    "utf-8": "Привет, été, 你好",
}


@pytest.mark.parametrize("encoding", TEXTS)
def test_the_encoding_of_words_is_found(encoding):
    assert encoding_of([TEXTS[encoding].encode(encoding).decode("latin-1")]) == encoding


def test_letters_of_no_known_encoding_are_none():
    assert encoding_of([bytes(range(128, 255, 3)).decode("latin-1")]) is None
    assert encoding_of(["plain"]) == "latin-1"


@pytest.mark.parametrize("late_s", [-0.2, -0.06, 0.06, 0.12, 0.25])
def test_words_late_or_early_by_one_time_are_sung_on_their_notes(late_s):
    words = ("The ", "morn", "ing ", "light\r", "is ", "call", "ing ", "me\r")
    # 120 quarters a minute, and the tune begins at the second quarter
    placed = [meta(1 + at + late_s * 2, "lyrics", text=text) for at, text in enumerate(words)]
    song = read_midi(file_of([(tick + 480, m) for tick, m in tune(KEYS)], placed), "a.mid")
    assert [phrase.text for phrase in song.phrases] == ["The morning light", "is calling me"]
    assert [note.pitch for phrase in song.phrases for note in phrase.notes] == list(KEYS)


def test_several_words_on_a_note_keep_their_spaces_and_each_has_its_time():
    words = ("Hold on ", "to the ", "light\r", "stay with ", "me un", "til the ", "night ", "long")
    song = read_midi(file_of(tune(KEYS, words=words)), "a.mid")
    assert [phrase.text for phrase in song.phrases] == [
        "Hold on to the light",
        "stay with me until the night long",
    ]
    first = song.phrases[0]
    assert first.syllables[:2] == ("Hold", "on") and len(first.syllables) == len(first.notes)
    assert first.notes[1].start_s > first.notes[0].start_s


ONE = file_of(tune())
LENGTH_AT = ONE.index(b"MTrk") + 4


def with_length(length):
    return ONE[:LENGTH_AT] + length.to_bytes(4, "big") + ONE[LENGTH_AT + 4 :]


@pytest.mark.parametrize(
    "before",
    [b"\xef\xbb\xbf", b"HTTP/1.1 200 OK\r\nContent-Type: audio/midi\r\n\r\n", bytes(128), b"\r\n"],
    ids=["mark", "answer", "macbinary", "line"],
)
def test_what_programs_put_in_front_is_left_out_and_reported(before):
    song = read_midi(before + ONE, "a.mid")
    assert len(song.players[0].notes) == 4
    assert song.notes == (f"Skipped: {len(before)} bytes in front of the MIDI header.",)


def test_a_list_before_the_song_within_a_riff_is_walked_over():
    riff = b"RIFF" + (100).to_bytes(4, "little") + b"RMIDLIST" + (9000).to_bytes(4, "little") + bytes(9000)
    assert len(read_midi(riff + b"data" + bytes(4) + ONE, "a.rmi").players[0].notes) == 4


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04" + ONE, "a zip archive"),
        (b"\x1f\x8b\x08" + ONE, "a gzip archive"),
        (b"<?xml version='1.0'?><score-partwise/>", "MusicXML"),
        (b"XMF_1.00", "an XMF ringtone"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a WAV file"),
        (b"ID3\x04", "an MP3 file"),
    ],
)
def test_another_kind_of_file_is_named(content, what):
    with pytest.raises(InputError, match="is no MIDI file: it is") as caught:
        read_midi(content, "a.mid")
    assert what in caught.value.message and caught.value.remedy


@pytest.mark.parametrize("length", [0, 20, 0xFFFFFFFF])
def test_a_wrong_length_of_a_track_costs_no_note(length):
    song = read_midi(with_length(length), "a.mid")
    assert len(song.players[0].notes) == 4
    assert song.notes == ("A wrong length: 1 track, read to where it ends.",)


def test_a_track_whose_length_reaches_into_the_next_leaves_that_one_whole():
    two = file_of(tune(), [*tune(channel=1, name="Other")])
    at = two.index(b"MTrk") + 4
    length = int.from_bytes(two[at : at + 4], "big") + 30
    song = read_midi(two[:at] + length.to_bytes(4, "big") + two[at + 4 :], "a.mid")
    assert [len(player.notes) for player in song.players] == [4, 4]


@pytest.mark.parametrize("stray", [b"\x00\xf8", b"\x00\xfe\x00\xf2\x01\x02", b"\x00\x3c\x5a"])
def test_what_a_cable_carries_beside_events_costs_no_note(stray):
    track = ONE[LENGTH_AT + 4 :]
    body = stray + track
    song = read_midi(ONE[:LENGTH_AT] + len(body).to_bytes(4, "big") + body, "a.mid")
    assert len(song.players[0].notes) == 4 and "damaged event" in song.notes[0]


def test_one_pattern_alone_is_a_song_of_any_type():
    assert len(read_midi(file_of(tune(), type=2), "a.mid").players[0].notes) == 4


def test_words_in_no_known_encoding_are_reported_and_not_sung():
    words = [bytes(range(first, 255, 9)).decode("latin-1") for first in range(128, 132)]
    song = read_midi(file_of(tune(words=words)), "a.mid")
    assert not song.phrases and "no known encoding" in song.notes[0]


@pytest.mark.parametrize("word", ["ฉัน", "गीत"])
def test_the_vowel_signs_of_a_word_stay(word):
    words = [f"{one} ".encode().decode("latin-1") for one in (word, word, word, word)]
    (phrase,) = read_midi(file_of(tune(words=words)), "a.mid").phrases
    assert phrase.text == " ".join([word] * 4)
