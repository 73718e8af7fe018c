"""MIDI files for tests, written message by message."""

from __future__ import annotations

import io

import mido

QUARTER = 480


def on(tick, key, channel=0, velocity=90):
    return tick, mido.Message("note_on", channel=channel, note=key, velocity=velocity)


def off(tick, key, channel=0):
    return tick, mido.Message("note_off", channel=channel, note=key)


def note(start, key, quarters=1.0, channel=0, velocity=90):
    """Return the two messages of a note; ``start`` in quarters."""
    tick = round(start * QUARTER)
    return [on(tick, key, channel, velocity), off(tick + round(quarters * QUARTER), key, channel)]


def meta(quarters, kind, **values):
    return round(quarters * QUARTER), mido.MetaMessage(kind, **values)


def control(tick, number, value, channel=0):
    return tick, mido.Message("control_change", channel=channel, control=number, value=value)


def program(number, channel=0):
    return 0, mido.Message("program_change", channel=channel, program=number)


def file_of(*tracks, type=1, ticks=QUARTER):
    """Return the bytes of a file with ``tracks``, each a list of (tick, message)."""
    file = mido.MidiFile(type=type, ticks_per_beat=ticks)
    for messages in tracks:
        track = mido.MidiTrack()
        now = 0
        for tick, message in sorted(messages, key=lambda item: item[0]):
            track.append(message.copy(time=tick - now))
            now = tick
        file.tracks.append(track)
    memory = io.BytesIO()
    file.save(file=memory)
    return memory.getvalue()


def tune(keys=(60, 62, 64, 65), *, channel=0, start=0.0, words=(), name="Voice"):
    """Return a track with a quarter for each key, and a lyric event at each for which there is a word."""
    messages = [meta(0, "track_name", name=name)]
    for at, key in enumerate(keys):
        messages += note(start + at, key, 0.9, channel)
        if at < len(words) and words[at]:
            messages.append(meta(start + at, "lyrics", text=words[at]))
    return messages
