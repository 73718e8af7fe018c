"""The addresses under which a browser plays and fetches sounds.

Streamlit tells media over 1 MiB apart by length and three windows of 64 KiB (head, middle, tail) alone: two
sounds of one length that differ elsewhere would share one address, and a player would play the other sound.
So whatever is served here carries an identity of its own in something that is always hashed in full.
"""

from __future__ import annotations

import struct
import threading
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import streamlit as st
from streamlit import runtime

from core.errors import GainstageError
from core.runs.preview import Codec
from core.studio import Studio
from core.ui.keys import hashed

WAV = "audio/wav"
FLAC = "audio/flac"
MIME = {Codec.OPUS: "audio/ogg", Codec.FLAC: FLAC, Codec.WAV: "audio/wav"}
IDENTITY_CHUNK = b"gsid"


def codec_of(sent: object) -> Codec:
    """Return the codec that a browser asks for, as codec.js names it; FLAC for anything else."""
    return Codec.OPUS if str(sent).startswith(Codec.OPUS) else Codec.FLAC


def prepare_preview(studio: Studio, key: str) -> None:
    """Encode the sound ``key`` in the background, once a session, so that Play finds it there."""
    begun: set[str] = st.session_state.setdefault("previews_begun", set())
    if runtime.exists() and key not in begun:
        begun.add(key)
        threading.Thread(target=_encode, args=(studio, key), name="preview", daemon=True).start()


def _encode(studio: Studio, key: str) -> None:
    with suppress(GainstageError):  # Play raises it again.
        studio.preview(key)


def preview_url(studio: Studio, key: str, codec: Codec) -> str | None:
    """Return a relative address of the sound ``key`` for a player, valid until this session's next full run.

    The file goes through Streamlit's media manager, which has no public call for it; it is not
    ``st.audio``, which would normalise an array to its peak and so hide the very faults that are shown.
    The key is the file's name, which is part of what the address is made from. Relative, so that it also
    holds behind a base path. None when there is no server, as in a page test.
    """
    if not runtime.exists():
        return None
    manager = runtime.get_instance().media_file_mgr
    path = studio.preview(key, codec)
    codec = Codec(path.suffix[1:])
    address = manager.add(str(path), MIME[codec], f"gainstage-{codec}-{key}", file_name=f"{key}.{codec}")
    return address.lstrip("/")


def stem_url(studio: Studio, key: str) -> str | None:
    """Return a relative address of the exact sound ``key`` as FLAC, as :func:`preview_url` does.

    For the mixer, A/B and ABX, which play it at its ``preview_gain``.
    """
    if not runtime.exists():
        return None
    manager = runtime.get_instance().media_file_mgr
    address = manager.add(
        str(studio.stem_preview(key)), FLAC, f"gainstage-stem-{key}", file_name=f"{key}.flac"
    )
    return address.lstrip("/")


def file_url(content: Path | bytes, name: str, identity: str) -> str | None:
    """Return a relative address under which a browser saves the file, or the bytes, by this name.

    ``identity`` tells it from another file of the name, as :func:`identified_mime` does for a button.
    """
    if not runtime.exists():
        return None
    manager = runtime.get_instance().media_file_mgr
    mime = identified_mime("application/octet-stream", identity, name)
    data = content if isinstance(content, bytes) else str(content)
    # One address is held a place: the master and the zip of one song stand at two.
    where = f"gainstage-{hashed(identity, name)}"
    address = manager.add(data, mime, where, file_name=name, is_for_static_download=True)
    return address.lstrip("/")


def identified_wav(wav: bytes) -> bytes:
    """Return a WAV whose last chunk is the hash of the whole, for ``st.audio``, which takes no name.

    Players pass over a chunk that they do not know; not one sample is touched.
    """
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        return wav
    identity = sha256(wav).hexdigest().encode("ascii")
    padded = wav + b"\0" * (len(wav) % 2)
    chunk = IDENTITY_CHUNK + struct.pack("<I", len(identity)) + identity
    size = struct.pack("<I", len(padded) + len(chunk) - 8)
    return padded[:4] + size + padded[8:] + chunk


def identified_mime(mime: str, *identity: str) -> str:
    """Return a media type with a parameter that tells one download from another of its name and length.

    A download's bytes and its file name are the person's; of what an address is made from, this is left.
    """
    return f"{mime}; id={hashed(*identity)}"
