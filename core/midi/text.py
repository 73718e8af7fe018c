"""Text in MIDI files: bytes of no stated encoding, with control signs among them."""

from __future__ import annotations


def decoded(text: str) -> str:
    """Return text that was read as Latin-1 as UTF-8, where its bytes are that: many files hold it."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def clean(text: str) -> str:
    """Return a name on one line, without control signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in decoded(text)).split())[:120]
