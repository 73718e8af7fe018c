"""Generate: clips from an engine, or the sound that the person uploaded; the band plays a MIDI file.

No engine, no sound: whatever an engine cannot make is an error here, never a stand-in.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np

from core.audio import Audio, Stems
from core.checks import COMMON
from core.checks.planned import PlaysAsPlanned
from core.checks.trained import Trained
from core.contract import Contract, Figures, Material, Promise
from core.engines.base import EngineCard, EngineOptions, Engines, Reply
from core.errors import InputError, SettingsError, StorageError
from core.machine.home import storage_error
from core.settings import count, knob, pick
from core.song import SongRequest
from core.stages.answered import holding
from core.stages.base import Choice, MadeBy, Output, StageSettings, Work
from core.stages.choice import AUTO, best_engine, candidates, checkpoint_field, named_engine, options_field
from core.values import Json

UPLOAD = "upload"
"""The engine name of an uploaded sound."""
SOURCE = "source"
"""What an engine is given a song as that it is to change."""


MOST_TAKES = 16
SEED_OF_TAKE = 1_000_033
"""Between the seeds of two takes."""
LAST_SEED = 2**31 - 1


class BrokenSamples(StrEnum):
    """What to do with NaN and infinite samples of an upload."""

    KEEP = "keep"
    SILENCE = "silence"


class GenerateSettings(StageSettings):
    """How the clips are made."""

    engine: str = pick("auto", "Engine", "auto picks the best engine that can run here.")
    clips: int = count(1, 1, 10, "", "Clips", "How many pieces the song is made in; assemble joins them.")
    overlap_s: float = knob(
        2.0, 0.0, 10.0, "s", "Overlap", "How far each clip runs into the next, for the crossfade.", 0.5
    )
    takes: int = count(
        1, 1, MOST_TAKES, "", "Takes", "How many performances of the same plan are made to choose from."
    )
    take: int = count(
        0, 0, MOST_TAKES, "", "Take", "Which of them the song goes on with; 0 is the best by its checks."
    )
    broken_samples: BrokenSamples = pick(
        BrokenSamples.KEEP,
        "Broken samples of an upload",
        "Leave NaN and infinite samples in to inspect them, or replace them by silence to continue.",
    )
    checkpoint: str = checkpoint_field()
    options: EngineOptions = options_field()

    def seed_of_take(self, seed: int) -> int:
        """Return the seed of the chosen take of a song; that of the first is the song's own."""
        return (seed + SEED_OF_TAKE * max(0, self.take - 1)) % (LAST_SEED + 1)

    @property
    def engine_named(self) -> str:
        """The engine that these settings ask for by name; empty when they ask for none."""
        return "" if self.engine == AUTO else self.engine


class GenerateStage:
    """Prompt, plan and lyrics in; ``clip_1`` ... and their true stems ``clip_1/vocals`` ... out."""

    name: ClassVar[str] = "generate"
    title: ClassVar[str] = "Generate"
    about: ClassVar[str] = "One or more clips of music."
    icon: ClassVar[str] = ":material/piano:"
    version: ClassVar[int] = 1
    delivers: ClassVar[Material] = Material.CLIPS
    takes: ClassVar[tuple[Material, ...]] = (Material.UPLOAD,)
    settings_type: type[GenerateSettings] = GenerateSettings
    figures_type: ClassVar[type[Figures]] = Figures
    contract: Contract = Contract(checks=(*COMMON, PlaysAsPlanned()), whole=(Trained(),))

    def choose_for(self, request: SongRequest, settings: GenerateSettings, engines: Engines) -> Choice:
        """Pick the engine: the upload if there is one, the named one, or the first that is ready.

        An uploaded song goes to an engine whose own settings are to change it, a MIDI file to one that plays
        it. Raises EngineMissingError when the named engine, or every engine, cannot run here,
        EngineInputError for a file of its settings that cannot be used, SettingsError when a song is to be
        changed and none was uploaded, or for an engine that plays no MIDI file.
        """
        if request.midi is not None:
            return _plays_midi(settings, engines)
        changing, task = _changing(settings, engines)
        if request.upload is not None:
            if changing is None:
                return Choice(UPLOAD, "the sound was uploaded")
            choice = named_engine(changing.name, engines, settings.checkpoint, settings.options)
            return replace(choice, reason=f"to {task} the uploaded song")
        if changing is not None:
            raise SettingsError(
                f"{changing.title} is to {task} a song, and none was uploaded.",
                remedy=f"Upload a song to change, or set the task of {changing.title} to song.",
            )
        if settings.engine != AUTO:
            return named_engine(settings.engine, engines, settings.checkpoint, settings.options)
        remedy = "Install requirements-lite.txt for the built-in band."
        if settings.checkpoint:
            remedy = "Name a folder that holds one of these models, or clear the checkpoint setting."
        return best_engine("generate", engines, settings.checkpoint, settings.options, remedy)

    def run(self, work: Work[GenerateSettings]) -> Output:
        """Make the clips; raises EngineError's children and InputError."""
        if work.engine == UPLOAD:
            return _uploaded(work)
        source = work.inputs.get(Material.UPLOAD, {})
        if work.plan is None and not source and work.request.midi is None:
            raise InputError("There is no plan to make sound from.", remedy="Run the lyrics stage first.")
        card = work.engines.card(work.engine)
        reply = work.engines.call(
            work.engine,
            "compose",
            values={
                "midi": work.request.midi.model_dump(mode="json") if work.request.midi else None,
                "plan": work.plan.model_dump(mode="json") if work.plan else None,
                "lyrics": work.lyrics.model_dump(mode="json") if work.lyrics else None,
                "prompt": work.request.prompt,
                "typed_lyrics": work.request.typed_lyrics,
                "instrumental": work.request.instrumental,
                "seed": work.settings.seed_of_take(work.request.seed),
                "sample_rate": work.request.sample_rate,
                "clips": work.settings.clips,
                "overlap_s": work.settings.overlap_s if work.settings.clips > 1 else 0.0,
                "checkpoint": work.checkpoint,
                "options": card.options(work.settings.options).model_dump(mode="json"),
            },
            sounds={SOURCE: _whole(source, work.settings.broken_samples)} if source else {},
            report=work.report,
            first_listen=partial(_put, work.first_listen) if work.first_listen else None,
        )
        return _made(work, holding(reply, ["clip_1"], card, "clips"))


def _plays_midi(settings: GenerateSettings, engines: Engines) -> Choice:
    """Choose an engine that plays a MIDI file."""
    players = [card for card in candidates("generate", settings.engine, engines) if card.plays_midi]
    if not players:
        able = " or ".join(card.name for card in engines.cards("generate") if card.plays_midi)
        raise SettingsError(
            f"{settings.engine} plays no MIDI file; {able or 'no engine here'} does.",
            remedy=f"Set generate.engine to {AUTO} or {able or 'an engine that does'}.",
        )
    choice = named_engine(players[0].name, engines, "", settings.options)
    return replace(choice, reason="to play the uploaded MIDI file")


def _changing(settings: GenerateSettings, engines: Engines) -> tuple[EngineCard | None, str]:
    """Return the engine whose own settings are to change an uploaded song, and what they do with it."""
    for card in candidates("generate", settings.engine, engines):
        task = card.changes(card.options(settings.options))
        if task:
            return card, task
    return None, ""


def _made(work: Work[GenerateSettings], reply: Reply) -> Output:
    values = dict(reply.values)
    card = work.engines.card(work.engine)
    rates = {audio.sample_rate for audio in reply.sounds.values()}
    rate = work.request.sample_rate
    silent = _names(values.get("chosen_silent"))
    midi = values.pop("midi_base64", None)
    length = values.get("duration_s") if work.settings.clips == 1 else None
    peak = values.get("raw_peak_dbfs")
    return Output(
        made_by=MadeBy(
            engine=card.name,
            title=card.title,
            version=card.version,
            device=reply.device,
            precision=reply.precision,
            native_rate=rates.pop() if len(rates) == 1 else None,
            approximate=card.approximate,
            # Random weights sing no words: nobody need look for a voice.
            sings=card.sings and values.get("untrained") is not True,
        ),
        sounds={name: audio.resampled(rate) for name, audio in reply.sounds.items()},
        files=_score(work.scratch, midi, values.get("chords")),
        figures=Figures(engine={n: v for n, v in values.items() if n not in ("notes", "chosen_silent")}),
        notes=tuple(_names(values.get("notes"))),
        promise=Promise(
            duration_s=float(length) if isinstance(length, (int, float)) else None,
            duration_tolerance_s=0.1,
            sample_rate=rate,
            channels=2,
            peak_before_normalising_dbfs=float(peak) if isinstance(peak, (int, float)) else None,
            engine_untrained=values.get("untrained") is True,
        ),
        chosen_silent=frozenset(
            name
            for name in reply.sounds
            if "/" in name and (name in silent or name.rsplit("/", 1)[1] in silent)
        ),
    )


def _put(path: Path, wav: bytes) -> None:
    """Write the song's first section, whole as soon as it is there."""
    part = path.with_suffix(".part")
    try:
        part.write_bytes(wav)
        part.replace(path)
    except OSError as error:
        raise storage_error(error, "The first listen cannot be written.") from error


def _names(value: Json) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _score(scratch: Path, midi: Json, sheet: Json) -> dict[str, Path]:
    """Write what an engine hands over to read and to play: a MIDI file, and a lead sheet as text."""
    files: dict[str, Path] = {}
    try:
        if isinstance(midi, str):
            files["song.mid"] = scratch / "song.mid"
            files["song.mid"].write_bytes(base64.b64decode(midi, validate=True))
        if isinstance(sheet, str):
            files["lead-sheet.txt"] = scratch / "lead-sheet.txt"
            files["lead-sheet.txt"].write_text(sheet, encoding="utf-8")
    except (OSError, binascii.Error) as error:
        raise StorageError(
            "The song's score could not be written.",
            remedy="Free some space on the disk that holds the studio's home.",
            detail=str(error),
        ) from error
    return files


def _whole(sounds: Mapping[str, Audio], broken: BrokenSamples) -> Audio:
    """Return the uploaded song, at most stereo; stems as their sum."""
    mended = {name: _mended(name, audio, broken)[0] for name, audio in sounds.items()}
    folded = {name: _at_most_stereo(name, audio)[0] for name, audio in mended.items()}
    return folded["song"] if set(folded) == {"song"} else _one_length(folded)[0].sum()


def _uploaded(work: Work[GenerateSettings]) -> Output:
    """Return the upload as one clip; stems ride along, and their sum is the clip."""
    rate, notes = work.request.sample_rate, []
    sounds: dict[str, Audio] = {}
    for name, audio in work.inputs[Material.UPLOAD].items():
        mended, said = _mended(name, audio, work.settings.broken_samples)
        stereo, folded = _at_most_stereo(name, mended)
        if stereo.sample_rate != rate:
            notes.append(f"{name}: resampled from {stereo.sample_rate:,} to {rate:,} Hz.")
        sounds[name] = stereo.resampled(rate)
        notes += [*said, *folded]
    clips: dict[str, Audio] = {}
    if set(sounds) == {"song"}:
        clips["clip_1"] = sounds["song"]
    else:
        stems, said = _one_length(sounds)
        notes += said
        clips["clip_1"] = stems.sum()
        clips |= {f"clip_1/{name}": audio for name, audio in stems.items()}
    return Output(
        made_by=MadeBy(engine=UPLOAD, title="Uploaded by you"),
        sounds=clips,
        notes=tuple(notes),
        uploaded=True,
    )


def _mended(name: str, audio: Audio, choice: BrokenSamples) -> tuple[Audio, list[str]]:
    broken = int(np.count_nonzero(~np.isfinite(audio.samples)))
    if not broken or choice is BrokenSamples.KEEP:
        return audio, []
    clean = np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0)
    return Audio(clean, audio.sample_rate), [f"{name}: {broken:,} broken samples were silenced."]


def _at_most_stereo(name: str, audio: Audio) -> tuple[Audio, list[str]]:
    """Fold surround to stereo as ITU-R BS.775-3 table 2 does (centre and surrounds at -3 dB, no LFE)."""
    if audio.channels <= 2:
        return audio, []
    if audio.channels not in (5, 6):
        raise SettingsError(
            f"{name} has {audio.channels} channels; a song is mono, stereo or 5.1.",
            remedy="Fold it to stereo first.",
        )
    x = audio.samples
    half = np.float32(0.5**0.5)
    around = x[:, -2:]
    left = x[:, 0] + half * x[:, 2] + half * around[:, 0]
    right = x[:, 1] + half * x[:, 2] + half * around[:, 1]
    folded = Audio(np.stack([left, right], axis=1), audio.sample_rate)
    return folded, [f"{name}: {audio.channels} channels folded to stereo (ITU-R BS.775)."]


def _one_length(sounds: Mapping[str, Audio]) -> tuple[Stems, list[str]]:
    frames = max(audio.frames for audio in sounds.values())
    channels = max(audio.channels for audio in sounds.values())
    notes, out = [], {}
    for name, audio in sounds.items():
        wide = audio.with_channels(channels)
        missing = frames - wide.frames
        if missing:
            notes.append(f"{name}: {missing / wide.sample_rate:.2f} s of silence added at the end.")
            wide = Audio(np.pad(wide.samples, ((0, missing), (0, 0))), wide.sample_rate)
        out[name] = wide
    return Stems(out), notes
