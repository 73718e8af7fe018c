"""A sound as a player fetches it: Opus at the sound's own level, 1.2 MB a minute where 16-bit WAV takes 10.

Nothing is normalised. Silence is decoded as zeros. Opus has no ceiling at full scale: overs of up to 6 dB are
kept, and clipped passages stay as loud as they are. What needs the exact samples (A/B, ABX, the difference,
the mixer) takes the FLAC of :mod:`core.runs.stem_preview`; downloads are the delivered files.

Browsers that do not play Ogg Opus, such as Safari before 18.4, get FLAC, with overs clipped at full scale; so
do sounds of more than two channels, of which Opus takes one for a subwoofer's and filters it.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from core.audio import Audio
from core.engines.shared.streaming import Resampling
from core.measure import Measurement
from core.runs.stem_preview import BLOCK_FRAMES, save_stem_preview

RATE = 48_000
"""Opus has no other full-band rate."""
BITS_PER_S = {1: 96_000, 2: 160_000}
"""By channels. Dense music may take a fifth more: 1.5 MB a minute are 200,000 bits a second."""
EFFORT = 3
"""Of 10: a minute of stereo takes 0.7 s of work, two thirds of what it takes at 10."""


EXACT_S = 2.0
"""A sound of two seconds is a file of 400 kB as it is: an encoder would take longer than it saves."""
PREVIEWS = ("preview.opus", "preview.flac", "stem.flac", "preview.wav")
"""How the names of previews end: those of players, and the mixer's."""


class Codec(StrEnum):
    """What a preview is encoded in; the value is the end of its file's name."""

    OPUS = "opus"
    FLAC = "flac"
    WAV = "wav"


def codec_for(sound: Measurement, asked: Codec) -> Codec:
    """Return what a sound is encoded in for a browser that asks for ``asked``; a very short one is exact."""
    if sound.duration_s <= EXACT_S:
        return Codec.WAV
    return asked if sound.channels in BITS_PER_S else Codec.FLAC


def save_preview(path: Path, audio: Audio, codec: Codec) -> None:
    """Write ``audio`` for a player, levels kept, NaN as zero. Raises OSError."""
    if codec is Codec.OPUS:
        _save_opus(path, audio)
    elif codec is Codec.WAV:
        _save_wav(path, audio)
    else:
        save_stem_preview(path, audio, None)


def _save_wav(path: Path, audio: Audio) -> None:
    import soundfile

    samples = np.clip(np.nan_to_num(audio.samples, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)
    soundfile.write(path, samples, audio.sample_rate, format="WAV", subtype="PCM_16")


def _save_opus(path: Path, audio: Audio) -> None:
    import av

    resampling = Resampling(audio.sample_rate, RATE, audio.channels)
    exact = {"fflags": "+bitexact"}  # else each file has a serial number drawn anew
    with path.open("wb") as file, av.open(file, "w", format="ogg", options=exact) as container:
        options = {"b": str(BITS_PER_S[audio.channels]), "compression_level": str(EFFORT)}
        stream: Any = container.add_stream("libopus", rate=RATE, options=options)
        stream.layout = "mono" if audio.channels == 1 else "stereo"
        stream.format = "flt"
        written = 0
        for start in range(0, max(1, audio.frames), BLOCK_FRAMES):
            part = audio.samples[start : start + BLOCK_FRAMES]
            last = start + BLOCK_FRAMES >= audio.frames
            ready = resampling.next(np.nan_to_num(part, nan=0.0, posinf=1.0, neginf=-1.0), last)
            if ready.size:
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(ready).reshape(1, -1), format="flt", layout=stream.layout.name
                )
                frame.sample_rate, frame.pts = RATE, written
                written += len(ready)
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
