"""Make the ten-second samples of Home's example prompts anew: ``python -m benchmarks.samples``.

Each is what the built-in band makes of the prompt with the first seed, through the whole chain: the loudest
ten seconds of its master, as MP3, which every browser plays.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from core.audio import Audio
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from core.ui.examples import EXAMPLES, SAMPLE_S, sample_file

SONG_S = 30.0
FADE_S = 0.25


def make(studio: Studio, genre: str) -> Path:
    """Make one sample; return where it was written. Raises RuntimeError for a song that was not made."""
    band = RunSettings().generate.model_copy(update={"engine": "composer"})
    settings = RunSettings().model_copy(update={"generate": band})
    request = SongRequest(prompt=EXAMPLES[genre], duration_s=SONG_S)
    run = studio.wait(studio.start(request, settings, "samples"))
    master = run.step("master").main
    if master is None:
        raise RuntimeError(f"The song of {genre} was not made: {run.blamed}.")
    path = sample_file(genre)
    audio = studio.audio(master.key)
    soundfile.write(
        path,
        _loudest(audio),
        audio.sample_rate,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=0.6,
        bitrate_mode="VARIABLE",
    )
    return path


def _loudest(audio: Audio) -> npt.NDArray[np.float32]:
    """Return the ten seconds of the most power, faded in and out; one second is a step."""
    frames, step = round(SAMPLE_S * audio.sample_rate), audio.sample_rate
    starts = range(0, max(1, audio.frames - frames), step)
    best = max(starts, key=lambda start: float(np.square(audio.samples[start : start + frames]).sum()))
    part = audio.samples[best : best + frames].copy()
    ramp = np.linspace(0.0, 1.0, round(FADE_S * audio.sample_rate), dtype=np.float32)[:, np.newaxis]
    part[: len(ramp)] *= ramp
    part[-len(ramp) :] *= ramp[::-1]
    return part


def main() -> None:
    """Make those that are missing."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["GAINSTAGE_HOME"] = home
        studio = Studio.open(by_operator=True)
        for genre in EXAMPLES:
            if not sample_file(genre).is_file():
                path = make(studio, genre)
                print(genre, f"{path.stat().st_size / 1e3:.0f} kB", flush=True)
        studio.close()


if __name__ == "__main__":
    main()
