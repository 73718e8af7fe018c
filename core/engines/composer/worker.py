"""The child's side of the built-in band: plan and lyrics in, clips with their true stems out."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.engines.composer.compose.arrange import arrange
from core.engines.composer.model import STEMS
from core.engines.composer.play.composed import Composed
from core.engines.composer.play.fades import fade
from core.engines.composer.play.opening import write_opening
from core.engines.composer.play.piece import Piece
from core.engines.composer.play.players import Players
from core.engines.composer.play.rehearsal import Rehearsal
from core.engines.composer.play.render import balance, fade_out, summed
from core.engines.composer.play.replay import UploadedMidi
from core.engines.composer.play.silence import playing_s, silent_by_choice
from core.engines.composer.play.soundfont import checked_soundfont, has_drums, is_bundled, soundfont_id
from core.engines.composer.play.sung_notes import sung_notes
from core.engines.composer.settings import LAST_TAKE, BandSettings, MidiWords
from core.engines.composer.sing.voice import Voice
from core.engines.composer.sing.voices import Network, network_of
from core.engines.shared.clips import Cut, cut_at
from core.errors import EngineInputError
from core.midi.lyrics import lyrics_of
from core.midi.reading import read_midi
from core.midi.song import MidiSong
from core.progress import Report, part
from core.song import Lyrics, Plan
from core.writing.language import NAMES
from core.writing.plan import ring_out_s

Samples = npt.NDArray[np.float32]
_PATIENCE_S = 0.25
"""How often progress is reported while the voice is still singing; each report may cancel."""
Sounds = dict[str, tuple[Samples, int]]


class Worker:
    """The built-in band. Loads nothing until its first song."""

    device = "cpu"
    precision = "float32"

    def __init__(self, voice: Voice | None = None, players: Players | None = None) -> None:
        self._players: dict[Path, Players] = {}
        self._given = players
        self._voice = voice or Voice()
        self._rehearsal = Rehearsal(self._voice, self._usual_band)

    def prepare(
        self, values: Mapping[str, Any], sounds: Mapping[str, Any], report: Report
    ) -> tuple[dict[str, Any], Sounds]:
        """Load what the first song would wait for; raises what a song would: EngineMissingError and others.

        What ``report`` raises ends the waiting, not the loading.
        """
        self._rehearsal.hold(report)
        return {}, {}

    def compose(
        self, values: Mapping[str, Any], sounds: Mapping[str, Any], report: Report
    ) -> tuple[dict[str, Any], Sounds]:
        """Compose, play and sing the song of ``values``.

        values: "plan" and "lyrics" (JSON of Plan, Lyrics or None), or "midi" ("name", "base64") to play in
        their place, its words sung unless "instrumental"; "seed", "sample_rate" Hz, "clips" 1 to
        10, "overlap_s", "options" (BandSettings); "first_listen", a path at which a song's first section is
        put before the whole is played (nothing where the song is short), or "". Returns sounds ``clip_1``,
        ``clip_1/vocals`` ... (each the exact sum of its stems) and values: the notes worth telling, the
        stems silent by choice, where each stem plays, what is sung, the overlap of each join, chords, MIDI,
        gains and sections. Neighbouring clips hold the same sound in their overlap, so that an equal-gain
        crossfade gives the performance back.
        Raises InputError for a MIDI file that cannot be read, EngineInputError, EngineMissingError,
        EngineOutputError, Cancelled.
        """
        sample_rate = _sample_rate(values)
        report(0.0, "Composing")
        self._rehearsal.over(report)
        settings = _settings(values)
        font = checked_soundfont(settings.soundfont)
        players = self._band(font)
        network, who = network_of(settings.voice)
        piece = _piece(values, settings, has_kit=has_drums(font), mans_voice=network.is_mans)
        ring_s = ring_out_s(piece.duration_s)
        frames = round((piece.duration_s + ring_s) * sample_rate)
        if values.get("first_listen"):
            self._open(piece, players, network, sample_rate, Path(str(values["first_listen"])), report)
        performance = self._perform(piece, players, network, frames, sample_rate, part(report, 0.03, 0.9))
        said = who if piece.score.sung else ()
        stems = performance.stems
        report(0.9, "Balancing the stems")
        for sound in stems.values():
            fade_out(sound, sample_rate)
        trim_db = balance(stems, sample_rate)
        if isinstance(piece, Composed):
            fade(stems, piece.plan, sample_rate)
        joins = [round(join_s * sample_rate) for join_s in piece.joins_s]
        overlap = round(float(values.get("overlap_s", 0.0)) * sample_rate)
        cut = cut_at(joins, frames, int(values.get("clips", 1)), overlap)
        report(0.96, "Cutting clips")
        reply = {
            **piece.reply(performance.plain_db),
            "notes": [*piece.notes, *cut.notes, *said, *performance.notes, *_font_notes(font)],
            "soundfont": {"name": font.name, "id": soundfont_id(font)},
            "overlap_s": [overlap / sample_rate for overlap in cut.overlaps],
            "overlap_identical": True,
            "duration_s": piece.duration_s + ring_s,
            "gains_db": {name: round(gain + trim_db, 2) for name, gain in performance.gains_db.items()},
            "chosen_silent": silent_by_choice(piece.played_s, cut, sample_rate),
            "sung": sung_notes(piece.score, cut, sample_rate),
        }
        if isinstance(piece, Composed):
            # A MIDI file may turn its own channels down to nothing.
            reply["plays_s"] = playing_s(piece.played_s, cut, sample_rate)
        return reply, _clips(stems, cut, sample_rate)

    def _open(
        self, piece: Piece, players: Players, network: Network, sample_rate: int, path: Path, report: Report
    ) -> None:
        """Put the song's first section at ``path``; of a short song, which is there as soon, nothing."""
        found = piece.opening()
        if found is None:
            return
        opening, seconds = found
        frames = round(seconds * sample_rate)
        performance = self._perform(opening, players, network, frames, sample_rate, part(report, 0.0, 0.02))
        write_opening(performance.stems, sample_rate, path)

    def _usual_band(self) -> Players:
        return self._band(checked_soundfont())

    def _band(self, font: Path) -> Players:
        """Return the players of one SoundFont; those of another are ended: each holds its own in memory."""
        if self._given is not None:
            return self._given
        if font not in self._players:
            for players in self._players.values():
                players.close()
            self._players = {font: Players(font)}
        return self._players[font]

    def _perform(
        self,
        piece: Piece,
        players: Players,
        network: Network,
        frames: int,
        sample_rate: int,
        report: Report,
    ) -> _Performance:
        """Play and sing at the same time; either one's failure ends both."""
        score = piece.score
        singing = self._voice.start(score, frames, sample_rate, network) if score.sung else None
        try:
            played = piece.play(players, frames, sample_rate, part(report, 0.0, 0.8))
            if singing is None:
                silence = np.zeros((frames, 2), np.float32)
                return _Performance({"vocals": silence, **played.stems}, played.gains_db, played.plain_db, ())
            while not wait((singing,), timeout=_PATIENCE_S).done:
                report(0.85, "Singing")
            sung = singing.result()
        except BaseException:
            self._voice.stop()
            raise
        stems = {"vocals": sung.sound, **played.stems}
        return _Performance(stems, {**played.gains_db, "voice": sung.gain_db}, played.plain_db, sung.notes)


@dataclass(frozen=True, eq=False)
class _Performance:
    """The four stems before the balance, each part's gain with and without its tone, the singer's notes."""

    stems: dict[str, Samples]
    gains_db: Mapping[str, float]
    plain_db: Mapping[str, float]
    notes: tuple[str, ...]


def _font_notes(font: Path) -> tuple[str, ...]:
    return () if is_bundled(font) else (f"Played through the SoundFont {font.name}.",)


def _piece(values: Mapping[str, Any], settings: BandSettings, *, has_kit: bool, mans_voice: bool) -> Piece:
    """Return what is to be played: the uploaded MIDI file, else a song composed for the plan.

    ``has_kit``: whether the SoundFont has drums; without them nobody plays those of a composed song.
    ``mans_voice``: whether who sings is a man, for whom a composed song's tune lies lower.
    """
    midi = values.get("midi")
    if midi:
        content = base64.b64decode(str(midi["base64"]))
        song = read_midi(content, str(midi["name"]))
        return UploadedMidi(
            song, content, _why_played(song, settings, instrumental=bool(values.get("instrumental")))
        )
    plan, lyrics = _asked(values)
    said: tuple[str, ...] = ()
    if not has_kit and ("drums" not in plan.without or plan.percussion):
        plan = plan.model_copy(update={"without": (*plan.without, "drums"), "percussion": ()})
        said = ("The SoundFont has no drum kit: nobody plays the drums.",)
    if mans_voice and not plan.duet:
        plan = plan.model_copy(update={"low_voice": True})
    try:
        arrangement = arrange(plan, lyrics, settings)
    except ValueError as error:
        raise EngineInputError(
            f"The band cannot play this plan: {error}.",
            causes=("the plan's key or chords were edited to something the band does not know",),
            remedy="Correct the plan, or make it afresh from the prompt.",
        ) from error
    return Composed(plan, arrangement.score, (*arrangement.notes, *said))


def _why_played(song: MidiSong, settings: BandSettings, *, instrumental: bool) -> str:
    """Return why an instrument plays the tune of a MIDI file's words; empty when they are sung."""
    lyrics = lyrics_of(song)
    if instrumental or settings.midi_words is MidiWords.PLAY:
        return "that was chosen"
    if lyrics is not None and not lyrics.singable:
        return f"the embedded voice cannot sing {NAMES.get(lyrics.language, lyrics.language)}"
    return ""


def _asked(values: Mapping[str, Any]) -> tuple[Plan, Lyrics | None]:
    try:
        plan = Plan.model_validate(values["plan"])
        if "seed" in values:
            plan = plan.model_copy(update={"seed": int(values["seed"])})
        return plan, Lyrics.model_validate(values["lyrics"]) if values.get("lyrics") is not None else None
    except (KeyError, TypeError, ValueError) as error:
        raise EngineInputError(
            "The band was given a plan that it cannot read.",
            causes=("the plan was edited by hand", "it comes from another version of the studio"),
            remedy="Make the plan afresh from the prompt.",
            detail=str(error),
        ) from error


def _sample_rate(values: Mapping[str, Any]) -> int:
    """Return the rate that was asked for; raises EngineInputError for it, or for the number of clips."""
    try:
        sample_rate, clips = int(values["sample_rate"]), int(values.get("clips", 1))
    except (KeyError, TypeError, ValueError) as error:
        raise EngineInputError(
            "The request to the band lacks a sample rate or a number of clips.",
            remedy="Report this: the studio asked in a way that the band does not know.",
            detail=str(error),
        ) from error
    if not 1 <= clips <= 10 or not 8_000 <= sample_rate <= 192_000:
        raise EngineInputError(
            f"The band plays 1 to 10 clips at 8 to 192 kHz, not {clips} at {sample_rate} Hz.",
            remedy="Choose a number of clips and a rate within those bounds.",
        )
    return sample_rate


def _settings(values: Mapping[str, Any]) -> BandSettings:
    try:
        return BandSettings.model_validate(values.get("options") or {})
    except ValueError as error:
        raise EngineInputError(
            "The band was given settings that it cannot read.",
            causes=("the settings were edited by hand", "they come from another version of the studio"),
            remedy=f"Choose takes from 0 to {LAST_TAKE}.",
            detail=str(error),
        ) from error


def _clips(stems: Mapping[str, Samples], cut: Cut, sample_rate: int) -> Sounds:
    out: Sounds = {}
    song = summed(stems)
    for number, (start, stop) in enumerate(cut.spans, start=1):
        out[f"clip_{number}"] = (song[start:stop], sample_rate)
        for name in STEMS:
            out[f"clip_{number}/{name}"] = (stems[name][start:stop], sample_rate)
    return out
