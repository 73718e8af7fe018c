"""An uploaded MIDI file as a piece to be played: in its own balance, its words sung.

Every channel goes through the SoundFont by itself, with its own volume, pan, bends and pedal, and with the
file's tempo; one gain, the same for all, brings the band to where it stands behind the voice.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import mido
import numpy as np

from core.engines.composer.model import STEMS, Role, Score, SungLineBeats, SungNoteBeats
from core.engines.composer.play.loudness import loudness_lufs
from core.engines.composer.play.opening import LONGEST_S, RING_S, SHORTEST_SONG_S
from core.engines.composer.play.piece import Piece
from core.engines.composer.play.players import Players
from core.engines.composer.play.render import NATIVE_RATE, Played, delivered, summed, unclipped
from core.engines.composer.play.silence import struck_s, sung_s
from core.errors import EngineOutputError
from core.midi.choir import behind
from core.midi.song import MidiSong, Phrase, Player
from core.progress import Report

BAND_LUFS = -20.0
"""Loudness of all instruments together against the voice; the band's own songs have -18.8 to -21.6."""
_BARS_TO_A_JOIN = 8
_VOLUME = 7
_DEFAULT_VOLUME = 100


@dataclass(frozen=True, eq=False)
class UploadedMidi:
    """A song from a MIDI file."""

    song: MidiSong
    content: bytes
    unsung_because: str = ""
    """Why an instrument plays the tune of its words; empty when they are sung."""

    @cached_property
    def score(self) -> Score:
        """What is sung: a score whose beats are seconds."""
        if self.unsung_because:
            return Score((), (), (), 1, 60.0)
        sung = tuple(_line(phrase, Role.LEAD) for phrase in self.song.phrases)
        backing = tuple(_line(phrase, Role(role)) for role, phrase in self._behind[0])
        return Score((), (), sung, 1, 60.0, (), backing)

    @property
    def duration_s(self) -> float:
        """Until the last note ends."""
        return self.song.duration_s

    @property
    def joins_s(self) -> Sequence[float]:
        """The file's section marks; without any, every eighth bar."""
        marks = [mark.start_s for mark in self.song.marks if mark.start_s > 0.0]
        return marks or self.song.bars_s[_BARS_TO_A_JOIN::_BARS_TO_A_JOIN]

    @cached_property
    def played_s(self) -> Mapping[str, Sequence[tuple[float, float]]]:
        """Stretches in which each stem plays."""
        spans = {
            stem: [struck_s(n.start_s, n.stop_s) for p in self._players if p.stem == stem for n in p.notes]
            for stem in STEMS
        }
        return {**spans, "vocals": sung_s(self.score)}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What was found in the file, and what became of its words."""
        song = self.song
        count = sum(len(player.notes) for player in song.players)
        said = [
            f"Played from a MIDI file: {len(song.players)} parts, {count:,} notes, {song.duration_s:.1f} s."
        ]
        if self.score.sung:
            instead = song.players[song.singer or 0].name
            said.append(f"{len(song.phrases)} lines of words are sung to the tune of “{instead}”.")
        elif song.phrases:
            said.append(f"An instrument plays the tune of the file's words: {self.unsung_because}.")
        return (*said, *song.notes)

    def play(self, players: Players, frames: int, sample_rate: int, report: Report) -> Played:
        """Play every part and sum the stems, all by one gain."""
        native = -(-frames * NATIVE_RATE // sample_rate) + NATIVE_RATE // 10
        stems = {name: np.zeros((native, 2), np.float32) for name in STEMS if name != "vocals"}
        files = (_file(self.song, player, native / NATIVE_RATE, 100) for player in self._players)
        waves = players.play(files)
        for at, (player, wave) in enumerate(zip(self._players, waves, strict=True)):
            report(at / len(self._players), f"Playing {player.name}")
            again = partial(_file, self.song, player, native / NATIVE_RATE)
            sound, softer_db = unclipped(wave, again, native, players)
            stems[player.stem] += sound * np.float32(10.0 ** (-softer_db / 20.0))
        gain_db = _gain_db(summed(stems)) if self._players else 0.0
        for sound in stems.values():
            np.multiply(sound, np.float32(10.0 ** (gain_db / 20.0)), out=sound)
        report(0.95, "Resampling")
        out = {name: delivered(stems.pop(name), frames, sample_rate) for name in list(stems)}
        return Played(out, {"band": round(gain_db, 2)} if self._players else {})

    def opening(self) -> tuple[Piece, float] | None:
        """Return the first seconds; None of a short song, or where nothing plays in them."""
        if self.duration_s < SHORTEST_SONG_S:
            return None
        song = _until(self.song, LONGEST_S)
        if not song.players:
            return None
        return UploadedMidi(song, b"", self.unsung_because), LONGEST_S + RING_S

    def reply(self, gains_db: Mapping[str, float]) -> dict[str, Any]:
        """Return the file itself, its tempo and key, and its sections."""
        song = self.song
        stops_s = [*(mark.start_s for mark in song.marks[1:]), song.duration_s]
        figures: dict[str, Any] = {
            "midi_base64": base64.b64encode(self.content).decode("ascii"),
            "tempo_bpm": song.tempi.first_bpm,
            "sections": [
                {"kind": mark.text, "start_s": round(mark.start_s, 4), "stop_s": round(stop_s, 4)}
                for mark, stop_s in zip(song.marks, stops_s, strict=True)
            ]
            if song.marks
            else [],
        }
        return {**figures, "key": song.key} if song.key else figures

    @cached_property
    def _behind(self) -> tuple[Sequence[tuple[str, Phrase]], frozenset[int]]:
        """The lines of voices behind the tune, and the places of the players who have them."""
        return behind(self.song)

    @cached_property
    def _players(self) -> tuple[Player, ...]:
        """Who plays an instrument: those whose notes are sung do not."""
        voices = {self.song.singer, *self._behind[1]} if self.score.sung else set()
        return tuple(player for at, player in enumerate(self.song.players) if at not in voices)


def _line(phrase: Phrase, role: Role) -> SungLineBeats:
    notes = tuple(SungNoteBeats(note.start_s, note.duration_s, note.pitch) for note in phrase.notes)
    return SungLineBeats(phrase.text, phrase.syllables, notes, phrase.section, role)


def _gain_db(sound: Any) -> float:
    present = loudness_lufs(sound, NATIVE_RATE)
    if present is None:
        raise EngineOutputError(
            "The MIDI file came out silent although it has notes.",
            causes=("its volumes are all at zero", "the SoundFont lacks its instruments"),
            remedy="Raise the volumes of its tracks, or remove GAINSTAGE_SOUNDFONT to play the bundled one.",
        )
    return BAND_LUFS - present


def _until(song: MidiSong, stop_s: float) -> MidiSong:
    """Return the song's first seconds."""
    kept = [
        (at, replace(player, notes=notes))
        for at, player in enumerate(song.players)
        if (notes := tuple(note for note in player.notes if note.start_s < stop_s))
    ]
    return replace(
        song,
        players=tuple(player for _, player in kept),
        singer=next((new for new, (old, _) in enumerate(kept) if old == song.singer), None),
        phrases=tuple(phrase for phrase in song.phrases if phrase.notes[-1].start_s < stop_s),
        duration_s=stop_s,
    )


def _file(song: MidiSong, player: Player, stop_s: float, percent: int) -> bytes:
    """Return one player's channel as a file of its own, its volumes at ``percent``; it ends at ``stop_s``."""
    stop = song.tempi.tick(stop_s)
    silent_from = song.tempi.tick(song.duration_s)
    timed: list[tuple[int, int, Any]] = [
        (tick, 0, mido.MetaMessage("set_tempo", tempo=tempo)) for tick, tempo in song.tempi.changes
    ]
    timed.append((0, 1, _volume(player.channel, round(_DEFAULT_VOLUME * percent / 100))))
    timed += [(tick, 2, message) for tick, message in _played(player, silent_from, percent)]
    timed += [
        (silent_from, 3, mido.Message("note_off", channel=player.channel, note=note.pitch))
        for note in player.notes
        if note.stop_tick >= silent_from
    ]
    timed.sort(key=lambda item: item[:2])
    track = mido.MidiTrack()
    now = 0
    for tick, _, message in timed:
        if tick <= stop:
            track.append(message.copy(time=tick - now))
            now = tick
    track.append(mido.MetaMessage("end_of_track", time=stop - now))
    memory = io.BytesIO()
    file = mido.MidiFile(type=0, ticks_per_beat=song.tempi.ticks_per_quarter)
    file.tracks.append(track)
    file.save(file=memory)
    return memory.getvalue()


def _played(player: Player, until: int, percent: int) -> Iterator[tuple[int, Any]]:
    """Yield the channel's messages, on the player's channel, before the end."""
    for tick, message in player.messages:
        if tick > until or (tick == until and message.type == "note_on"):
            continue
        if message.type == "control_change" and message.control == _VOLUME:
            yield tick, _volume(player.channel, round(message.value * percent / 100))
        else:
            yield tick, message.copy(channel=player.channel)


def _volume(channel: int, value: int) -> Any:
    return mido.Message("control_change", channel=channel, control=_VOLUME, value=value)
