"""What cannot be mastered, each with its causes and a remedy: nothing is amplified that is not there."""

from __future__ import annotations

from collections.abc import Mapping

from core.audio import Audio
from core.errors import EngineInputError, InputError
from core.measure import Measurement, measure

SHORTEST_S = 0.4
HIGHEST_DBFS = 100.0


def came_silent(mix: Audio, upload: Mapping[str, Audio]) -> bool:
    """Return whether the mix has no loudness because none of the uploaded sounds has any."""
    return bool(upload) and all(_has_no_loudness(audio) for audio in (mix, *upload.values()))


def _has_no_loudness(audio: Audio) -> bool:
    reading = measure(audio)
    silent = reading.sample_peak_dbfs is None
    faint = reading.integrated_lufs is None and audio.duration_s >= SHORTEST_S
    return reading.nonfinite_samples == 0 and (silent or faint)


def refuse_unmasterable(audio: Audio, reading: Measurement) -> None:
    """Raise the error that says why this cannot be mastered, if it cannot."""
    if reading.nonfinite_samples:
        raise EngineInputError(
            f"{reading.nonfinite_samples} samples of the mix are not valid numbers (NaN or infinite).",
            causes=("a stage before this one failed and its sound was used all the same",),
            remedy="Make the mix again from stems that are whole.",
        )
    if audio.duration_s < SHORTEST_S:
        raise InputError(
            f"The mix lasts {audio.duration_s:.2f} s; loudness exists from {SHORTEST_S:g} s on.",
            remedy="Upload a longer sound.",
        )
    if reading.sample_peak_dbfs is None:
        raise InputError(
            "There is nothing to master: the mix is silent from end to end.",
            causes=("everything is muted", "only a silent stem is soloed"),
            remedy="Unmute a stem on the mix page and mix again.",
        )
    if reading.sample_peak_dbfs > HIGHEST_DBFS:
        raise EngineInputError(
            f"The mix peaks at {reading.sample_peak_dbfs:+.0f} dBFS: that is no sound any more.",
            causes=("a filter before this stage blew up",),
            remedy="Make the mix again.",
        )
    if reading.integrated_lufs is None:
        raise InputError(
            "The mix is nearly silent: nothing in it is louder than -70 LUFS, and raising it would "
            "only make noise loud.",
            causes=("a fader or an engine left next to nothing",),
            remedy="Raise the faders, or look at the stages before for the one that lost the level.",
        )


def refuse_a_constant(centred: Audio, removed: tuple[float, ...]) -> None:
    """Raise InputError when nothing is left of a mix without its DC offset; ``removed``: that offset."""
    if measure(centred).integrated_lufs is None:
        offset = max(removed, key=abs)
        raise InputError(
            f"The mix is a constant of {offset:+.2f}: without that DC offset nothing is left to master.",
            causes=("an engine's NaN was saved as integers", "a recording input without a signal"),
            remedy="Look at the stages before for the one that lost the sound.",
        )
