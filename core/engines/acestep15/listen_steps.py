"""Steps to listen to, on their way out of the child: 16-bit WAVs as text, by the number of the step."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from io import BytesIO
from wave import open as open_wav

import numpy as np
import numpy.typing as npt


def wavs(excerpts: Mapping[int, npt.NDArray[np.float32]], rate: int) -> dict[str, str]:
    """Return sounds (frames, channels), within -1 to 1, as WAVs in base64 by the number of their step."""
    return {str(step): b64encode(_wav(samples, rate)).decode("ascii") for step, samples in excerpts.items()}


def _wav(samples: npt.NDArray[np.float32], rate: int) -> bytes:
    held = BytesIO()
    with open_wav(held, "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.round(samples * 32_767.0).astype("<i2").tobytes())
    return held.getvalue()
