"""The page of the models: what each engine's weights are, where they lie, what is missing, and downloads."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from html import escape
from itertools import groupby

import streamlit as st

from core.engines.weights import MODELS, hub_cache, models_folder
from core.machine.hosting import DOWNLOADS
from core.machine.offline import offline_by
from core.models.background import CONVERSION, Downloads
from core.models.download import MAIN
from core.models.listing import MB, Checkpoint, State, checkpoints
from core.models.sizes import size
from core.runs.jobs import Job
from core.studio import Studio
from core.ui import session
from core.ui.convert_view import show_conversion
from core.ui.job_progress import progress_bar, show_outcome
from core.ui.problem import act, guarded, show_kept
from core.ui.shell import page

POLL_S = 0.5
BADGES = {State.HERE: "gs-ok", State.INCOMPLETE: "gs-warn", State.MISSING: "gs-idle"}
WORDS = {State.HERE: "here", State.INCOMPLETE: "incomplete", State.MISSING: "not here"}


def models_page() -> None:
    """Draw the page."""
    with page("Models", "What the engines' weights are, where they lie, and what is missing."):
        show_models(session.studio())


def show_models(studio: Studio) -> None:
    """Draw every set of weights, kept fresh while one is being downloaded."""
    downloads = studio.downloads
    drawn = downloads.live()

    @st.fragment(run_every=POLL_S if drawn else None)
    def listed() -> None:
        with guarded():
            if downloads.live() != drawn:
                st.rerun()
            show_kept()
            st.html("".join(f'<div class="gs-faint">{escape(line)}</div>' for line in _preface(downloads)))
            show_conversion(downloads)
            converting = downloads.job(CONVERSION)
            if converting is not None and (converting.live or converting.error):
                _progress(converting)
            for title, group in groupby(checkpoints(downloads.cards), key=lambda each: each.engine_title):
                st.header(title, anchor=False)
                sets = list(group)
                with _folded(sets, downloads):
                    for each in sets:
                        _draw(each, downloads)

    listed()


def _folded(sets: Sequence[Checkpoint], downloads: Downloads) -> AbstractContextManager[object]:
    """Return the place of an engine's weights: one line to open, while none is here nor on its way."""
    if any(each.state is not State.MISSING or downloads.job(each.name) for each in sets):
        return nullcontext()
    least, most = (size(MB * pick(each.download_mb for each in sets)) for pick in (min, max))
    count = "1 model" if len(sets) == 1 else f"{len(sets)} models"
    return st.expander(f"{count}, not here ({least if least == most else f'{least} to {most}'})")


def _preface(downloads: Downloads) -> list[str]:
    """Return what is true of all of them, in sentences."""
    lines = ["Engines that are not listed have their weights in their packages, or need none."]
    offline = offline_by()
    if downloads.hosted:
        lines.append(
            f"The operator of this server allows downloads ({DOWNLOADS})."
            if downloads.allowed
            else "Only the administrator can download models: "
            f"python -m core models get NAME there, or {DOWNLOADS}=1 to allow it from this page."
        )
    else:
        folder = models_folder()
        lines.append(
            f"Downloads go to {folder} ({MODELS})."
            if folder
            else f"Downloads go to the hub's cache, {hub_cache()}; {MODELS} names another folder."
        )
    if offline:
        lines.append(
            f"{offline} is set: nothing is downloaded. On a machine with a network run hf download "
            f"REPOSITORY --local-dir NAME, and copy that folder into the one that {MODELS} names."
        )
    return lines


def _draw(each: Checkpoint, downloads: Downloads) -> None:
    job = downloads.job(each.name)
    with st.container(border=True, key=f"model_{each.name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(_card(each, hosted=downloads.hosted), width="stretch")
            if downloads.allowed:
                _verbs(each, job, downloads)
        if job is not None:
            _progress(job)


def _verbs(each: Checkpoint, job: Job | None, downloads: Downloads) -> None:
    if job is not None and job.live:
        st.button(
            "Cancelling" if job.cancelling else "Cancel",
            key=f"cancel_{each.name}",
            disabled=job.cancelling,
            on_click=downloads.cancel,
            args=(each.name,),
        )
    elif each.state is not State.HERE:
        begun = each.unfinished_bytes
        st.button(
            f"Go on from {size(begun)}" if begun else f"Download {size(each.download_mb * MB)}",
            key=f"get_{each.name}",
            disabled=bool(offline_by()),
            help=f"From {each.repository}. Licence: {each.licence}.",
            on_click=act(downloads.start),
            args=(each.name, session.owner()),
        )


def _progress(job: Job) -> None:
    if job.live:
        st.html(progress_bar(job.fraction, job.message))
    else:
        show_outcome(job, "Cancelled. The next download resumes from here.")


def _card(each: Checkpoint, *, hosted: bool) -> str:
    revision = "" if each.revision == MAIN else f" at {each.revision[:12]}"
    facts = [
        escape(each.about),
        f"{size(each.download_mb * MB)}. Licence: {escape(each.licence)}.",
        f"From {escape(each.repository)}{escape(revision)}.",
    ]
    if each.folder and not hosted:
        facts.append(f"In {escape(each.folder)}: {size(each.on_disk_bytes)}.")
    if each.missing:
        facts.append(_missing(each))
    return (
        f'<div class="gs-head"><span class="gs-badge {BADGES[each.state]}">{WORDS[each.state]}</span>'
        f"<h3>{escape(each.name)}</h3></div>" + "".join(f"<div>{fact}</div>" for fact in facts)
    )


def _missing(each: Checkpoint) -> str:
    names = "".join(f"<li>{escape(name)}</li>" for name in each.missing)
    count = f"{len(each.missing)} file{'s' if len(each.missing) != 1 else ''}"
    opened = " open" if each.state is State.INCOMPLETE else ""
    return f"<details{opened}><summary>Missing: {count}</summary><ul>{names}</ul></details>"
