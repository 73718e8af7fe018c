"""A band that puts out something else than the song: a real engine in a child process, for tests."""

from __future__ import annotations

import numpy as np

from core.audio import Audio
from core.faults import blind

SECONDS = 12.0
OTHERS = {
    "oscillator": blind.tone(1000.0),
    "partials": blind.tone(220.0, 4),
    "noise": blind.noise(1.0),
    "loop": blind.one_loop(0.8),
}


class Worker:
    """Answers with the sound that the prompt names, stereo, in the length that the plan has."""

    device = "cpu"
    precision = "float32"

    def compose(self, values, sounds, report):
        """Return ``clip_1`` without stems."""
        from core.drill.good import band

        rate = int(values["sample_rate"])
        good = band().resampled(rate)
        frames = round(SECONDS * rate)
        long = np.tile(good.samples, (-(-frames // good.frames), 1))[:frames]
        wrong = OTHERS[str(values["prompt"])](Audio(long, rate), np.random.default_rng(1))
        return {"duration_s": SECONDS}, {"clip_1": (wrong.samples, rate)}
