"""Where the studio runs, who may see its songs, and what the platform does not allow."""

from __future__ import annotations

import os
from collections.abc import Iterator

from core.contract import Severity
from core.facts.fact import Fact, bad, ok
from core.machine.platform import Place, place


def hosting() -> Iterator[Fact]:
    """Look at the platform and at the mode."""
    here = place(os.environ)
    yield _platform(here)
    yield _mode(here)


def _platform(here: Place) -> Fact:
    if here.zero_gpu:
        return bad(
            Severity.WARN,
            "platform",
            "This is a Hugging Face Space on ZeroGPU, which lends its processor to Gradio programs only.",
            "Choose a Docker Space with a GPU of its own, or reach a Gradio Space that holds the model.",
            "ZeroGPU was chosen as the Space's hardware",
        )
    if here.streamlit_cloud:
        return ok(
            "platform",
            "This is Streamlit Community Cloud: memory is short there, and the disk is emptied at every "
            "start. The built-in band fits.",
        )
    return ok("platform", f"This is {here.description or 'an ordinary machine'}.")


def _mode(here: Place) -> Fact:
    hosted = os.environ.get("GAINSTAGE_HOSTED") == "1"
    if (here.space or here.streamlit_cloud) and not hosted:
        where = "Space's settings" if here.space else "app's settings, under Secrets"
        return bad(
            Severity.WARN,
            "mode",
            "This is a public place in local mode: every visitor sees every song.",
            f'Set GAINSTAGE_HOSTED to "1" in the {where}.',
            "the variable is not set",
        )
    return ok(
        "mode",
        "Hosted: a visitor sees only the songs whose address they hold."
        if hosted
        else "Local: one person's studio, every song is theirs.",
    )
