"""The files that a stage delivered: the export's masters and stems, the generator's score."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import streamlit as st

from core.bundle.song_zip import song_zip
from core.runs.record import RunRecord, StepRecord
from core.studio import Studio
from core.ui.keys import hashed
from core.ui.media import identified_mime
from core.ui.words import plain

MIME = {
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".mid": "audio/midi",
    ".json": "application/json",
    ".html": "text/html",
    ".txt": "text/plain",
    ".zip": "application/zip",
}


def show_files(studio: Studio, step: StepRecord) -> None:
    """Draw a download button for each delivered file; a file is read when it is asked for."""
    with st.container(horizontal=True, gap="small"):
        for name, place in step.files.items():
            path = studio.home / place
            st.download_button(
                f"{plain(name)} ({size_of(path)})",
                data=partial(contents, studio, place),
                file_name=Path(name).name,
                mime=media_type(path, step.key),
                key=f"download_{hashed(step.key, name)}",
                icon=":material/download:",
                on_click="ignore",
            )


def contents(studio: Studio, place: str) -> bytes:
    """Return a delivered file; raises StorageError when it was lost or changed on the disk."""
    return studio.delivered(place).read_bytes()


def all_files(studio: Studio, run: RunRecord) -> io.BytesIO:
    """Return a song's files as one zip; raises StorageError when one was lost or changed on the disk."""
    for step in run.steps:
        for place in step.files.values():
            studio.delivered(place)
    return song_zip(studio.home, run)


def bundle_button(studio: Studio, run_id: str, *, live: bool = False) -> None:
    """Draw the download of a run's report bundle, which is put together when it is asked for."""

    def packed() -> bytes:
        from core.bundle.write import bundle_bytes

        return bundle_bytes(studio, studio.run(run_id))

    st.download_button(
        "Debug report (.zip)",
        data=packed,
        file_name=report_name(run_id),
        mime=MIME[".zip"],
        key=f"bundle_{run_id}",
        disabled=live,
        help="One zip: settings, versions, every reading and finding, pictures, a few seconds of each stage.",
        on_click="ignore",
    )


def report_name(run_id: str) -> str:
    """Return the file name of a run's report bundle."""
    return f"gainstage-{run_id[:8]}.zip"


def media_type(path: Path, step_key: str) -> str:
    """Return a file's media type; a step that was made afresh has another one."""
    made = str(path.stat().st_mtime_ns) if path.is_file() else ""
    return identified_mime(
        MIME.get(path.suffix.lower(), "application/octet-stream"), step_key, path.name, made
    )


def size_of(path: Path) -> str:
    """Return a file's size as text."""
    size = path.stat().st_size if path.is_file() else 0
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} kB"
