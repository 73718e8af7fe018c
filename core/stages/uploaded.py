"""What a person uploaded, as a stage can work on it: one rate, mono or stereo, stems of one length.

Nothing is changed in silence: every change is a note, and what would remove something of the person's (broken
samples, a mixture among the stems, the delay of an encoder) is done on request alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import numpy as np

from core.audio import Audio, Stems
from core.checks.uploaded_stems import mixture_among
from core.compare.codec_delay import codec_delays
from core.errors import SettingsError

SONG = "song"


class BrokenSamples(StrEnum):
    """What to do with NaN and infinite samples of an upload."""

    KEEP = "keep"
    SILENCE = "silence"


class Mixture(StrEnum):
    """What to do with a mix that lies among its own stems."""

    KEEP = "keep"
    LEAVE_OUT = "leave out"


class EncoderDelay(StrEnum):
    """What to do with the delay that an encoder left in a stem."""

    KEEP = "keep"
    TAKE_OUT = "take out"


def usable(
    uploads: Mapping[str, Audio], rate: int, broken: BrokenSamples, mixture: Mixture, delay: EncoderDelay
) -> tuple[Mapping[str, Audio], list[str]]:
    """Return an upload's song, or its stems by name, at ``rate`` Hz, and what was done to it.

    Raises SettingsError for more channels than a song has.
    """
    sounds, notes = {}, []
    for name, audio in uploads.items():
        mended, said = _mended(name, audio, broken)
        stereo, folded = _at_most_stereo(name, mended)
        if stereo.sample_rate != rate:
            notes.append(f"{name}: resampled from {stereo.sample_rate:,} to {rate:,} Hz.")
        sounds[name] = stereo.resampled(rate)
        notes += [*said, *folded]
    if set(sounds) == {SONG}:
        return sounds, notes
    if delay is EncoderDelay.TAKE_OUT:
        encoded_hz = {name: audio.sample_rate for name, audio in uploads.items()}
        for name, late in codec_delays(sounds, encoded_hz).items():
            sounds[name] = Audio(sounds[name].samples[late.frames :], rate)
            notes.append(
                f"{name}: {late.samples:,} samples taken out at its start, as {late.encoder} leaves."
            )
    stems, said = _one_length(sounds)
    mix = mixture_among(stems) if mixture is Mixture.LEAVE_OUT else None
    if mix is None:
        return stems, [*notes, *said]
    kept = {name: audio for name, audio in stems.items() if name != mix[0]}
    return kept, [*notes, *said, f"{mix[0]}: left out, as the sum of the other {len(kept)} files."]


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
