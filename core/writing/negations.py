"""Every way in which a prompt says that something is not wanted, written as one."""

from __future__ import annotations

import re

_MINUS = re.compile(r"(?:(?<=^)|(?<=[\s,;(]))[-–−](?=[^\W\d_])")
_SWITCHED_OFF = re.compile(
    r"([^\W\d_][\w' -]{0,30}?)\s*[:=]\s*(?:none|off|no|false|0|zero|without)\b"
    r"|\b(vocals?|voices?|singing|lyrics|drums?|bass|percussion)\s+(?:off|muted?)\b",
    re.I,
)
_UNWANTED = re.compile(
    r"\b(?:negative(?:\s+(?:prompts?|tags?|style))?|exclude[ds]?|avoid|leave out|not wanted)\s*:?\s*"
    r"(?P<list>[^.;|\n]+)",
    re.I,
)


def with_plain_negations(text: str) -> str:
    """Write every way to say that something is not wanted as "no ...": "-drums", "drums: none", lists."""

    def off(found: re.Match[str]) -> str:
        return f" no {found[1] or found[2]} "

    def unwanted(found: re.Match[str]) -> str:
        return (
            " " + ", ".join(f"no {part.strip()}" for part in found["list"].split(",") if part.strip()) + " "
        )

    return _UNWANTED.sub(unwanted, _SWITCHED_OFF.sub(off, _MINUS.sub(" no ", text)))
