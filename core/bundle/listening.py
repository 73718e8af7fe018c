"""Steps of a chain as a page to show others: what is wrong, to be seen and heard; one file, no network.

Each finding stands with six seconds before and after, at one loudness, their spectrograms, and a blind test.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from html import escape

from core.audio import Audio
from core.blame.chain import Chain, Link
from core.bundle.abx import BOX, SCRIPT
from core.bundle.report import STYLE
from core.bundle.snippets import Snippet, flac, snippet_pair
from core.bundle.spectrogram import loudest_db, spectrogram_png
from core.contract import Finding, Severity

MOST = 12
"""Findings with snippets, the worst first; a snippet pair takes about 1.5 MB."""
_POLICY = (
    "default-src 'none'; media-src data:; img-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
_MORE = (
    "section{margin:1.2rem 0;padding:.2rem 0 1rem;border-bottom:1px solid #8885}"
    ".pair{display:flex;flex-wrap:wrap;gap:1rem}"
    "figure{margin:0;flex:1 1 18rem}figure img{width:100%;height:110px}audio{width:100%}"
    "button{font:inherit;padding:.35rem .7rem}.abx{margin-top:.6rem}"
)


def listening_html(chain: Chain, audio: Callable[[Link], Audio], title: str) -> str:
    """Return the page; ``audio`` gives the sound of a step, and is asked for those that are shown."""
    links = chain.links
    wrong = [
        (link, finding)
        for link in links
        for finding in link.findings
        if finding.severity in (Severity.WARN, Severity.FAIL)
    ]
    wrong.sort(key=lambda one: -one[1].severity.rank)
    before = {link.position: _before(link, links) for link in links}
    shown = "".join(_section(link, finding, before[link.position], audio) for link, finding in wrong[:MOST])
    left = "".join(f"<li>{_sentence(link, finding)}</li>" for link, finding in wrong[MOST:])
    rows = "".join(
        f"<tr><td>{escape(link.title)}</td><td><b class={link.verdict.value}>{link.verdict.value}</b></td>"
        f"<td>{_figure(link.measurement.integrated_lufs if link.measurement else None)}</td>"
        f"<td>{_figure(link.measurement.true_peak_dbtp if link.measurement else None)}</td></tr>"
        for link in links
    )
    blame = chain.blame
    said = (
        f"First broken at {blame.title}: {blame.what} {blame.remedy}" if blame else "No step broke the sound."
    )
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(title)}</title>"
        f'<meta http-equiv=Content-Security-Policy content="{_POLICY}">'
        f"<meta name=viewport content='width=device-width'><style>{STYLE}{_MORE}</style>"
        f"<h1>{escape(title)}</h1><p>{escape(said)}</p>"
        f"<table><tr><th>Step</th><th>verdict</th><th>LUFS</th><th>dBTP</th></tr>{rows}</table>"
        f"{shown}{f'<h2>Further findings</h2><ul>{left}</ul>' if left else ''}"
        f"<script>{SCRIPT}</script></html>\n"
    )


def _section(link: Link, finding: Finding, source: Link | None, audio: Callable[[Link], Audio]) -> str:
    head = f"<section><h2>{escape(link.title)}</h2><p>{_sentence(link, finding)}</p>"
    if link.measurement is None or not link.measurement.duration_s:
        return f"{head}</section>"
    after = audio(link)
    before = audio(source) if source is not None else None
    delay_s = (link.change.delay_s if link.change else None) or 0.0
    at_s = (finding.spans[0].start_s + finding.spans[0].stop_s) / 2 if finding.spans else None
    pieces = snippet_pair(before, after, at_s, delay_s)
    names = ("before", "after") if before is not None else ("as it is",)
    full = max(loudest_db(piece.audio) for piece in pieces)
    shown = "".join(_figure_of(name, one, full) for name, one in zip(names, pieces, strict=True))
    return f"{head}<div class=pair>{shown}</div>{BOX if len(pieces) == 2 else ''}</section>"


def _figure_of(name: str, one: Snippet, full_db: float) -> str:
    sound, picture = (
        base64.b64encode(data).decode() for data in (flac(one.audio), spectrogram_png(one.audio, full_db))
    )
    caption = f"{name}, from {one.start_s:.1f} s, {one.gain_db:+.1f} dB"
    return (
        f"<figure><figcaption>{caption}</figcaption><img alt='spectrogram, {name}' "
        f"src='data:image/png;base64,{picture}'><audio controls preload=auto "
        f"src='data:audio/flac;base64,{sound}'></audio></figure>"
    )


def _before(link: Link, links: tuple[Link, ...]) -> Link | None:
    """Return the step whose sound is what this one was compared with."""
    earlier = [one for one in links if one.position < link.position and one.measurement is not None]
    named = [one for one in earlier if one.title == link.since]
    return named[-1] if named else earlier[-1] if earlier else None


def _sentence(link: Link, finding: Finding) -> str:
    likely = f" Likely: {'; '.join(finding.causes)}." if finding.causes else ""
    text = f"{finding.check}: {finding.evidence}{likely} {finding.remedy}"
    return f"<b class={finding.severity.value}>{finding.severity.value}</b> {escape(text)}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"
