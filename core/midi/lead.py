"""The silence before a MIDI file's first note: reported always, and cut off on request."""

from __future__ import annotations

import io

from core.midi.reading import LONG_LEAD_S, opened, read_midi


def without_lead(content: bytes, name: str) -> bytes:
    """Return a MIDI file that begins with the bar of its first note; itself when it begins so already.

    What stands in the bars before (tempo, programs, controllers) is set at the start. Raises InputError as
    :func:`core.midi.reading.read_midi` does.
    """
    import mido

    song = read_midi(content, name)
    first = min(note.start_tick for player in song.players for note in player.notes)
    first_s = song.tempi.seconds(first)
    bars = [start for start in song.bars_s if start <= first_s + 1e-6]
    cut = song.tempi.tick(bars[-1]) if bars else 0
    if cut <= 0 or first_s < LONG_LEAD_S:
        return content
    file, _ = opened(content)
    for at, track in enumerate(file.tracks):
        tick, shortened = 0, mido.MidiTrack()
        now = 0
        for message in track:
            tick += message.time
            place = max(0, tick - cut)
            shortened.append(message.copy(time=place - now))
            now = place
        file.tracks[at] = shortened
    memory = io.BytesIO()
    file.save(file=memory)
    return memory.getvalue()
