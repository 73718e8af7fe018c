"""What differs between two songs, on a page."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.blame.difference import Difference, Part, Same
from core.blame.words import told
from core.ui.words import number

WORDS = {
    Same.IDENTICAL: ("ok", "identical"),
    Same.GAIN: ("run", "same but for a gain"),
    Same.DIFFERENT: ("warn", "different"),
    Same.ONLY_A: ("idle", "only in A"),
    Same.ONLY_B: ("idle", "only in B"),
    Same.NEITHER: ("idle", "in neither"),
}


def show_difference(difference: Difference) -> None:
    """Draw where two songs part, the settings that differ, and every stage."""
    kind = "ok" if difference.began is None else "warn"
    st.html(
        f'<div class="gs-finding gs-{kind}">{_badge(difference.same)}<b>{escape(_headline(difference))}</b>'
        f"<div>{escape(difference.what)}</div></div>"
    )
    if difference.settings:
        rows = "".join(
            f'<tr><th>{escape(s.stage)}</th><td class="gs-text">{escape(s.name)}</td>'
            f'<td class="gs-text">{_value(s.a)}</td><td class="gs-text">{_value(s.b)}</td></tr>'
            for s in difference.settings
        )
        st.html(
            '<table class="gs-table"><thead><tr><th>Where</th><th class="gs-text">Setting</th>'
            f'<th class="gs-text">A</th><th class="gs-text">B</th></tr></thead><tbody>{rows}</tbody></table>'
        )
    st.html(_stages(difference))


def _headline(difference: Difference) -> str:
    began = difference.began
    return "Both songs are identical." if began is None else f"The songs part at {began.title}."


def _stages(difference: Difference) -> str:
    rows = "".join(_stage(part) for part in difference.stages if part.same is not Same.NEITHER)
    return (
        '<table class="gs-table"><thead><tr><th>Stage</th><th class="gs-text">B against A</th>'
        "<th>Loudness<small>LU</small></th><th>Null<small>dB</small></th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _stage(part: Part) -> str:
    moved = part.change.integrated_lufs.change if part.change else None
    left = part.change.null_residual_db if part.change else None
    parts = [name for name, same in part.parts.items() if same is not Same.IDENTICAL]
    lines = [told(part.change, "B", "A")] if part.change else []
    lines += [f"Differing: {', '.join(parts)}."] if len(part.parts) > 1 and parts else []
    lines += [f"{note[:1].upper()}{note[1:]}." for note in part.notes]
    detail = "".join(f'<div class="gs-faint">{escape(line)}</div>' for line in lines)
    return (
        f'<tr><th>{escape(part.title)}</th><td class="gs-text">{_badge(part.same)}{detail}</td>'
        f"<td>{number(moved)}</td><td>{number(left, 0)}</td></tr>"
    )


def _badge(same: Same) -> str:
    kind, word = WORDS[same]
    return f'<span class="gs-badge gs-{kind}">{word}</span>'


def _value(value: object) -> str:
    return "as usual" if value is None else escape(str(value))
