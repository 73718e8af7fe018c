"""Playing a score: each part through the SoundFont, set to its level in the balance, summed into stems.

Every gain is static: one number for a part over the whole song. The renderer gives 16-bit stereo at
48 kHz; stems are resampled once, at the end, at very high quality.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from core.engines.composer.model import STEMS, Score
from core.engines.composer.play.loudness import loudness_lufs
from core.engines.composer.play.players import Players
from core.engines.composer.play.smf import part_bytes
from core.engines.composer.play.tone import WIDEST, drive, shape
from core.engines.composer.play.way import make_way
from core.engines.composer.sing.reverb import in_room
from core.engines.composer.stock.sounds import SOUNDS, TONES, USUAL, Seat, Sound, under_a_voice
from core.errors import EngineOutputError
from core.machine.paging import zeros
from core.progress import Report

Samples = npt.NDArray[np.float32]

NATIVE_RATE = 48_000
STEM_CEILING_DBFS = -6.5
SUM_CEILING_DBFS = -3.5
SONG_LUFS = -20.0
"""The song's target loudness, when its peaks allow."""
_TARGET_LUFS = {"drums": -23.5, "bass": -25.0, "other": -26.5}
"""Loudness that a part of each stem is set to, before its own ``level_db`` and the song's gain."""
_FADE_S = 0.35
_DRIFT_S = 0.1
_WAVE_HEADER_BYTES = 44
_CHUNK = 60 * NATIVE_RATE
_CACHED = 1 << 16
_SOFTER_VOLUMES = (64, 36)


@dataclass(frozen=True, eq=False)
class Played:
    """The stems at the wanted rate, all of one length, and the gains that were used."""

    stems: Mapping[str, Samples]
    gains_db: Mapping[str, float]
    plain_db: Mapping[str, float] = field(default_factory=dict)
    """The gain that each part would have for its place in the balance without its tone, and as loud as it is
    with the way it makes for a voice."""


def play(score: Score, players: Players, frames: int, sample_rate: int, report: Report) -> Played:
    """Play the instruments of ``score``: drums, bass and other, each (frames, 2) at ``sample_rate``.

    A stem that nobody plays is all zeros.
    """
    native = -(-frames * NATIVE_RATE // sample_rate) + NATIVE_RATE // 10
    stop_beat = native / NATIVE_RATE * score.tempo_bpm / 60.0
    stems = {name: zeros(native, 2) for name in STEMS if name != "vocals"}
    gains: dict[str, float] = {}
    plain: dict[str, float] = {}
    place = SOUNDS.get(score.genre, USUAL)
    waves = players.play(part_bytes(part, score.tempo_bpm, stop_beat) for part in score.parts)
    for index, (part, wave) in enumerate(zip(score.parts, waves, strict=True)):
        report(index / len(score.parts), f"Playing {part.name}")
        again = partial(part_bytes, part, score.tempo_bpm, stop_beat)
        sound, softer_db = unclipped(wave, again, native, players)
        wanted_lufs = _TARGET_LUFS[part.stem] + part.level_db
        plain[part.name] = round(gain_to(sound, NATIVE_RATE, wanted_lufs, part.name) - softer_db, 2)
        if part.seat is Seat.GUITARS and place.guitars_drive_db:
            drive(sound, place.guitars_drive_db)
        if part.seat is Seat.KIT and place.kit_drive_db:
            drive(sound, place.kit_drive_db)
        shape(sound, NATIVE_RATE, TONES[part.seat], part.name, WIDEST)
        if part.ducks:
            sound *= _ducking(score, native)[:, None]
        gain_db = gain_to(sound, NATIVE_RATE, wanted_lufs, part.name)
        gains[part.name] = round(gain_db - softer_db, 2)
        sound *= np.float32(10.0 ** (gain_db / 20.0))
        stems[part.stem] += sound
        del wave, sound
    if score.sung:
        plain = _with_ways_made(stems, score, place, plain)
    report(0.9, "Adding reverb to the band")
    for name, share_db in (("drums", place.kit_wet_db), ("other", 0.0)):
        in_room(stems[name], NATIVE_RATE, replace(place.reverb, wet_db=place.reverb.wet_db + share_db))
    report(0.95, "Resampling")
    out = {name: delivered(stems.pop(name), frames, sample_rate) for name in list(stems)}
    return Played(out, gains, plain)


def _with_ways_made(
    stems: Mapping[str, Samples], score: Score, place: Sound, plain: Mapping[str, float]
) -> dict[str, float]:
    """Make way for the voice in ``stems``, in place; return ``plain`` with what each part lost by that."""
    lost: dict[str, float] = {}
    for name, way in (
        ("other", under_a_voice(place.way_db)),
        ("drums", under_a_voice(place.kit_way_db, sides=0.0)),
        ("bass", under_a_voice(place.bass_way_db, sides=0.0)),
    ):
        before = loudness_lufs(stems[name], NATIVE_RATE)
        make_way(stems[name], NATIVE_RATE, score, way, name)
        after = loudness_lufs(stems[name], NATIVE_RATE)
        lost[name] = 0.0 if before is None or after is None else after - before
    return {part.name: round(plain[part.name] + lost[part.stem], 2) for part in score.parts}


def delivered(sound: Samples, frames: int, sample_rate: int) -> Samples:
    """Return what the renderer played at the song's rate and length, without drift."""
    return without_drift(resampled(sound, NATIVE_RATE, sample_rate, frames), sample_rate)


def gain_to(sound: Samples, sample_rate: int, wanted_lufs: float, name: str) -> float:
    """Return the static gain in dB that brings ``sound`` to a loudness; raises when there is no sound."""
    present = loudness_lufs(sound, sample_rate)
    if present is None:
        raise EngineOutputError(
            f"The band's {name} came out silent although it has notes.",
            causes=("the SoundFont lacks the instrument", "the voice returned no sound"),
            remedy="Use the bundled SoundFont (remove GAINSTAGE_SOUNDFONT); if that is no help, report this.",
        )
    return wanted_lufs - present


def balance(stems: Mapping[str, Samples], sample_rate: int) -> float:
    """Scale all stems, in place, by one gain: to the song's loudness, or less where a peak needs headroom.

    Returns the gain in dB.
    """
    total = zeros(*next(iter(stems.values())).shape)
    for sound in stems.values():
        total += sound
    room_db = min(
        STEM_CEILING_DBFS - max(_peak_dbfs(sound) for sound in stems.values()),
        SUM_CEILING_DBFS - _peak_dbfs(total),
    )
    gain_db = min(room_db, gain_to(total, sample_rate, SONG_LUFS, "song"))
    for sound in stems.values():
        np.multiply(sound, np.float32(10.0 ** (gain_db / 20.0)), out=sound)
    return gain_db


def without_drift(sound: Samples, sample_rate: int) -> Samples:
    """Return the sound without what lies under about 15 Hz: some of the SoundFont's waves lean to one side.

    The sound's own running mean over a tenth of a second, taken twice (a triangle), is subtracted: linear
    phase, nothing lost from 30 Hz up, and a silent sound stays silent.
    """
    width = int(_DRIFT_S * sample_rate) | 1
    out = zeros(*sound.shape)
    out[:] = sound
    # In pieces that stay in the processor's cache; each reaches into its neighbours by what the mean spans.
    for start in range(0, len(sound), _CACHED):
        stop, reach = min(len(sound), start + _CACHED), width - 1
        first, last = max(0, start - reach), min(len(sound), stop + reach)
        wave = np.zeros(stop - start + 2 * reach)
        for channel in range(sound.shape[1]):
            wave[first - start + reach : last - start + reach] = sound[first:last, channel]
            out[start:stop, channel] -= _running_mean(_running_mean(wave, width), width)
    return out


def _running_mean(wave: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    """Mean over ``width`` frames, at every place that has as many: ``width - 1`` fewer than went in."""
    total = np.zeros(len(wave) + 1)
    np.cumsum(wave, out=total[1:])
    return np.asarray((total[width:] - total[:-width]) / width)


def summed(stems: Mapping[str, Samples]) -> Samples:
    """Return the stems' sum, added in double precision a minute at a time and rounded once."""
    sounds = list(stems.values())
    out = zeros(*sounds[0].shape)
    for start in range(0, len(out), _CHUNK):
        total = np.zeros(out[start : start + _CHUNK].shape, np.float64)
        for sound in sounds:
            total += sound[start : start + _CHUNK]
        out[start : start + _CHUNK] = total
    return out


def _peak_dbfs(sound: Samples) -> float:
    peak = max(float(sound.max(initial=0.0)), -float(sound.min(initial=0.0)))
    return float(20.0 * np.log10(max(1e-9, peak)))


def fade_out(sound: Samples, sample_rate: int) -> None:
    """Fade the sound's last third of a second, in place, so that nothing is cut."""
    count = min(len(sound), int(_FADE_S * sample_rate))
    if count:
        sound[-count:] *= np.square(np.cos(np.linspace(0.0, np.pi / 2, count)))[:, None].astype(np.float32)


def resampled(sound: Samples, rate: int, wanted: int, frames: int) -> Samples:
    """Return ``sound`` at another rate, cut or padded with silence to ``frames``."""
    if rate != wanted:
        import soxr

        sound = np.asarray(soxr.resample(sound, rate, wanted, quality="VHQ"), dtype=np.float32)
    if len(sound) < frames:
        sound = np.concatenate([sound, np.zeros((frames - len(sound), sound.shape[1]), np.float32)])
    return np.ascontiguousarray(sound[:frames])


def unclipped(
    wave: bytes, again: Callable[[int], bytes], frames: int, players: Players
) -> tuple[Samples, float]:
    """Return a part's sound (frames, 2), and how many dB softer it is than ``wave``.

    ``again`` gives the part's MIDI file at a volume in percent: where the 16-bit output clipped, it is played
    again more softly. How much softer is read off what did not clip.
    """
    loud = pcm = _pcm(wave)[:frames]
    volume = 100
    for volume in _SOFTER_VOLUMES:
        if not _clips(pcm):
            break
        pcm = _pcm(next(players.play([again(volume)])))[:frames]
    out = np.zeros((frames, 2), np.float32)
    np.multiply(pcm, np.float32(1.0 / 32_768.0), out=out[: len(pcm)])
    if pcm is loud:
        return out, 0.0
    return out, _softer_db(loud, pcm, volume)


def _clips(pcm: npt.NDArray[np.int16]) -> bool:
    return bool(pcm.max(initial=0) == 32_767 or pcm.min(initial=0) == -32_768)


def _softer_db(loud: npt.NDArray[np.int16], soft: npt.NDArray[np.int16], volume: int) -> float:
    """Return the gain in dB between two takes of one part, by least squares where the loud one is whole.

    Where it is whole nowhere, what General MIDI makes of a volume in percent.
    """
    kept = min(len(loud), len(soft))
    a, b = loud[:kept].astype(np.float64), soft[:kept].astype(np.float64)
    whole = (np.abs(a) < 32_000).all(axis=1)
    a, b = a[whole], b[whole]
    found = float(np.vdot(a, b)) / max(1.0, float(np.vdot(a, a)))
    return float(20.0 * np.log10(found) if found > 0.0 else 40.0 * np.log10(volume / 100.0))


def _pcm(wave: bytes) -> npt.NDArray[np.int16]:
    return np.frombuffer(wave, dtype="<i2", offset=_WAVE_HEADER_BYTES).reshape(-1, 2)


def _ducking(score: Score, frames: int) -> Samples:
    """Gain over time that dips 5 dB at each kick and is back within a beat's half."""
    out = np.ones(frames, np.float32)
    beat_s = 60.0 / score.tempo_bpm
    length = int(min(0.28, 0.55 * beat_s) * NATIVE_RATE)
    attack = int(0.004 * NATIVE_RATE)
    dip = 1.0 - 0.44 * np.square(np.cos(np.linspace(0, np.pi / 2, length))).astype(np.float32)
    dip[:attack] = np.linspace(1.0, dip[attack], attack, dtype=np.float32)
    for kick in score.kicks:
        start = int(kick * beat_s * NATIVE_RATE)
        stop = min(frames, start + length)
        if start < frames:
            out[start:stop] = np.minimum(out[start:stop], dip[: stop - start])
    return out
