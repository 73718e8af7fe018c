"""Standard MIDI files, in memory: one part for the renderer, the whole score for people."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Mapping, Sequence

import mido

from core.engines.composer.model import BEND, DRUM_CHANNEL, TUNE, Control, Part, Role, Score, SungLineBeats
from core.engines.composer.play.signatures import denominator, key_signature
from core.engines.composer.sing.sung import behind_the_beat
from core.song import Plan
from core.writing.syllables import words_of

TICKS_PER_BEAT = 480
_VOICE_PROGRAM = 53
_VOICE_CHANNEL, _BACKING_CHANNEL = 8, 7
"""Of their own: an instrument on the same channel would change the voice's sound."""
_CHOIR_PROGRAM = 52
_DOUBLES = frozenset({Role.DOUBLE_LEFT, Role.DOUBLE_RIGHT})


def part_bytes(part: Part, tempo_bpm: float, stop_beat: float, volume: int = 100) -> bytes:
    """Return a one-track file of ``part`` that ends at ``stop_beat``; ``volume`` 1 to 127.

    Written byte by byte, for the renderer alone: a library's messages took a tenth of a song's time.
    """
    tempo = mido.bpm2tempo(tempo_bpm)
    data = bytearray(b"\x00\xff\x51\x03" + tempo.to_bytes(3, "big"))
    now = 0
    for tick, _, message in sorted(_renderer_events(part, volume, stop_beat), key=lambda event: event[:2]):
        data += _varying(tick - now)
        data += message
        now = tick
    data += _varying(max(0, round(stop_beat * TICKS_PER_BEAT) - now)) + b"\xff\x2f\x00"
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS_PER_BEAT)
    return head + b"MTrk" + struct.pack(">I", len(data)) + bytes(data)


def _renderer_events(part: Part, volume: int, stop_beat: float) -> Iterator[tuple[int, int, bytes]]:
    """Yield the part's messages: their ticks, their order within one, and their bytes."""
    channel = part.channel
    yield 0, 0, bytes((0xC0 | channel, part.program))
    for number, value in _places(part, volume):
        yield 0, 0, bytes((0xB0 | channel, number, value))
    for control in part.controls:
        if control.beat < stop_beat:
            yield round(control.beat * TICKS_PER_BEAT), 0, _control_bytes(control, channel)
    for note in part.notes:
        stop = min(note.stop_beat, stop_beat)
        yield round(note.start_beat * TICKS_PER_BEAT), 3, bytes((0x90 | channel, note.pitch, note.velocity))
        yield round(stop * TICKS_PER_BEAT), 1, bytes((0x80 | channel, note.pitch, 0))


def _places(part: Part, volume: int) -> tuple[tuple[int, int], ...]:
    """Return volume, pan, reverb and chorus of a part, as controllers and their values."""
    return (7, volume), (10, round(64 + 63 * part.pan)), (91, round(127 * part.reverb)), (93, 0)


def _control_bytes(control: Control, channel: int) -> bytes:
    if control.number == BEND:
        bend = control.value + 8192
        return bytes((0xE0 | channel, bend & 127, bend >> 7))
    return bytes((0xB0 | channel, control.number, control.value))


def _varying(number: int) -> bytes:
    """Return a number as MIDI files write distances: seven bits a byte, the last one without its top bit."""
    out = [number & 127]
    while number := number >> 7:
        out.append(128 | number & 127)
    return bytes(reversed(out))


def score_bytes(
    score: Score, plan: Plan, stop_beat: float, gains_db: Mapping[str, float] | None = None
) -> bytes:
    """Return the song as a multi-track file with tempo, meter, section markers and the sung words.

    ``gains_db``: what gives each part its place in the balance, which its channel volume repeats. The
    harmonies have a track of their own; doubles, which sing the tune's own notes, have none.
    """
    # MIDI counts ticks of a quarter; the beats of a compound meter are eighths.
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT * denominator(plan.beats_per_bar) // 4)
    file.tracks.append(_conductor(score, plan))
    if score.sung:
        file.tracks.append(
            _sung_track(behind_the_beat(score.sung, score), "voice", _VOICE_PROGRAM, _VOICE_CHANNEL)
        )
    harmonies = [line for line in score.backing if line.role not in _DOUBLES]
    if harmonies:
        file.tracks.append(
            _sung_track(behind_the_beat(harmonies, score), "Backing vocals", _CHOIR_PROGRAM, _BACKING_CHANNEL)
        )
    volumes = _volumes(gains_db or {})
    for part in score.parts:
        file.tracks.append(_track(part, volumes.get(part.name, 100), stop_beat))
    return _saved(file)


def _volumes(gains_db: Mapping[str, float]) -> dict[str, int]:
    """Return each part's channel volume, the loudest 127 (General MIDI: 40 log10 of the value in dB)."""
    loudest_db = max(gains_db.values(), default=0.0)
    return {
        name: max(1, round(127 * 10 ** ((gain_db - loudest_db) / 40))) for name, gain_db in gains_db.items()
    }


def _conductor(score: Score, plan: Plan) -> mido.MidiTrack:
    beat = denominator(plan.beats_per_bar)
    timed: list[tuple[float, mido.MetaMessage]] = [
        (0.0, mido.MetaMessage("track_name", name=_latin(plan.title))),
        (0.0, mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(plan.tempo_bpm * 4 / beat))),
        (0.0, mido.MetaMessage("time_signature", numerator=plan.beats_per_bar, denominator=beat)),
        (0.0, mido.MetaMessage("key_signature", key=key_signature(plan.key))),
    ]
    key = plan.key
    for bar in score.bars:
        if bar.key != key:
            key = bar.key
            timed.append((bar.start_beat, mido.MetaMessage("key_signature", key=key_signature(key))))
        if bar.bar_in_section == 0:
            timed.append((bar.start_beat, mido.MetaMessage("marker", text=str(bar.section.kind))))
    return _timed_track(timed)


def _sung_track(lines: Sequence[SungLineBeats], name: str, program: int, channel: int) -> mido.MidiTrack:
    timed: list[tuple[float, mido.Message | mido.MetaMessage]] = [
        (0.0, mido.MetaMessage("track_name", name=name)),
        (0.0, mido.Message("program_change", channel=channel, program=program)),
    ]
    for line in lines:
        for text, note, velocity in zip(_lyric_events(line), line.notes, _touches(line), strict=True):
            stop = note.start_beat + note.length_beats
            if line.role in TUNE:
                timed.append((note.start_beat, mido.MetaMessage("lyrics", text=_latin(text))))
            timed.append(
                (
                    note.start_beat,
                    mido.Message("note_on", channel=channel, note=note.pitch, velocity=velocity),
                )
            )
            timed.append((stop, mido.Message("note_off", channel=channel, note=note.pitch, velocity=0)))
    return _timed_track(timed)


def _touches(line: SungLineBeats) -> Iterator[int]:
    """Yield a velocity for each note: fullest past the line's middle, more for high and long ones."""
    middle = sum(note.pitch for note in line.notes) / len(line.notes)
    for place, note in enumerate(line.notes):
        arch = 1.0 - abs(place / max(1, len(line.notes) - 1) - 0.6)
        value = 72 + 18 * arch + 1.2 * (note.pitch - middle) + 4 * min(1.5, note.length_beats)
        yield int(min(112, max(56, round(value))))


def _lyric_events(line: SungLineBeats) -> Iterator[str]:
    """Yield each syllable as RP-017 writes it: a space ends a word, a carriage return the line."""
    words = list(words_of(line.text))
    spelled = ""
    for place, syllable in enumerate(line.syllables):
        spelled += syllable
        if place == len(line.syllables) - 1:
            yield syllable + "\r"
        elif not words or spelled.lower() == words[0].lower():
            yield syllable + " "
            words, spelled = words[1:], ""
        else:
            yield syllable


def _track(part: Part, volume: int, stop_beat: float) -> mido.MidiTrack:
    channel = part.channel
    timed: list[tuple[float, mido.Message | mido.MetaMessage]] = [
        (0.0, mido.MetaMessage("track_name", name=part.name)),
        (0.0, mido.Message("program_change", channel=channel, program=part.program)),
        *(
            (0.0, mido.Message("control_change", channel=channel, control=number, value=value))
            for number, value in _places(part, volume)
        ),
    ]
    timed += [
        (control.beat, _control(control, channel)) for control in part.controls if control.beat < stop_beat
    ]
    for note in part.notes:
        on = mido.Message(
            "note_on", skip_checks=True, channel=channel, note=note.pitch, velocity=note.velocity
        )
        off = mido.Message("note_off", skip_checks=True, channel=channel, note=note.pitch, velocity=0)
        timed += [(note.start_beat, on), (min(note.stop_beat, stop_beat), off)]
    return _timed_track(timed, stop_beat)


def _control(control: Control, channel: int) -> mido.Message:
    if control.number == BEND:
        return mido.Message("pitchwheel", skip_checks=True, channel=channel, pitch=control.value)
    return mido.Message(
        "control_change", skip_checks=True, channel=channel, control=control.number, value=control.value
    )


def _timed_track(
    timed: Sequence[tuple[float, mido.Message | mido.MetaMessage]], stop_beat: float | None = None
) -> mido.MidiTrack:
    """Order messages by time, note ends before starts, and write their distances in ticks."""
    order = {"note_off": 1, "lyrics": 2, "note_on": 3}
    ticked = [(round(beat * TICKS_PER_BEAT), order.get(message.type, 0), message) for beat, message in timed]
    ticked.sort(key=lambda item: (item[0], item[1]))
    track = mido.MidiTrack()
    now = 0
    for tick, _, message in ticked:
        unchecked = {} if message.is_meta else {"skip_checks": True}
        track.append(message.copy(time=tick - now, **unchecked))
        now = tick
    end = now if stop_beat is None else max(now, round(stop_beat * TICKS_PER_BEAT))
    track.append(mido.MetaMessage("end_of_track", time=end - now))
    return track


def _saved(file: mido.MidiFile) -> bytes:
    memory = io.BytesIO()
    file.save(file=memory)
    return memory.getvalue()


def _latin(text: str) -> str:
    """MIDI text is Latin-1: what does not fit becomes a question mark."""
    return text.encode("latin-1", "replace").decode("latin-1")


__all__ = ["DRUM_CHANNEL", "TICKS_PER_BEAT", "part_bytes", "score_bytes"]
