"""Nothing private travels: folders of this machine, the user's name, and anything that looks like a key."""

from __future__ import annotations

import getpass
import math
import os
import re
import tempfile
from pathlib import Path

from core.values import Json

SECRETS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{8,}|sk-[A-Za-z0-9_-]{8,}|gh[pousr]_[A-Za-z0-9]{8,}|xox[abp]-[A-Za-z0-9-]{8,}"
    r"|AKIA[A-Z0-9]{12,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}[A-Za-z0-9._-]*)"
    r"|(?i:\b(?:bearer|token|password|passwd|secret|api[_-]?key)\b\s*[:=]\s*)[^\s,;\"']{4,}"
)
PATHS = re.compile(
    r"(?<![\w.:/<])(?:/(?!/)[\w.+@%~-]+){2,}/?|(?<!\w)[A-Za-z]:\\(?:[\w.+@%~ -]+\\?)+|\\\\[\w.\\-]+"
)
"""Absolute paths of Unix and of Windows, and of network shares; an address on the web is left alone."""


class Cleaner:
    """Takes what is private out of texts; made once for a bundle."""

    def __init__(self, home: Path) -> None:
        folders = {str(home): "<home>", str(Path.home()): "<user>", tempfile.gettempdir(): "<temporary>"}
        folders |= {str(Path(__file__).parents[2]): "<studio>"}
        self._folders = sorted(folders.items(), key=lambda item: -len(item[0]))
        self._hidden = sorted(_secret_values() | _names(), key=len, reverse=True)

    def text(self, text: str) -> str:
        """Return ``text`` without secrets, absolute paths and the user's name."""
        text = PATHS.sub(_last_part, self.own_words(text))
        for hidden in self._hidden:
            text = re.sub(rf"(?<!\w){re.escape(hidden)}(?!\w)", "<private>", text)
        return text

    def own_words(self, text: str) -> str:
        """Return what a person wrote, such as a prompt, without secrets and folders of this machine."""
        text = SECRETS.sub("<secret>", text)
        for folder, word in self._folders:
            if len(folder) > 1:
                text = text.replace(folder, word)
        return text

    def values(self, value: Json) -> Json:
        """Return JSON values with every text in them cleaned; a number that does not exist becomes null."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, float) and not math.isfinite(value):
            return None
        if isinstance(value, dict):
            return {self.text(str(name)): self.values(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.values(item) for item in value]
        return value


def _last_part(found: re.Match[str]) -> str:
    return "<path>/" + re.split(r"[/\\]", found.group().rstrip("/\\"))[-1]


def _secret_values() -> set[str]:
    """Return what variables of the environment hold whose names say that it is secret."""
    said = re.compile(r"TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|CREDENTIAL", re.IGNORECASE)
    return {value for name, value in os.environ.items() if said.search(name) and len(value) >= 6}


def _names() -> set[str]:
    """Return the user's name, when it is one: root and the like tell nothing."""
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        return set()
    return (
        {name}
        if len(name) >= 3 and name not in ("root", "user", "app", "ubuntu", "runner", "admin")
        else set()
    )
