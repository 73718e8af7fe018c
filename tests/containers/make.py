"""Small sound files of every format, written by libsndfile or by FFmpeg's libraries."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import soundfile

from core.audio import Audio


@dataclass(frozen=True)
class Format:
    """A kind of file: what a person calls it, and how it is written."""

    container: str
    codec: str
    suffix: str
    by: str
    """``sndfile:FORMAT:SUBTYPE`` or ``av:muxer:encoder``."""

    @property
    def name(self) -> str:
        return f"{self.container} {self.codec}".strip().lower().replace(" ", "-").replace("/", "-")


FORMATS = (
    Format("WAV", "PCM 16 bit", ".wav", "sndfile:WAV:PCM_16"),
    Format("WAV", "PCM 24 bit", ".wav", "sndfile:WAV:PCM_24"),
    Format("WAV", "float 32 bit", ".wav", "sndfile:WAV:FLOAT"),
    Format("WAV", "MS ADPCM", ".wav", "sndfile:WAV:MS_ADPCM"),
    Format("WAV", "MP3", ".wav", "av:wav:libmp3lame"),
    Format("WAV", "AC-3", ".wav", "av:wav:ac3"),
    Format("RF64", "PCM 24 bit", ".wav", "sndfile:RF64:PCM_24"),
    Format("Wave64", "PCM 24 bit", ".w64", "sndfile:W64:PCM_24"),
    Format("AIFF", "PCM 16 bit", ".aiff", "sndfile:AIFF:PCM_16"),
    Format("AIFC", "float 32 bit", ".aifc", "sndfile:AIFF:FLOAT"),
    Format("CAF", "PCM 24 bit", ".caf", "sndfile:CAF:PCM_24"),
    Format("CAF", "ALAC", ".caf", "sndfile:CAF:ALAC_16"),
    Format("AU", "PCM 16 bit", ".au", "sndfile:AU:PCM_16"),
    Format("AU", "µ-law", ".au", "sndfile:AU:ULAW"),
    Format("FLAC", "", ".flac", "sndfile:FLAC:PCM_16"),
    Format("MP3", "", ".mp3", "sndfile:MP3:MPEG_LAYER_III"),
    Format("MP2", "", ".mp2", "av:mp2:mp2"),
    Format("Ogg", "Vorbis", ".ogg", "sndfile:OGG:VORBIS"),
    Format("Ogg", "Opus", ".opus", "sndfile:OGG:OPUS"),
    Format("Ogg", "FLAC", ".oga", "av:ogg:flac"),
    Format("MPEG-4", "AAC", ".m4a", "av:ipod:aac"),
    Format("MPEG-4", "ALAC", ".m4a", "av:ipod:alac"),
    Format("QuickTime", "PCM 16 bit", ".mov", "av:mov:pcm_s16le"),
    Format("ADTS", "AAC", ".aac", "av:adts:aac"),
    Format("WebM", "Opus", ".webm", "av:webm:libopus"),
    Format("Matroska", "FLAC", ".mka", "av:matroska:flac"),
    Format("ASF", "WMA 1", ".wma", "av:asf:wmav1"),
    Format("ASF", "WMA 2", ".wma", "av:asf:wmav2"),
    Format("WavPack", "", ".wv", "av:wv:wavpack"),
    Format("True Audio", "", ".tta", "av:tta:tta"),
    Format("AC-3", "", ".ac3", "av:ac3:ac3"),
    Format("3GP", "AMR narrow band", ".3gp", "av:3gp:libopencore_amrnb"),
    Format("AMR", "AMR narrow band", ".amr", "av:amr:libopencore_amrnb"),
)
NARROW = ("libopencore_amrnb",)
RATES = {"libopus": 48_000, "libopencore_amrnb": 8_000}
BIT_RATES = {"libopencore_amrnb": 12_200, "wmav1": 128_000, "wmav2": 128_000}


def make(kind: Format, path: Path, sound: Audio) -> Audio:
    """Write ``sound`` as ``kind``; return it at the rate and channel count that were written."""
    tool, *how = kind.by.split(":")
    if tool == "sndfile":
        sound = sound.resampled(48_000) if how[1] == "OPUS" else sound
        soundfile.write(path, sound.samples, sound.sample_rate, format=how[0], subtype=how[1])
        return sound
    muxer, encoder = how
    if encoder in NARROW:
        sound = Audio(sound.samples.mean(axis=1, keepdims=True), sound.sample_rate)
    sound = sound.resampled(RATES.get(encoder, sound.sample_rate))
    layout = "mono" if sound.channels == 1 else "stereo"
    with av.open(str(path), "w", format=muxer) as out:
        stream = out.add_stream(encoder, rate=sound.sample_rate, layout=layout)
        if encoder in BIT_RATES:
            stream.bit_rate = BIT_RATES[encoder]
        resampler = av.AudioResampler(
            stream.format.name, layout, sound.sample_rate, stream.frame_size or 1024
        )
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound.samples.reshape(1, -1)), "flt", layout)
        frame.sample_rate, frame.pts, frame.time_base = sound.sample_rate, 0, Fraction(1, sound.sample_rate)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            out.mux(stream.encode(piece))
        out.mux(stream.encode(None))
    return sound
