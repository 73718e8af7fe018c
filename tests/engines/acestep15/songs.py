"""Plans, words and sounds for ACE-Step's tests."""

from __future__ import annotations

import numpy as np

from core.song import Line, Lyrics, LyricSection, Plan, PlanSection, SectionKind

BAR_S = 2.0
RING_S = 0.8
"""How long the last chord of a short song rings."""


def section(kind="verse", bars=1, sung=True):
    return PlanSection(kind=SectionKind(kind), bars=bars, energy=0.5, sung=sung)


def song(*sections, prompt="warm lo-fi piano", **more):
    """A plan with bars of 2 s; the ring of the last chord comes on top."""
    told = {
        "prompt": prompt,
        "title": "Tide",
        "genre": "lo-fi",
        "moods": ("calm",),
        "tempo_bpm": 120.0,
        "key": "A minor",
        "instruments": ("piano", "bass"),
        "sections": sections or (section(),),
        "seed": 1,
    }
    return Plan(**(told | more))


def words(*blocks, language="en"):
    """Lyrics from ("verse", "a line", "another") ..."""
    sections = [
        LyricSection(kind=SectionKind(kind), lines=tuple(Line(text=text) for text in lines))
        for kind, *lines in blocks
    ]
    return Lyrics(title="Tide", sections=tuple(sections), language=language, source="typed")


TIDE = words(("verse", "The tide comes in"))


def asked(checkpoint, plan=None, lyrics=None, seed=1, clips=1, overlap_s=0.0, uploaded=False, **more):
    """The values of a call; what is not named here is one of ACE-Step's own settings."""
    named = {key: more.pop(key) for key in ("prompt", "typed_lyrics", "instrumental") if key in more}
    lyrics = lyrics or (None if uploaded else TIDE)
    plan = None if uploaded else plan or song()
    return {
        "plan": plan.model_dump(mode="json") if plan else None,
        "lyrics": lyrics.model_dump(mode="json") if lyrics else None,
        "seed": seed,
        "sample_rate": 44_100,
        "clips": clips,
        "overlap_s": overlap_s,
        "checkpoint": str(checkpoint),
        "options": more,
        **named,
    }


def melody(seconds=3.0, rate=44_100, level=0.3):
    """Plucked notes in stereo, as float32 (frames, 2)."""
    time = np.arange(round(seconds * rate)) / rate
    beat = time % 0.5
    pitch = 220.0 * 2 ** ((np.floor(time / 0.5) % 5) / 6)
    wave = level * np.exp(-beat * 4) * np.sin(2 * np.pi * pitch * time)
    return np.stack([wave, 0.8 * np.roll(wave, 40)], axis=1).astype(np.float32)
