"""The history of what is watched as a page of its own: opens from a file, no script, nothing fetched."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from core.contract import Severity
from core.inspect.notebook import COLOURS
from core.watch.history import Entry, summary

SHOWN = 200
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;"
    "color:#1d2330;background:#fff}h1{font-size:1.4rem}table{border-collapse:collapse;width:100%}"
    "td,th{padding:.3rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid #8886}"
    ".wide{overflow-x:auto}svg{width:100%;height:44px}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ef;background:#12151b}}"
)


def page(name: str, entries: Sequence[Entry]) -> str:
    """Return the page: what the history says, a strip with a bar for each call, the last calls as a table."""
    title, shown = escape(name), entries[-SHOWN:]
    bars = "".join(
        f"<rect x='{number * 10}' y='{_top(one)}' width='8' height='{44 - _top(one)}' "
        f"fill='{COLOURS[one.verdict]}'><title>{escape(_line(one))}</title></rect>"
        for number, one in enumerate(shown)
    )
    rows = "".join(
        f"<tr><td>{one.at:%Y-%m-%d %H:%M:%S}</td>"
        f"<td style='color:{COLOURS[one.verdict]}'>{one.verdict.value}</td>"
        f"<td>{escape(one.sentence)} {escape(one.remedy)}</td>"
        f"<td>{escape(', '.join(f'{k} {v}' for k, v in one.labels.items()))}</td>"
        f"<td>{one.seconds:.1f} s</td></tr>"
        for one in reversed(shown)
    )
    head = "<tr><th>UTC</th><th>verdict</th><th>what</th><th>labels</th><th>took</th></tr>"
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>"
        f"<meta name=viewport content='width=device-width'><style>{STYLE}</style><h1>{title}</h1>"
        f"<p>{escape(summary(entries))}</p>"
        f"<svg viewBox='0 0 {max(600, 10 * len(shown))} 44' preserveAspectRatio='xMinYMid meet' role='img' "
        f"aria-label='the last {len(shown)} calls'>{bars}</svg>"
        f"<div class=wide><table>{head}{rows}</table></div></html>\n"
    )


def _top(entry: Entry) -> int:
    return {Severity.FAIL: 0, Severity.WARN: 16}.get(entry.verdict, 28)


def _line(entry: Entry) -> str:
    return f"{entry.at:%Y-%m-%d %H:%M} {entry.verdict.value} {entry.problem}".strip()
