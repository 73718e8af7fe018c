"""The child's side of reference mastering: matchering's analysis of mix and reference.

matchering (GPL-3.0) is imported here and nowhere else. Its unlimited result is the mix through one filter for
the middle and one for the sides, times a gain. The filters are what is asked for: they can be held to what is
sane, used in part, drawn, and judged; gain and limiter are the studio's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from core.engines.child import WorkerError

Sounds = dict[str, tuple[npt.NDArray[np.float32], int]]
Doubles = npt.NDArray[np.float64]

NO_SIDES = 1e-3
"""Sides of this part of the middle, -60 dB, or less are what rounding leaves of mono."""
QUIETEST_GAIN = 1e-2
"""A cut deeper than 40 dB is not distinguished from one of 40 dB."""
BY_LOUDNESS = "Take only the loudness of the reference, which needs no matchering."
REFUSALS = {
    4002: ("The mix is longer than the 15 minutes that matchering takes.", BY_LOUDNESS),
    4003: ("The mix is shorter than matchering takes.", BY_LOUDNESS),
    4004: ("The mix has more than two channels; matchering takes mono and stereo.", BY_LOUDNESS),
    4005: (
        "The reference is the mix itself: there is nothing to match.",
        "Choose another track as the reference.",
    ),
    4102: (
        "The reference is longer than the 15 minutes that matchering takes.",
        "Choose one song, or cut the reference to the part that counts.",
    ),
    4103: ("The reference is shorter than matchering takes.", "Choose a whole song as the reference."),
    4104: (
        "The reference has more than two channels; matchering takes mono and stereo.",
        "Choose a stereo version of the reference.",
    ),
}
"""What matchering refuses, by its own codes, as sentence and remedy."""


class Worker:
    """Compares two sounds; ``match`` is the one method."""

    device = "cpu"
    precision = "float64"

    def match(
        self, values: dict[str, Any], sounds: Sounds, report: Callable[[float, str], None]
    ) -> tuple[dict[str, Any], Sounds]:
        """Return how to match ``sounds["mix"]`` to ``sounds["reference"]``, which have one rate.

        ``values``: ``fft_size`` in frames, and the ``bins`` of its spectrum at which to tell the gain.
        Returns ``mid_db`` and ``side_db``, one gain for each bin, and in ``no_width`` which of the two sounds
        is mono (else ""): the sides then get what the middle gets. WorkerError for what matchering refuses.
        """
        import matchering
        from matchering.checker import check, check_equality
        from matchering.log.exceptions import ModuleError
        from matchering.stage_helpers import analyze_levels, get_fir, normalize_reference

        mix, rate = sounds["mix"]
        reference, _ = sounds["reference"]
        config = matchering.Config(internal_sample_rate=rate, fft_size=values["fft_size"])
        report(0.0, "Comparing the mix with the reference")
        try:
            target, _ = check(mix.astype(np.float64), rate, config, "target")
            model, _ = check(reference.astype(np.float64), rate, config, "reference")
            check_equality(target, model)
        except ModuleError as error:
            raise _refused(str(error)) from error
        no_width = _mono({"mix": target, "reference": model})
        report(0.3, "Comparing the mix with the reference")
        model, _ = normalize_reference(model, config)
        *_, mid, side, rms, _, _ = analyze_levels(target, "target", config)
        *_, like_mid, like_side, like_rms, _, _ = analyze_levels(model, "reference", config)
        to_level = like_rms / rms
        report(0.6, "Finding the equaliser")
        bins = np.asarray(values["bins"])
        mid_db = _gain_db(get_fir(mid * to_level, like_mid, "mid", config), bins)
        side_db = mid_db if no_width else _gain_db(get_fir(side * to_level, like_side, "side", config), bins)
        return {"mid_db": mid_db, "side_db": side_db, "no_width": no_width}, {}


def _gain_db(taps: Doubles, bins: npt.NDArray[np.int64]) -> list[float]:
    gain = np.maximum(np.abs(np.fft.rfft(taps))[bins], QUIETEST_GAIN)
    return [float(value) for value in 20 * np.log10(gain)]


def _mono(sounds: dict[str, Doubles]) -> str:
    """Return which of the sounds (frames, 2) has no sides, or ""; WorkerError for one without a middle."""
    mono = ""
    for name, samples in sounds.items():
        mid, side = (np.sqrt(np.square(samples @ (0.5, sign)).mean()) for sign in (0.5, -0.5))
        if mid <= NO_SIDES * side:
            raise WorkerError(
                f"The channels of the {name} cancel each other: there is no middle to match.",
                "Turn the polarity of one of its channels, or take only the loudness.",
                kind="input",
            )
        if side <= NO_SIDES * mid:
            mono = mono or name
    return mono


def _refused(text: str) -> WorkerError:
    """Turn matchering's "4103: The track length ..." into a sentence of ours."""
    code, _, said = text.partition(": ")
    if not code.isdigit() or int(code) not in REFUSALS:
        return WorkerError(f"matchering refused the sounds: {said or text}.", BY_LOUDNESS, detail=text)
    return WorkerError(*REFUSALS[int(code)], kind="input", detail=text)
