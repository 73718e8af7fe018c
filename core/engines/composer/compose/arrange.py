"""From plan and lyrics to a full score: every player's part, entering and leaving with the energy.

Each part draws from its own random source, so that changing one leaves the others alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.engines.composer.compose import comping
from core.engines.composer.compose.bass import play_bass
from core.engines.composer.compose.bass_takes import draw_bass_take
from core.engines.composer.compose.casting import Cast, cast, not_cast, style_of
from core.engines.composer.compose.chord_takes import draw_chord_take
from core.engines.composer.compose.counterlines import play_counter_take
from core.engines.composer.compose.drums import groove_for, take_of_drums
from core.engines.composer.compose.expression import expressed
from core.engines.composer.compose.hands import Hands
from core.engines.composer.compose.harmony import Voicing, lay_out, voicings
from core.engines.composer.compose.lead import play_lead
from core.engines.composer.compose.motifs import Tunes
from core.engines.composer.compose.percussion import kit_and_percussion
from core.engines.composer.compose.revoicing import Manner, revoiced
from core.engines.composer.compose.setting import set_words, why_not_sung
from core.engines.composer.compose.tacet import where_they_play
from core.engines.composer.compose.variants import rows_of
from core.engines.composer.model import (
    DRUM_CHANNEL,
    Bar,
    Note,
    Part,
    Score,
    SungLineBeats,
    dice,
)
from core.engines.composer.settings import BandSettings
from core.engines.composer.sing.backing import backing, duet_notes
from core.engines.composer.stock.grooves import KICK, Groove
from core.engines.composer.stock.sounds import Seat
from core.engines.composer.stock.styles import Style
from core.song import Lyrics, Plan, SectionKind
from core.writing.prompt import HARMONY

_GUITARS = range(24, 32)
_SOLO_CHANNEL = 10
_WITHOUT_A_KIT_DB = 5.0
"""How much softer percussion by itself is than a kit."""


@dataclass(frozen=True)
class Arrangement:
    """The score and what is worth telling about it."""

    score: Score
    notes: tuple[str, ...]


def arrange(plan: Plan, lyrics: Lyrics | None, settings: BandSettings | None = None) -> Arrangement:
    """Compose the song that ``plan`` describes, its tune set to ``lyrics`` when they can be sung.

    ``settings`` say which take of each part is played; without them the first of each.
    """
    settings = settings or BandSettings()
    style = style_of(plan)
    groove = groove_for(style.groove, plan.beats_per_bar)
    bars = lay_out(plan)
    tunes = Tunes(plan, style.syncopation, groove, settings.melody_take)
    silent_because = why_not_sung(plan, lyrics)
    notes: list[str] = [silent_because] if silent_because else []
    sung: tuple[SungLineBeats, ...] = ()
    if lyrics is not None and silent_because is None:
        sung, said = set_words(bars, plan, lyrics, tunes)
        notes += [*said, *duet_notes(plan, sung)]
    players = cast(plan, sung=bool(sung))
    notes += not_cast(plan, players)
    band = _Band(plan, style, groove, bars, players, _BELOW_A_VOICE if sung else _OPEN, settings)
    drums = take_of_drums(plan, style, bars, settings.drums_take)
    kicks = tuple(note.start_beat for note in drums if note.pitch == KICK)
    timed = [
        (band.drums(kit_and_percussion(plan, bars, groove, drums, settings.drums_take)), settings.drums_take),
        (band.bass(kicks), settings.bass_take),
        (band.harmony(), settings.chords_take),
        (band.lead(tunes, sung), settings.melody_take),
    ]
    hands = Hands(plan, bars)
    written = tuple(
        expressed(hands.play(part, take), plan, bars, take)
        for part, take in where_they_play(plan, bars, timed)
        if part.notes
    )
    played_kicks = tuple(hands.kick(kick) for kick in kicks)
    behind = backing(plan, bars, sung)
    score = Score(
        written,
        bars,
        sung,
        plan.beats_per_bar,
        plan.tempo_bpm,
        played_kicks,
        behind,
        plan.genre,
        plan.low_voice,
    )
    return Arrangement(score, tuple(notes))


@dataclass(frozen=True)
class _Registers:
    """Where the accompaniment lies, in MIDI keys, so that the tune has a place of its own."""

    chords: tuple[int, int]
    pad: tuple[int, int]
    arpeggio_low: int
    counter_low: int


_OPEN = _Registers((50, 72), (52, 76), 60, 53)
_BELOW_A_VOICE = _Registers((46, 65), (48, 67), 69, 67)


class _Band:
    """The players of one song at work; it holds what all of them need to know."""

    def __init__(
        self,
        plan: Plan,
        style: Style,
        groove: Groove,
        bars: Sequence[Bar],
        players: Cast,
        registers: _Registers,
        settings: BandSettings,
    ) -> None:
        self._settings = settings
        self._registers = registers
        self._plan = plan
        self._style = style
        self._groove = groove
        self._bars = bars
        self._cast = players
        self._beats = plan.beats_per_bar
        number = settings.chords_take
        self._take = draw_chord_take(plan, style, number) if number else None

    def drums(self, notes: tuple[Note, ...]) -> list[Part]:
        if not notes:
            return []
        kit = self._groove
        return [
            Part(
                "drums",
                "drums",
                kit.kit,
                DRUM_CHANNEL,
                notes,
                level_db=kit.level_db - (0.0 if self._cast.drums else _WITHOUT_A_KIT_DB),
                reverb=0.18,
                seat=Seat.KIT,
            )
        ]

    def bass(self, kicks: Sequence[float]) -> list[Part]:
        player = self._cast.bass
        if player is None:
            return []
        within: dict[int, list[float]] = {}
        for kick in kicks:
            within.setdefault(int(kick // self._beats + 1e-9), []).append(kick % self._beats)
        number = self._settings.bass_take
        take = draw_bass_take(self._plan, number) if number else None
        rng = dice(self._plan, "bass", number)
        notes = play_bass(self._bars, self._style, self._groove, self._beats, within, rng, take)
        return [
            Part(
                "bass", "bass", player.program, 0, notes, reverb=0.05, ducks=self._style.ducks, seat=Seat.BASS
            )
        ]

    def harmony(self) -> list[Part]:
        """Chords, pad, arpeggio and counter-line."""
        if HARMONY in self._plan.without:
            return []
        return [*self._chords(), *self._pad(), *self._arpeggio(), *self._counter()]

    def _chord_dice(self, name: str) -> random.Random:
        return dice(self._plan, name, self._settings.chords_take)

    def _voiced(
        self, bars: Sequence[Bar], low: int, high: int, manner: Manner | None, voices: int = 4
    ) -> tuple[Voicing, ...]:
        """Return the bars' voicings: the first take's, or others in a ``manner``."""
        chords = [bar.chord for bar in bars]
        if manner is None:
            return voicings(chords, low, high, voices)
        return revoiced(chords, low, high, voices, manner)

    def _chords(self) -> list[Part]:
        player = self._cast.chords
        if player is None:
            return []
        bars = self._playing(self._chords_play)
        rows = rows_of(self._plan, bars, self._style, self._take, self._settings.chords_take)
        guitar = player.program in _GUITARS
        rng = self._chord_dice("chords")
        if self._style.power and guitar and player.program >= 29:
            low = 40 + (self._take.neck if self._take else 0)
            notes, again = (
                self._ended(comping.play_power_chords(bars, rows, self._groove, self._beats, low, its_rng))
                for its_rng in (rng, self._chord_dice("chords 2"))
            )
            return [
                Part("guitar left", "other", player.program, 1, notes, -0.75, 0.0, 0.15, seat=Seat.GUITARS),
                Part("guitar right", "other", player.program, 2, again, 0.75, 0.0, 0.15, seat=Seat.GUITARS),
            ]
        low = max(player.low, self._registers.chords[0])
        high = max(low + 16, min(player.high, self._registers.chords[1]))
        take = self._take
        voiced = self._voiced(bars, low, high, take.voicing if take else None)
        strum = 0.014 * self._plan.tempo_bpm / 60.0 if guitar else 0.0
        notes = comping.play_chords(
            bars, voiced, rows, self._style, self._groove, self._beats, strum_beats=strum, rng=rng
        )
        return [Part(player.name, "other", player.program, 1, self._ended(notes), -0.3, 0.0, 0.3)]

    def _pad(self) -> list[Part]:
        player = self._cast.pad
        if player is None:
            return []
        bars = self._playing(self._pad_plays)
        low, high = self._registers.pad
        low = max(player.low, low)
        take = self._take
        voiced = self._voiced(bars, low, max(high, low + 16), take.pad_voicing if take else None)
        notes = comping.play_pad(bars, voiced, self._beats, take.pad_tied_bars if take else 4)
        return [
            Part(
                f"{player.name} pad",
                "other",
                player.program,
                3,
                self._ended(notes),
                0.15,
                -5.0,
                0.5,
                self._style.ducks,
                Seat.PAD,
            )
        ]

    def _arpeggio(self) -> list[Part]:
        player = self._cast.arpeggio
        if player is None:
            return []
        bars = self._playing(self._arpeggio_plays)
        low = max(player.low, self._registers.arpeggio_low)
        take = self._take
        voiced = self._voiced(bars, low, low + 17, take.arpeggio_voicing if take else None, voices=3)
        rng = self._chord_dice("arpeggio")
        notes = comping.play_arpeggio(bars, voiced, self._style, self._groove, self._beats, rng, take)
        notes = self._lifted(notes, player.high)
        return [
            Part(
                f"{player.name} arpeggio",
                "other",
                player.program,
                4,
                notes,
                0.45,
                -5.0,
                0.35,
                self._style.ducks,
                Seat.ARPEGGIO,
            )
        ]

    def _counter(self) -> list[Part]:
        player = self._cast.counter
        if player is None:
            return []
        bars = self._playing(self._counter_plays)
        low = min(max(player.low, self._registers.counter_low), player.high - 14)
        rng = self._chord_dice("counter")
        if self._take:
            notes = play_counter_take(bars, low, low + 14, self._beats, self._take.counter, rng)
        else:
            notes = comping.play_counter(bars, low, low + 14, self._beats, rng)
        notes = self._lifted(notes, player.high)
        return [
            Part(f"{player.name} line", "other", player.program, 5, notes, -0.5, -4.5, 0.45, seat=Seat.LINE)
        ]

    def lead(self, tunes: Tunes, sung: Sequence[SungLineBeats]) -> list[Part]:
        """The instrument that plays the tune where nobody sings it."""
        if HARMONY in self._plan.without:
            return []
        player = self._cast.lead
        sung_sections = {line.section_index for line in sung}
        soloist = self._cast.soloist
        others = None if soloist is None else False
        notes = play_lead(self._plan, self._bars, tunes, player, sung_sections, solos=others)
        parts = [
            Part(f"{player.name} lead", "other", player.program, 6, notes, 0.1, 1.0, 0.4, seat=Seat.LEAD)
        ]
        if soloist is not None:
            notes = play_lead(self._plan, self._bars, tunes, soloist, sung_sections, solos=True)
            name = f"{soloist.name} solo"
            parts.append(
                Part(name, "other", soloist.program, _SOLO_CHANNEL, notes, 0.0, 2.0, 0.4, seat=Seat.LEAD)
            )
        return parts

    def _playing(self, plays: Callable[[Bar], bool]) -> tuple[Bar, ...]:
        return tuple(bar for bar in self._bars if plays(bar))

    def _chords_play(self, bar: Bar) -> bool:
        if self._cast.pad is None:
            return True
        quiet_bridge = bar.section.kind is SectionKind.BRIDGE and bar.section.energy < 0.5
        return not (quiet_bridge and bar.bar_in_section < bar.section.bars // 2)

    def _pad_plays(self, bar: Bar) -> bool:
        if bar.section.kind in (SectionKind.INTRO, SectionKind.BRIDGE, SectionKind.OUTRO):
            return True
        if self._cast.chords is None:
            return True
        first_verse = bar.section.kind is SectionKind.VERSE and self._turn(bar) == 0
        return not (first_verse and bar.bar_in_section < bar.section.bars // 2)

    def _arpeggio_plays(self, bar: Bar) -> bool:
        if bar.section.kind in (SectionKind.CHORUS, SectionKind.SOLO, SectionKind.PRE_CHORUS):
            return bar.index < len(self._bars) - 1
        if bar.section.kind is SectionKind.VERSE:
            return self._turn(bar) > 0 or (
                self._cast.pad is None and bar.bar_in_section >= bar.section.bars // 2
            )
        return bar.section.kind is SectionKind.INTRO

    def _counter_plays(self, bar: Bar) -> bool:
        if bar.section.kind in (SectionKind.CHORUS, SectionKind.BRIDGE, SectionKind.OUTRO):
            return True
        return bar.section.kind is SectionKind.VERSE and self._turn(bar) > 0

    def _turn(self, bar: Bar) -> int:
        """How many sections of this kind came before."""
        before = self._plan.sections[: bar.section_index]
        return sum(section.kind is bar.section.kind for section in before)

    def _lifted(self, notes: Sequence[Note], high: int) -> tuple[Note, ...]:
        """Double in the octave above what is played in the last chorus, where there was one before."""
        choruses = [at for at, s in enumerate(self._plan.sections) if s.kind is SectionKind.CHORUS]
        if len(choruses) < 2:
            return tuple(notes)
        inside = [bar.start_beat for bar in self._bars if bar.section_index == choruses[-1]]
        start, stop = inside[0], inside[-1] + self._beats
        above = [
            replace(note, pitch=note.pitch + 12, velocity=max(30, note.velocity - 12))
            for note in notes
            if start <= note.start_beat < stop and note.pitch + 12 <= high
        ]
        return tuple(sorted([*notes, *above]))

    def _ended(self, notes: Sequence[Note]) -> tuple[Note, ...]:
        """In the last bar, keep what starts on its one and let it ring; a song that fades has no last bar."""
        if self._plan.fades_out:
            return tuple(notes)
        last = self._bars[-1].start_beat
        kept = [note for note in notes if note.start_beat < last - 1e-6]
        final = [
            Note(note.start_beat, max(note.length_beats, self._beats * 1.5), note.pitch, note.velocity)
            for note in notes
            if last - 1e-6 <= note.start_beat < last + 0.3
        ]
        if not final:
            final = _final_chord(notes, last, self._beats)
        return tuple(sorted([*kept, *final]))


def _final_chord(notes: Sequence[Note], last: float, beats: int) -> list[Note]:
    """For a part whose rhythm avoids the one: its last bar's first chord, moved there."""
    inside = [note for note in notes if note.start_beat >= last - 1e-6]
    if not inside:
        return []
    first = inside[0].start_beat
    return [Note(last, beats * 1.5, n.pitch, n.velocity) for n in inside if n.start_beat < first + 0.3]
