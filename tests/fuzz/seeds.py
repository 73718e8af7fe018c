"""What is mutated: small good files of every kind, lyrics in several layouts, prompts, MIDI files."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from core.audio import Audio
from tests.containers.make import FORMATS, make
from tests.midi.files import file_of, meta, program, tune

_NATIVE = (
    ("wav", "PCM_16"), ("wav", "FLOAT"), ("flac", "PCM_16"), ("ogg", "VORBIS"), ("ogg", "OPUS"),
    ("mp3", "MPEG_LAYER_III"), ("aiff", "PCM_24"), ("caf", "PCM_16"), ("au", "PCM_16"), ("w64", "PCM_24"),
)  # fmt: skip
_LYRICS = (
    "[Verse 1: Ada]\n[G]Paper boats are [D]sailing (x2)\n\n[Chorus]\nF G\nlet it rain\n",
    "[ti:Boats]\n[00:12.00][00:40.00]<00:12.00>Paper <00:12.50>boats\n[offset:+100]",
    "1\n00:00:12,000 --> 00:00:15,000\n<i>Paper boats</i>\n\n2\n00:00:15,000 --> 00:00:18,000\nsail",
    "#TITLE:Boats\n#BPM:300\n: 0 4 60 Pa\n: 5 4 62 per\n- 30\nF 50 4 60 stream\nE",
    "{title: Boats}\n{soc}\n[Am7]Let it [Dsus4]rain\n{eoc}\ne|--0--2--3--|",
    "Sure! Here are the lyrics:\n**Verse**\nAda: hello there\nBen: hello again\n%% no\n\\ [yes]",
    "[Куплет 1]\nбумажный корабль\n\n【サビ】\n雨よ降れ\n\n[후렴]\n비야 내려라",
)


def sounds() -> dict[str, bytes]:
    """Return files that libsndfile reads, by suffix and codec."""
    time = np.arange(6000) / 16_000
    wave = (0.3 * np.sin(2 * np.pi * 440 * time[:, None] * [1, 1.5])).astype(np.float32)
    found = {}
    for form, subtype in _NATIVE:
        memory = io.BytesIO()
        soundfile.write(memory, wave, 48_000 if subtype == "OPUS" else 16_000, format=form, subtype=subtype)
        found[f"{subtype.lower()}.{form}"] = memory.getvalue()
    return found


def foreign() -> dict[str, bytes]:
    """Return files that a child process decodes."""
    time = np.arange(6000) / 44_100
    wave = Audio((0.3 * np.sin(2 * np.pi * 440 * time[:, None] * [1, 1.5])).astype(np.float32), 44_100)
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in FORMATS:
            if kind.by in ("av:ipod:aac", "av:ipod:alac", "av:webm:libopus", "av:asf:wmav2", "av:wv:wavpack"):
                path = Path(folder) / f"a{kind.suffix}"
                make(kind, path, wave)
                found[f"{kind.name}{kind.suffix}"] = path.read_bytes()
    return found


def midis() -> dict[str, bytes]:
    """Return MIDI files with words, tempi, meters and several parts."""
    words = ("One ", "two ", "three ", "four\r")
    head = [meta(0, "set_tempo", tempo=500_000), meta(2, "time_signature", numerator=3, denominator=8)]
    marks = [meta(0, "key_signature", key="F#m"), meta(1, "marker", text="Chorus")]
    bass = [program(33, 1), *tune((36, 38, 40, 41), channel=1, name="Bass")]
    return {
        "song.mid": file_of([*head, *marks], tune(words=words), bass),
        "late.mid": file_of(head, tune(start=40, words=words), tune((36,) * 4, channel=9, name="Kit")),
        "type0.mid": file_of([*head, *tune(words=words)], type=0),
    }


def lyrics() -> dict[str, bytes]:
    """Return lyrics in several layouts."""
    return {f"lyrics-{at}": text.encode() for at, text in enumerate(_LYRICS)}


def prompts() -> dict[str, bytes]:
    """Return the prompts of the golden table."""
    lines = (Path(__file__).parents[1] / "writing/prompts.txt").read_text(encoding="utf-8").splitlines()
    return {f"prompt-{at}": line.encode() for at, line in enumerate(lines[::2])}
