"""Reading a Standard MIDI File (type 0 or 1) into a song, or refusing it in one sentence."""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import mido

from core.errors import InputError
from core.midi.bass import with_bass
from core.midi.header import ANOTHER, from_header
from core.midi.instruments import is_kit, stem_of
from core.midi.mending import mended
from core.midi.song import DRUM_CHANNEL, Mark, MidiSong, Player, Struck, Tempi
from core.midi.sung import set_on_notes
from core.midi.text import clean
from core.midi.words import words_in
from core.writing.typed import kind_of_heading

LARGEST_BYTES = 1_000_000
LONG_LEAD_S = 1.0
"""A shorter silence before the first note is no more than an upbeat."""
LONGEST_S = 1200.0
MOST_NOTES = 60_000
_MOST_BARS = 10_000
_DEFAULT_TEMPO_US = 500_000
_UNREADABLE = (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, mido.KeySignatureError)
"""What mido raises for bytes that are no MIDI file, or a broken one."""
_PLAYED = frozenset({"note_on", "note_off", "control_change", "pitchwheel", "aftertouch", "polytouch"})
_NO_NAME = re.compile(r"(untitled|sequence|conductor|tempo|master|(track|staff|midi)\s*\d*)( track)?|", re.I)
Placed = tuple[int, int, Any]
"""(tick, number of its track, message)."""


def read_midi(content: bytes, name: str) -> MidiSong:
    """Return the song in ``content``; ``name`` is the file's, for its title.

    Of a longer file the first 20 minutes are the song, and its notes say so. Raises InputError for what is
    no MIDI file, or holds no notes.
    """
    file, skipped = opened(content)
    placed = [found for track, messages in enumerate(file.tracks) for found in _placed(track, messages)]
    placed.sort(key=lambda item: item[0])
    tempi = Tempi(file.ticks_per_beat, _tempo_changes(placed))
    players = _players(file, placed, tempi)
    lasts_s = max(note.stop_s for player in players for note in player.notes)
    if lasts_s > LONGEST_S:
        end = tempi.tick(LONGEST_S)
        placed = [found for found in placed if found[0] < end]
        players = _until(players, end, lasts_s)
    _check_count(players)
    duration_s = min(lasts_s, LONGEST_S)
    marks = _marks(placed, tempi, duration_s)
    starts_s = [mark.start_s for mark in marks]
    words, unread = words_in(placed)
    phrases, singer, said = set_on_notes(words, players, starts_s, tempi)
    players, basses = with_bass(players, singer)
    return MidiSong(
        title=_title(file, players, name),
        tempi=tempi,
        players=players,
        marks=marks,
        bars_s=_bars(placed, tempi, duration_s),
        key=_key(placed),
        duration_s=duration_s,
        phrases=phrases,
        singer=singer,
        notes=(*skipped, *_length(lasts_s), *_lead(players), *unread, *said, *basses),
    )


def _until(players: Sequence[Player], end: int, lasts_s: float) -> tuple[Player, ...]:
    """Return what is played before the tick ``end``; raises InputError when that is nothing."""
    kept = []
    for player in players:
        notes = (note for note in player.notes if note.start_tick < end)
        cut = tuple(
            replace(note, stop_tick=min(note.stop_tick, end), stop_s=min(note.stop_s, LONGEST_S))
            for note in notes
        )
        if cut:
            kept.append(replace(player, notes=cut))
    if not kept:
        raise InputError(
            f"The MIDI file lasts {lasts_s / 60:.0f} min, and no note stands in the first "
            f"{LONGEST_S / 60:.0f}, which are played.",
            causes=("its notes stand behind a long silence", "one of its tempi is wrong"),
            remedy="Move its notes to the start in a sequencer.",
        )
    return tuple(kept)


def _check_count(players: Sequence[Player]) -> None:
    count = sum(len(player.notes) for player in players)
    if count > MOST_NOTES:
        raise InputError(
            f"The MIDI file holds {count:,} notes; at most {MOST_NOTES:,} are played.",
            remedy="Upload a song that players could play.",
        )


def _length(lasts_s: float) -> tuple[str, ...]:
    """Report that the file is longer than what is played of it."""
    if lasts_s <= LONGEST_S:
        return ()
    return (
        f"The file lasts {lasts_s // 60:.0f}:{lasts_s % 60:02.0f} min: its first {LONGEST_S / 60:.0f} min "
        "are played. "
        "Cut it in a sequencer to hear another part.",
    )


def _lead(players: Sequence[Player]) -> tuple[str, ...]:
    """Report a silence before the first note."""
    lead_s = min(note.start_s for player in players for note in player.notes)
    if lead_s < LONG_LEAD_S:
        return ()
    return (
        f"The first note stands at {lead_s:.1f} s: the silence before it is played, unless it is cut off.",
    )


def opened(content: bytes) -> tuple[mido.MidiFile, tuple[str, ...]]:
    """Return the file, and what of it was left out; raises InputError."""
    if len(content) > LARGEST_BYTES:
        raise InputError(
            f"The MIDI file has {len(content) / 1e6:.1f} MB; at most {LARGEST_BYTES / 1e6:.0f} MB are read.",
            remedy="Take out what is no note: sounds and pictures do not belong into a MIDI file.",
        )
    content, before = from_header(content)
    content, skipped = mended(content)
    try:
        file = mido.MidiFile(file=io.BytesIO(content), clip=True)
    except _UNREADABLE as error:
        raise InputError(
            "The MIDI file cannot be read: it is broken or cut off.",
            causes=("the download or copy ended too early", "it was edited by hand"),
            remedy=ANOTHER,
            detail=f"{type(error).__name__}: {error}",
        ) from error
    if file.type not in (0, 1) and not (file.type == 2 and len(file.tracks) == 1):
        raise InputError(
            f"The MIDI file is of type {file.type}: a set of loose patterns rather than a song.",
            remedy=ANOTHER,
        )
    if not 0 < file.ticks_per_beat < 0x8000:
        raise InputError("The MIDI file counts film frames (SMPTE) in place of beats.", remedy=ANOTHER)
    return file, (*before, *skipped)


def _placed(track: int, messages: Sequence[Any]) -> Iterator[Placed]:
    tick = 0
    for message in messages:
        tick += message.time
        yield tick, track, message


def _tempo_changes(placed: Sequence[Placed]) -> tuple[tuple[int, int], ...]:
    changes = {0: _DEFAULT_TEMPO_US}
    for tick, _, message in placed:
        if message.type == "set_tempo" and message.tempo > 0:
            changes[tick] = message.tempo
    return tuple(sorted(changes.items()))


def _players(file: mido.MidiFile, placed: Sequence[Placed], tempi: Tempi) -> tuple[Player, ...]:
    """Return a player for each channel that has notes; every port has sixteen channels of its own."""
    ports = [next((m.port for m in track if m.type == "midi_port"), 0) for track in file.tracks]
    by_channel: dict[tuple[int, int], list[Placed]] = defaultdict(list)
    for tick, track, message in placed:
        if message.type in _PLAYED or message.type == "program_change":
            by_channel[ports[track], message.channel].append((tick, track, message))
    players = [_player(file, channel, found, tempi) for (_, channel), found in sorted(by_channel.items())]
    with_notes = tuple(player for player in players if player.notes)
    if not with_notes:
        raise InputError(
            "The MIDI file holds no notes.", causes=("it is an empty project or a template",), remedy=ANOTHER
        )
    return with_notes


def _player(file: mido.MidiFile, channel: int, found: Sequence[Placed], tempi: Tempi) -> Player:
    notes = _notes(found, tempi)
    programs = _programs(found)
    program = programs.most_common(1)[0][0] if programs else 0
    bank = next((m.value for _, _, m in found if m.type == "control_change" and m.control == 0), 0)
    kit = is_kit(channel, bank)
    tracks = Counter(track for _, track, message in found if _starts(message))
    track = tracks.most_common(1)[0][0] if tracks else 0
    return Player(
        name=clean(file.tracks[track].name) or f"channel {channel + 1}",
        stem=stem_of(program, kit=kit),
        program=program,
        channel=DRUM_CHANNEL if kit else channel,
        track=track,
        notes=notes,
        messages=tuple((tick, message) for tick, _, message in found),
    )


def _programs(found: Sequence[Placed]) -> Counter[int]:
    """Return how many notes each program plays."""
    programs: Counter[int] = Counter()
    program = 0
    for _, _, message in found:
        if message.type == "program_change":
            program = message.program
        elif _starts(message):
            programs[program] += 1
    return programs


def _notes(found: Sequence[Placed], tempi: Tempi) -> tuple[Struck, ...]:
    """Pair starts with ends: a note struck again ends there, one that is never ended, at the last message."""
    sounding: dict[int, int] = {}
    spans: list[tuple[int, int, int]] = []
    for tick, _, message in found:
        if message.type not in ("note_on", "note_off"):
            continue
        start = sounding.pop(message.note, None)
        if start is not None:
            spans.append((start, tick, message.note))
        if _starts(message):
            sounding[message.note] = tick
    last = found[-1][0] if found else 0
    spans += [(start, max(start, last), key) for key, start in sounding.items()]
    return tuple(sorted(Struck(a, b, key, tempi.seconds(a), tempi.seconds(b)) for a, b, key in spans))


def _starts(message: Any) -> bool:
    return bool(message.type == "note_on" and message.velocity > 0)


def _marks(placed: Sequence[Placed], tempi: Tempi, duration_s: float) -> tuple[Mark, ...]:
    """Return the sections by the file's markers; one that names no section of ours still parts the song."""
    marks: dict[int, Mark] = {}
    for tick, _, message in placed:
        if message.type not in ("marker", "cue_marker") or tempi.seconds(tick) >= duration_s:
            continue
        text = clean(message.text)
        if text:
            marks[tick] = Mark(tempi.seconds(tick), text, kind_of_heading(f"[{text}]"))
    return tuple(marks[tick] for tick in sorted(marks))


def _bars(placed: Sequence[Placed], tempi: Tempi, duration_s: float) -> tuple[float, ...]:
    """Return when each bar begins."""
    meters = {0: (4, 4)}
    for tick, _, message in placed:
        if message.type == "time_signature" and message.numerator and message.denominator:
            meters[tick] = (message.numerator, message.denominator)
    changes = sorted(meters.items())
    starts: list[float] = []
    for at, (tick, (beats, unit)) in enumerate(changes):
        bar = max(1, tempi.ticks_per_quarter * 4 * beats // unit)
        following = changes[at + 1][0] if at + 1 < len(changes) else tempi.tick(duration_s)
        room = _MOST_BARS - len(starts)
        starts += [tempi.seconds(start) for start in range(tick, following, bar)[: max(0, room)]]
    return tuple(starts)


def _key(placed: Sequence[Placed]) -> str:
    key = next((m.key for _, _, m in placed if m.type == "key_signature"), "")
    return f"{key.removesuffix('m')} {'minor' if key.endswith('m') else 'major'}" if key else ""


def _title(file: mido.MidiFile, players: Sequence[Player], name: str) -> str:
    """Return the first track's name when it is the song's and no player's, else the file's."""
    first = clean(file.tracks[0].name) if file.tracks else ""
    theirs = {player.name for player in players}
    if _NO_NAME.fullmatch(first) or first in theirs:
        return PurePath(name).stem[:120] or "Untitled"
    return first


__all__ = ["LARGEST_BYTES", "LONGEST_S", "LONG_LEAD_S", "MOST_NOTES", "opened", "read_midi"]
