"""The scripts, elements and style sheets of the players and of the live page, sent to a browser once.

Streamlit sends the script, HTML and CSS of a component along with each update of its data, and several
waveforms of a page would carry one of each. Here all of them are one component, which is drawn once a page
and whose message never changes, so that Streamlit sends a reference to it from the second time on. What a
component itself carries is a few lines that hand its element over to its script as soon as that is here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
SOURCES = {
    "part": ("live.js",),
    "status": ("status.js",),
    "theme": ("theme.js",),
    "song_bar": ("song_deck.js", "song_bar.js"),
    "wave": ("wave_spectrogram.js", "wave_picture.js", "wave_hands.js", "wave_player.js"),
    "ab": ("ab.js", "abx.js"),
    "mixer": ("mixer_graph.js", "mixer_view.js", "mixer_listen.js", "mixer_loading.js", "mixer.js"),
}
"""The files of each script, in their order; each has one ``export default function``.

Elements and style sheet of a component are in the files of its name, where there are any.
"""
_STUB = """const name = %s;
export default (component) => {
  let gone = false;
  let end = null;
  const begin = () => {
    if (!gone) end = window.gainstageScripts[name](component);
  };
  if (window.gainstageScripts) begin();
  else window.addEventListener("gainstage-scripts", begin, { once: true });
  return () => {
    gone = true;
    end?.();
  };
};"""


def read(names: Iterable[str]) -> str:
    """Return files of this folder as one text, without the lines that are comments alone."""
    text = "\n".join((_HERE / name).read_text(encoding="utf-8") for name in names)
    return re.sub(r"(?m)^\s*//.*\n", "", text)


def analyzer() -> str:
    """Return what all players' scripts use: codec, meter, analyzer, and what is said of sound held back."""
    style = json.dumps((_HERE / "analyzer.css").read_text(encoding="utf-8"))
    return "\n".join(
        (
            read(["codec.js", "held.js", "meter.js"]),
            f"const ANALYZER_CSS = {style};",
            read(["analyzer_history.js", "analyzer.js"]),
            "window.gainstageMeter = { LiveMeter };",
        )
    )


def stub(name: str) -> str:
    """Return what a component of the script ``name`` carries as its own script."""
    if name not in SOURCES:
        raise KeyError(name)
    return re.sub(r"\n +", " ", _STUB % json.dumps(name))


_DRESSED = """function dressed(make, markup) {
  return (component) => {
    const { parentElement } = component;
    if (markup && !parentElement.querySelector("[data-dressed]")) {
      const inside = document.createElement("div");
      inside.dataset.dressed = "";
      inside.innerHTML = markup;
      parentElement.append(inside);
    }
    return make(component);
  };
}"""
"""Puts a component's elements and style sheet into its place when it is first given data."""


def _markup(name: str) -> str:
    html, css = (_HERE / f"{name}.{kind}" for kind in ("html", "css"))
    if not html.is_file():
        return ""
    return f"<style>{css.read_text(encoding='utf-8')}</style>{html.read_text(encoding='utf-8')}"


def _all() -> str:
    made = "".join(f"{name}: (() => {{\n{_script(name)}\n}})(),\n" for name in SOURCES)
    return (
        f"{analyzer()}\n{_DRESSED}\n"
        f"window.gainstageScripts ??= {{\n{made}}};\n"
        'window.dispatchEvent(new Event("gainstage-scripts"));\nexport default () => () => {};'
    )


def _script(name: str) -> str:
    return f"{_inner(read(SOURCES[name]))}\nreturn dressed(make, {json.dumps(_markup(name))});"


def _inner(script: str) -> str:
    return script.replace("export default function", "function make", 1)


_component = st.components.v2.component("gainstage_scripts", js=_all())


def send_scripts() -> None:
    """Give the page all scripts; nothing of it is seen."""
    _component(key="scripts")
