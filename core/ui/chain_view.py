"""A chain of steps on a page: who is to blame, the levels, what each step did, and its findings."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.blame.chain import Blame, Chain, Link
from core.blame.change import Change, InOut, readings
from core.blame.words import change_in_words
from core.contract import Severity
from core.ui.findings import show_findings
from core.ui.problem import show_error
from core.ui.waterfall import Level, level, show_levels
from core.ui.words import INFINITE, NONE, change, number, plain, verdict_badge

LOST_DB = -200.0
LEVELS = ("Loudness", "True peak")
HEADS = {"Crest": "Crest factor"}


def show_chain(chain: Chain, *, key: str) -> None:
    """Draw a chain of steps."""
    show_blame(chain)
    links = [link for link in chain.links if link.measurement is not None or link.verdict is Severity.FAIL]
    show_levels([link.title for link in links], levels(links), key=f"waterfall_{key}")
    st.html(table(links))
    for link in chain.links:
        if link.verdict is Severity.OK:
            continue
        blamed = chain.blame is not None and chain.blame.position == link.position
        with st.expander(f"{link.position} {plain(link.title)}: what was found", expanded=blamed):
            if link.error is not None:
                show_error(link.error)
            show_findings(link.findings, about=link.title)


def show_blame(chain: Chain) -> None:
    """Say which step broke the sound first, and what it did; or that none did."""
    blame = chain.blame
    if blame is None:
        warned = next((link for link in chain.links if link.verdict is Severity.WARN), None)
        text = f" The first warning is at {escape(warned.title)}." if warned else ""
        st.html(
            f'<div class="gs-finding gs-ok">{verdict_badge(chain.verdict)}'
            f"<b>No step broke the sound.</b>{text}</div>"
        )
        return
    causes = "".join(f"<li>{escape(cause)}</li>" for cause in blame.causes)
    st.html(
        f'<div class="gs-finding gs-fail" role="alert">{verdict_badge(Severity.FAIL)}'
        f"<b>First broken {escape(_where(chain, blame))}.</b> {escape(blame.what)}"
        + (f"<div>{escape(blame.did)}</div>" if blame.did else "")
        + (f"<div>Likely:<ul>{causes}</ul></div>" if causes else "")
        + f"<div>What to do: {escape(blame.remedy)}</div></div>"
    )


def _where(chain: Chain, blame: Blame) -> str:
    """Return where it broke: at a step, or before it where that is not the step that is blamed."""
    step = next((link.title for link in chain.links if link.position == blame.position), blame.title)
    if step == blame.title:
        return f"at step {blame.position}, {step}"
    return f"in {blame.title.lower()}, as it came in at step {blame.position}, {step}"


def levels(links: Sequence[Link]) -> tuple[Level, ...]:
    """Return the points of the waterfall; a step without a sound has none."""
    return tuple(
        level(link.name, link.title, link.measurement, failed=link.verdict is Severity.FAIL, place=place)
        for place, link in enumerate(links)
        if link.measurement is not None
    )


def table(links: Sequence[Link]) -> str:
    """Return what each step did as a table: every figure, and its change against the step before."""
    heads = "".join(
        f'<th class="{_keep(title)}">{HEADS.get(title, title)}<small>{unit}</small></th>'
        for title, unit in (
            ("Loudness", "LUFS"),
            ("True peak", "dBTP"),
            ("Crest", "dB"),
            ("PLR", "dB"),
            ("Tilt", "dB/oct"),
        )
    )
    left = "What is left of the step when the one before, at its best gain, is taken away"
    heads += f'<th class="gs-main" title="{left}">Null<small>dB</small></th>'
    rows = "".join(_row(link) for link in links)
    return (
        f'<table class="gs-table gs-chain"><thead><tr><th>Step</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def change_line(change: Change, after: str, before: str) -> str:
    """Return what happened between two sounds as one faint line of HTML."""
    return f'<div class="gs-faint">{escape(change_in_words(change, after, before))}</div>'


def _row(link: Link) -> str:
    silent = link.measurement is not None and link.measurement.sample_peak_dbfs is None
    cells = _measured(link) if link.change is None else _changed(link.change, silent=silent)
    did = change_in_words(link.change, link.title, link.since) if link.change else "Source"
    if link.measurement is None:
        did = link.error.message if link.error else "No audio"
    return (
        f"<tr><th>{link.position} {escape(link.title)} {verdict_badge(link.verdict)}</th>{cells}</tr>"
        f'<tr class="gs-did"><td class="gs-text" colspan="7">{escape(did)}</td></tr>'
    )


def _measured(link: Link) -> str:
    reading = link.measurement
    if reading is None:
        return f'<td class="gs-text" colspan="6">{NONE}</td>'
    figures = (reading.integrated_lufs, reading.true_peak_dbtp, reading.crest_db, reading.plr_db, None, None)
    titles = ("Loudness", "True peak", "Crest", "PLR", "Tilt", "Null")
    silent = reading.sample_peak_dbfs is None
    return "".join(
        f'<td class="{_keep(title)}"><b>{INFINITE if silent and title in LEVELS else number(value)}</b></td>'
        for title, value in zip(titles, figures, strict=True)
    )


def _changed(done: Change, *, silent: bool) -> str:
    cells = []
    for title, _, figure in readings(done):
        shown = f"<b>{INFINITE}</b>" if silent and title in LEVELS else _in_out(figure)
        cells.append(f'<td class="{_keep(title)}">{shown}</td>')
    left_db = done.null_residual_db
    change_in_words = "none left" if left_db is not None and left_db <= LOST_DB else number(left_db, 0)
    return "".join(cells) + f'<td class="gs-main"><b>{change_in_words}</b></td>'


def _in_out(figure: InOut) -> str:
    return f"<b>{number(figure.after)}</b> <small>{change(figure.after, figure.before)}</small>"


def _keep(title: str) -> str:
    return "gs-main" if title in ("Loudness", "True peak", "Crest", "Null") else "gs-more"
