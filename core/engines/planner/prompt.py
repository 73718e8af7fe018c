"""What the planner reads: the song's description and words, and a metadata block that the plan has filled in.

Form of ACE-Step 1.5 (``acestep/llm_inference.py``): chat template with an instruction, ``# Caption`` and
``# Lyric``; YAML in ``<think>``, keys in alphabetical order; the codes follow an empty line. The unguided
side reads ``NO USER INPUT`` and an empty block, as in training.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

INSTRUCTION = "Generate audio semantic tokens based on the given conditions:"
UNDERSTAND = "Understand the given musical conditions and describe the audio semantics accordingly:"
NO_INPUT = "NO USER INPUT"
EMPTY = "<think>\n\n</think>\n\n"


@dataclass(frozen=True)
class Brief:
    """What is known of a song before it sounds."""

    caption: str
    lyrics: str
    duration_s: float
    bpm: int | None = None
    key: str = ""
    """Such as "A minor"; empty when it is not known."""
    meter: str = ""
    """Beats of a bar, as a number."""
    language: str = ""


def metadata(brief: Brief) -> str:
    """Return the block that the planner writes first, filled in from the plan, without what is unknown."""
    import yaml  # type: ignore[import-untyped]

    known: dict[str, Any] = {
        "bpm": brief.bpm,
        "caption": brief.caption,
        "duration": int(brief.duration_s),
        "keyscale": brief.key or None,
        "language": brief.language or None,
        "timesignature": int(brief.meter) if brief.meter else None,
    }
    given = {name: value for name, value in known.items() if value is not None}
    text = yaml.safe_dump(given, allow_unicode=True, sort_keys=True).strip()
    return f"<think>\n{text}\n</think>\n\n"


def prompts(brief: Brief, tokenizer: Any) -> tuple[str, str]:
    """Return the prompt of a song, and that of the unguided side; both end where the codes begin."""
    asked = f"# Caption\n{brief.caption}\n\n# Lyric\n{brief.lyrics}\n"
    return _chat(tokenizer, asked) + metadata(brief), _chat(tokenizer, NO_INPUT) + EMPTY


def understanding(codes: str, tokenizer: Any) -> str:
    """Return the prompt that asks what a song's codes are; it ends where the answer begins."""
    return _chat(tokenizer, codes, UNDERSTAND)


def _chat(tokenizer: Any, said: str, instruction: str = INSTRUCTION) -> str:
    messages = [
        {"role": "system", "content": f"# Instruction\n{instruction}\n\n"},
        {"role": "user", "content": said},
    ]
    return str(tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True))
