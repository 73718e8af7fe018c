"""A track that was added to a song: both as they are, and their sum, under one gain where that would clip."""

from __future__ import annotations

from math import log10

import numpy as np
import numpy.typing as npt

from core.engines.acestep15.splice import CEILING, edge_weight

Samples = npt.NDArray[np.float32]
REST = "other"
"""Name of the song as a stem beside the track that was added to it."""


def added(song: Samples, track: Samples, name: str) -> tuple[dict[str, Samples], str]:
    """Return the sum as "", and its stems: the track by its name, and the song; and a note for a gain.

    Both (frames, 2) and as long. Where the sum peaks above -1 dBFS and above the song, all go down alike.
    """
    whole = song + track
    peak, most = float(np.max(np.abs(whole))), max(CEILING, float(np.max(np.abs(song))))
    if peak <= most:
        return {"": whole, name: track, REST: song}, ""
    gain = np.float32(most / peak)
    note = f"Song and {name} were lowered by {-20.0 * log10(gain):.1f} dB: their sum would have clipped."
    track, song = track * gain, song * gain
    return {"": song + track, name: track, REST: song}, note


def within(track: Samples, start: int, stop: int, rate: int) -> tuple[Samples, str]:
    """Return the track from frame start to stop, silent elsewhere, and a note; all of it stays as it is.

    A fade of 30 ms lies inside the part at each edge with something of the song beside it.
    """
    frames = track.shape[0]
    if (start, stop) == (0, frames):
        return track, ""
    out = np.zeros_like(track)
    weight = edge_weight(stop - start, rate, begins=start > 0, ends=stop < frames)
    out[start:stop] = track[start:stop] * weight
    return out, f"Nothing was added outside of {start / rate:.1f} to {stop / rate:.1f} s."
