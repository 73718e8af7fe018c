"""The moods that a prompt may name, and what each shifts. Pure data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mood:
    """What a mood word shifts: tempo -1..1 within the genre's range, minor -1..1, energy -0.3..0.3."""

    name: str
    words: tuple[str, ...]
    tempo: float = 0.0
    minor: float = 0.0
    energy: float = 0.0


def _mood(name: str, words: str, tempo: float, minor: float, energy: float) -> Mood:
    return Mood(name, (name, *(word.strip() for word in words.split(","))), tempo, minor, energy)


MOODS: tuple[Mood, ...] = (
    _mood("happy", "joyful, cheerful, glad, joy, happiness, merry, smiling", 0.4, -1.0, 0.1),
    _mood(
        "sad",
        "sorrowful, tearful, heartbroken, heartbreak, crying, grief, lonely, mournful",
        -0.6,
        1.0,
        -0.12,
    ),
    _mood("melancholic", "melancholy, wistful, bittersweet, blue", -0.4, 0.8, -0.08),
    _mood("warm", "cosy, cozy, tender, gentle, soft, intimate", -0.3, -0.4, -0.1),
    _mood(
        "calm",
        "peaceful, relaxed, relaxing, serene, quiet, mellow, chill, soothing, sleepy, smooth, yoga, spa",
        -0.7,
        -0.2,
        -0.2,
    ),
    _mood("dreamy", "ethereal, floating, hazy, airy, dream", -0.4, 0.0, -0.1),
    _mood("dark", "menacing, gloomy, sinister, brooding, gothic, moody, noir", -0.2, 1.0, 0.0),
    _mood("angry", "protest, furious, aggressive, rage, brutal, fierce", 0.6, 1.0, 0.25),
    _mood(
        "energetic",
        "workout, pumped, energy, driving, powerful, intense, hard, loud, wild, high-energy",
        0.7,
        0.0,
        0.22,
    ),
    _mood(
        "uplifting",
        "corporate, motivational, hopeful, inspiring, hope, optimistic, bright, sunny, triumphant",
        0.3,
        -0.9,
        0.1,
    ),
    _mood(
        "heartfelt",
        "emotional, honest, sincere, moving, touching, poignant, vulnerable, earnest",
        -0.2,
        0.1,
        -0.03,
    ),
    _mood("catchy", "memorable, singalong, sing-along, feel-good, feelgood", 0.2, -0.3, 0.06),
    _mood(
        "romantic",
        "smoky, late-night, sultry, love, loving, sensual, sexy, passionate, first dance",
        -0.3,
        -0.2,
        -0.05,
    ),
    _mood("nostalgic", "nostalgia, vintage, retro, old, memories", -0.1, 0.1, -0.05),
    _mood("epic", "dramatic, heroic, majestic, grand, huge, anthemic", 0.1, 0.4, 0.22),
    _mood("mysterious", "mystery, eerie, spooky, halloween, haunting, creepy, magical", -0.2, 0.9, -0.05),
    _mood("playful", "fun, funny, quirky, bouncy, silly, cute", 0.4, -0.8, 0.05),
    _mood("groovy", "hypnotic, groove, danceable, party, dancing", 0.3, 0.0, 0.12),
    _mood("tense", "suspense, suspenseful, anxious, nervous, urgent", 0.3, 0.9, 0.08),
    _mood("lazy", "laid-back, laid back, easy, slack, summery", -0.5, -0.4, -0.1),
    _mood("cold", "icy, bleak, wintry, distant", -0.2, 0.8, -0.05),
    _mood("solemn", "serious, sacred, holy, reverent", -0.5, 0.3, -0.05),
    _mood(
        "festive",
        "wedding, weddings, birthday, christmas, celebration, celebrate, anniversary, graduation, carnival,"
        " festival, new year, holidays",
        0.2,
        -1.0,
        0.06,
    ),
    _mood(
        "mourning", "funeral, elegy, requiem, memorial, breakup, divorce, widow, mourning", -0.5, 1.0, -0.1
    ),
)
