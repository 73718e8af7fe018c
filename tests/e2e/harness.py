"""A component's script on a page of its own, without a server: for tests of what it does in a browser."""

from __future__ import annotations

from pathlib import Path

from core.ui.scripts import SOURCES, analyzer, read

UI = Path(__file__).parents[2] / "core/ui"


def component_page(name: str, answer: str) -> str:
    """Return a page with the component ``name``, which has the files of the same name.

    ``window.show(data)`` gives it data as the studio would. What it sends is handed to ``sentToStudio``, a
    function of the test, and then to ``answer``, the body of a function of ``name`` and ``value``; there
    ``last`` is what was shown last.
    """
    css = (UI / f"{name}.css").read_text(encoding="utf-8")
    html = (UI / f"{name}.html").read_text(encoding="utf-8")
    made = (analyzer() + read(SOURCES[name])).replace("export default function", "function make", 1)
    stand_in = f"""
    let last;
    const parentElement = document.getElementById("host");
    window.show = (data) => {{
      last = data;
      make({{ parentElement, data: {{ json: JSON.stringify(data) }}, setTriggerValue }});
    }};
    function setTriggerValue(name, value) {{
      window.sentToStudio(name, value);
      {answer}
    }}"""
    body = f"<body style='margin:8px'><div id=host>{html}</div>"
    return f"<style>{css}</style>{body}<script type=module>{made}{stand_in}</script>"
