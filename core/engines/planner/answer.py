"""What the planner answers about a song, read as facts: nothing of torch, for both sides of its process."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOWEST_BPM, HIGHEST_BPM = 30, 300
_BLOCK = re.compile(r"(?:<think>)?(.*?)</think>(.*)", re.DOTALL)
_KEY = re.compile(r"[A-G](?:#|b|♯|♭)? (?:major|minor)", re.IGNORECASE)


@dataclass(frozen=True)
class Understood:
    """What the planner makes of a song; empty or None for what it does not say, or says out of bounds."""

    caption: str = ""
    lyrics: str = ""
    bpm: int | None = None
    key: str = ""
    meter: int | None = None
    language: str = ""


def parsed(text: str) -> Understood:
    """Return what an answer holds; what is missing or out of bounds stays empty."""
    import yaml  # type: ignore[import-untyped]

    found = _BLOCK.search(text)
    block, lyrics = (found[1], found[2]) if found else ("", "")
    try:
        held = yaml.safe_load(block)
    except yaml.YAMLError:
        held = None
    facts = held if isinstance(held, dict) else {}
    key = _KEY.search(str(facts.get("keyscale", "")))
    return Understood(
        caption=" ".join(str(facts.get("caption") or "").split()),
        lyrics=re.sub(r"^\s*# Lyric\s*", "", lyrics.replace("<|im_end|>", "")).strip(),
        bpm=_within(facts.get("bpm"), LOWEST_BPM, HIGHEST_BPM),
        key=key[0] if key else "",
        meter=_within(facts.get("timesignature"), 2, 12),
        language=str(facts.get("language") or "").strip().lower(),
    )


def _within(value: object, lowest: int, highest: int) -> int | None:
    number = re.match(r"\d+", str(value).strip())
    return int(number[0]) if number and lowest <= int(number[0]) <= highest else None
