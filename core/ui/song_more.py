"""What the song bar does with its song besides playing it: undo, redo, duplicate, new song, downloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePath

import streamlit as st

from core.bundle.song_zip import file_name
from core.runs.record import RunRecord
from core.studio import Studio
from core.ui import session
from core.ui.files_view import all_files, report_name
from core.ui.labels import rename, title_of
from core.ui.media import file_url
from core.ui.problem import act

TAKE = "song_bar_take"
"""The run, and what of it is downloaded, until the next drawing names the file's address."""
MASTER, ALL, REPORT = "master", "all", "report"


def verbs_of(run: RunRecord) -> dict[str, bool]:
    """Return what can be done with ``run`` as it stands, by the names that :func:`do` takes."""
    still = not run.state.live
    return {
        "undo": still and run.can_undo,
        "redo": still and run.can_redo,
        "copy": still and not run.probed,
        "new": True,
    }


def do(studio: Studio, run_id: str, verb: str) -> None:
    """Do what was chosen in the bar; what is refused is shown as after any press."""
    verbs: Mapping[str, Callable[[], object]] = {
        "undo": lambda: studio.undo(run_id),
        "redo": lambda: studio.redo(run_id),
        "copy": lambda: session.hold(duplicate(studio, run_id)),
        "new": session.let_go,
    }
    if verb in verbs:
        act(verbs[verb])()


def duplicate(studio: Studio, run_id: str) -> str:
    """Start the same request with the same settings as a song of its own; return its run."""
    run = studio.run(run_id)
    made = studio.start(run.request, run.settings, session.owner())
    rename(studio.home, made, f"{title_of(studio.home, run)} (copy)")
    return made


def files_of(studio: Studio, run: RunRecord) -> dict[str, str]:
    """Return under which names, after the song, its master, all its files and its report are saved."""
    if run.state.live:
        return {}
    report = {REPORT: report_name(run.id)}
    place = _master(run)
    if not place:
        return report
    name = file_name(title_of(studio.home, run))
    return {MASTER: f"{name}{PurePath(place).suffix}", ALL: f"{name}.zip"} | report


def taken(studio: Studio, run: RunRecord) -> dict[str, str] | None:
    """Return the name and the address of what was asked for, for one drawing."""
    asked_of, what = st.session_state.pop(TAKE, ("", ""))
    name = files_of(studio, run).get(what) if asked_of == run.id else None
    if name is None:
        return None
    content: Path | bytes
    if what == REPORT:
        from core.bundle.write import bundle_bytes

        content = bundle_bytes(studio, run)
    elif what == ALL:
        content = all_files(studio, run).getvalue()
    else:
        content = studio.delivered(_master(run))
    url = file_url(content, name, run.step("export").key)
    return None if url is None else {"name": name, "url": url}


def _master(run: RunRecord) -> str:
    files = run.step("export").files
    return next((place for delivered, place in files.items() if delivered.startswith("master")), "")
