"""The companion Space: ACE-Step 1.5 on a GPU that ZeroGPU lends for the length of one call.

``spaces`` is imported before torch, as it must be, and does nothing on other machines. The model is loaded
inside the call, which has the GPU; its files are in the page cache after the first.
"""

from __future__ import annotations

import spaces  # isort: skip
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np

from core.engines.acestep15.worker import Worker
from core.engines.child import describe

MOST_ORDER = 200_000
"""Characters of an order."""
LONGEST_S = float(os.environ.get("GAINSTAGE_LONGEST_S", "240"))
LOAD_S, SHARE_S, MOST_GPU_S = 40.0, 0.35, 300.0
"""GPU time that an order reserves: to load the model, for each second of song, and at most."""
TAKEN = ("plan", "lyrics", "prompt", "typed_lyrics", "instrumental", "seed", "clips", "overlap_s")
OPTIONS = ("preset", "steps")
"""What a visitor may choose; nothing of it names a path, a LoRA or another model."""
WORKER = Worker()


def read(order: str) -> dict[str, Any]:
    """Return the values of an order; raises ValueError for one that is too long or malformed."""
    if len(order) > MOST_ORDER:
        raise ValueError(f"an order of {len(order)} characters; {MOST_ORDER} are the most")
    asked = json.loads(order)
    options = asked.get("options") or {}
    values = {name: asked.get(name) for name in TAKEN}
    values["options"] = {name: options[name] for name in OPTIONS if name in options}
    if song_s(values) > LONGEST_S:
        raise ValueError(f"a song of {song_s(values):.0f} s; this Space makes at most {LONGEST_S:.0f} s")
    return values


def song_s(values: dict[str, Any]) -> float:
    """Return the length of the planned song, seconds."""
    from core.song import Plan

    return Plan.model_validate(values["plan"]).duration_s


def gpu_s(values: dict[str, Any], progress: gr.Progress) -> int:
    """Return the GPU time to reserve for an order, seconds."""
    return round(min(MOST_GPU_S, LOAD_S + SHARE_S * song_s(values)))


@spaces.GPU(duration=gpu_s)
def played(values: dict[str, Any], progress: gr.Progress) -> tuple[dict[str, Any], dict[str, Any]]:
    """Play the song on the GPU."""
    return WORKER.compose(values, {}, lambda fraction, message: progress(fraction, desc=message))


def compose(order: str, progress: gr.Progress = gr.Progress()) -> tuple[dict[str, Any], list[str]]:  # noqa: B008
    """Return the reply's values and a file of samples (.npy, float32, frames by channels) for each clip.

    A failure of ACE-Step is returned as ``{"error": ...}``; those of ZeroGPU are Gradio's own errors.
    """
    try:
        reply, sounds = played(read(order), progress)
    except gr.Error:
        raise
    except Exception as error:  # noqa: BLE001 - whatever failed is told to who asked
        return {"error": describe(error) | {"detail": ""}}, []
    folder = Path(tempfile.mkdtemp(prefix="clips-"))
    files = []
    for number, (samples, _) in enumerate(sounds.values(), start=1):
        files.append(str(folder / f"clip_{number}.npy"))
        np.save(files[-1], np.asarray(samples, np.float32), allow_pickle=False)
    return reply, files


with gr.Blocks(title="Gainstage: ACE-Step", delete_cache=(3600, 3600)) as demo:
    gr.Markdown("The GPU behind a Gainstage studio. Name this Space in its `GAINSTAGE_SPACE`.")
    asked_for = gr.Textbox(label="Order (JSON)", lines=6)
    send = gr.Button("Compose")
    send.click(
        compose,
        asked_for,
        [gr.JSON(label="Reply"), gr.Files(label="Clips")],
        api_name="compose",
        concurrency_limit=1,
    )

if __name__ == "__main__":
    demo.queue(max_size=32).launch(max_file_size="1mb")
