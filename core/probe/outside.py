"""Sounds as other programs hold them, as :class:`core.audio.Audio`.

Arrays of numpy, torch, JAX or CuPy of any float or integer type, channels first or last, in a batch of one;
a pair of array and rate; ``{"waveform", "sample_rate"}`` and its like; a path; a file's bytes. What could
be read in two ways is refused with the question; nothing is guessed. Samples are copied: what the other
program does with its array afterwards changes nothing here.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, TypeGuard

import numpy as np
import numpy.typing as npt

from core.audio import HIGHEST_RATE, LOWEST_RATE, MAX_CHANNELS, Audio, decode, read
from core.errors import InputError

ChannelAxis = Literal["first", "last"]
SAMPLES_KEYS = ("waveform", "array", "audio", "samples", "raw")
RATE_KEYS = ("sample_rate", "sampling_rate", "sr", "rate")
OF_64_BITS = 8


def sound_of(
    value: Any, rate: Any = None, *, channels: ChannelAxis | None = None, name: str = "the sound"
) -> Audio:
    """Return any program's sound as Audio.

    ``rate`` in Hz is needed for a bare array; integers are taken at their type's full scale (int16: 32,768).
    ``channels`` says which axis the channels are where the shape does not. ``name`` stands in the errors.
    Raises InputError, in one sentence with its remedy, and AudioFileError for a file.
    """
    if isinstance(value, Audio):
        return _of_its_own_rate(value, rate, name)
    if isinstance(value, (str, Path)):
        return _of_its_own_rate(read(value), rate, name)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _of_its_own_rate(decode(io.BytesIO(bytes(value)), name), rate, name)
    if isinstance(value, io.BytesIO):
        return _of_its_own_rate(decode(io.BytesIO(value.getvalue()), name), rate, name)
    if is_sound_dictionary(value):
        inside = next(value[key] for key in SAMPLES_KEYS if key in value)
        return sound_of(inside, _one_rate(value, rate, name), channels=channels, name=name)
    if isinstance(value, tuple) and len(value) == 2 and (_is_rate(value[0]) != _is_rate(value[1])):
        first, second = value
        inside, own = (second, first) if _is_rate(first) else (first, second)
        return sound_of(inside, _same_rate(own, rate, name), channels=channels, name=name)
    samples = _floats(_array(value, name), name)
    return Audio(_frames_first(samples, channels, name), _checked_rate(rate, name))


def is_sound_dictionary(value: Any) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is one sound with its rate, as ComfyUI, datasets and transformers pass it."""
    if not isinstance(value, Mapping):
        return False
    return any(key in value for key in SAMPLES_KEYS) and any(key in value for key in RATE_KEYS)


def _array(value: Any, name: str) -> npt.NDArray[Any]:
    """Return an array of numbers; what is none is named."""
    if value is None or isinstance(value, (set, dict)) or callable(getattr(value, "__next__", None)):
        raise _no_sound(value, name)
    if hasattr(value, "detach") and hasattr(value, "is_floating_point"):
        value = _of_torch(value, name)
    elif hasattr(value, "get") and type(value).__module__.split(".")[0] == "cupy":
        value = value.get()
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise _no_sound(value, name, str(error)) from error
    if array.dtype.kind not in "fiu":
        raise _no_sound(value, name, f"its samples are of type {array.dtype}")
    return array


def _of_torch(tensor: Any, name: str) -> Any:
    """Return a tensor's values in main memory, whatever device holds it and whether it records gradients."""
    if tensor.is_sparse or tensor.is_complex() or tensor.is_quantized or tensor.is_meta:
        raise _no_sound(tensor, name, f"it is a {tensor.dtype} {tensor.layout} tensor on {tensor.device}")
    plain = tensor.detach()
    # numpy has no bfloat16 and no float8.
    return (plain.float() if plain.is_floating_point() and plain.element_size() < 4 else plain).cpu().numpy()


def _floats(array: npt.NDArray[Any], name: str) -> npt.NDArray[np.float32]:
    """Return a copy as float32 with full scale 1.0."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    if kind == "f":
        with np.errstate(over="ignore"):
            return np.array(array, dtype=np.float32)
    if size >= OF_64_BITS:
        raise InputError(
            f"The samples of {name} are {array.dtype}, which has no full scale in audio.",
            causes=("16-bit samples were computed with, and became 64-bit integers",),
            remedy="Convert them to what they are: array.astype('int16'), or to floats of full scale 1.0.",
        )
    full = float(1 << (8 * size - 1))
    offset = full if kind == "u" else 0.0
    return ((array.astype(np.float64) - offset) / full).astype(np.float32)


def _frames_first(
    samples: npt.NDArray[np.float32], channels: ChannelAxis | None, name: str
) -> npt.NDArray[np.float32]:
    """Return samples as (frames, channels); raises InputError for a shape that can be read in two ways."""
    shape = samples.shape
    if samples.ndim == 3 and shape[0] == 1:
        samples = samples[0]
    if samples.ndim not in (1, 2):
        count = f"; it holds {shape[0]} sounds" if samples.ndim == 3 else ""
        raise InputError(
            f"The array of {name} has the shape {shape}{count}.",
            remedy="Pass one sound at a time: one or two dimensions, frames and channels.",
        )
    if samples.size == 0:
        raise InputError(
            f"The array of {name} is empty: its shape is {shape}.", remedy="Look at what made it."
        )
    if samples.ndim == 1:
        return samples[:, None]
    first, last = (size <= MAX_CHANNELS for size in samples.shape)
    if channels is None and first and last and samples.shape != (1, 1):
        raise InputError(
            f"The shape {shape} of {name} can be read in two ways: either axis may be the channels.",
            remedy='Say which: channels="first" or channels="last".',
        )
    axis_first = channels == "first" if channels else first
    if not (first if axis_first else last):
        raise InputError(
            f"The shape {shape} of {name} has no axis of 1 to {MAX_CHANNELS} channels"
            + (f' where channels="{channels}" says.' if channels else "."),
            remedy="Pass frames and channels, of one sound.",
        )
    return np.ascontiguousarray(samples.T if axis_first else samples)


def _is_rate(value: Any) -> bool:
    """Whether a value is one number, as rates are."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)


def _checked_rate(rate: Any, name: str) -> int:
    """Return a rate as a whole number of Hz."""
    if rate is None:
        raise InputError(
            f"The rate of {name} is not given, and an array does not hold it.",
            remedy="Pass it in Hz after the array: inspect(array, 44100).",
        )
    try:
        number = float(rate)
    except (TypeError, ValueError):
        number = float("nan")
    if not (LOWEST_RATE <= number <= HIGHEST_RATE and number == int(number)):
        raise InputError(
            f"The rate of {name} is {str(rate)[:40]}; sound has {LOWEST_RATE} to {HIGHEST_RATE} Hz.",
            remedy="Pass the samples a second of one channel, such as 44100.",
        )
    return int(number)


def _one_rate(value: Mapping[str, Any], rate: Any, name: str) -> int:
    return _same_rate(next(value[key] for key in RATE_KEYS if key in value), rate, name)


def _same_rate(own: Any, rate: Any, name: str) -> int:
    """Return the rate that came with a sound; raises InputError when another one is passed beside it."""
    held = _checked_rate(own, name)
    if rate is not None and _checked_rate(rate, name) != held:
        raise InputError(
            f"{name[:1].upper()}{name[1:]} has {held} Hz of its own, and {rate} Hz was passed.",
            remedy="Leave the rate out, or resample the sound.",
        )
    return held


def _of_its_own_rate(audio: Audio, rate: Any, name: str) -> Audio:
    _same_rate(audio.sample_rate, rate, name)
    return audio


def _no_sound(value: Any, name: str, detail: str = "") -> InputError:
    what = "None" if value is None else f"a {type(value).__name__}"
    return InputError(
        f"{name[:1].upper()}{name[1:]} is {what}, which is no sound{f': {detail}' if detail else ''}.",
        remedy="Pass an array with its rate, both in a pair or a dictionary, a path, or a file's bytes.",
    )


def carries_rate(value: Any) -> bool:
    """Whether a sound, or each of several by name, comes with its rate."""
    if isinstance(value, Mapping) and not is_sound_dictionary(value):
        return all(carries_rate(one) for one in value.values())
    pair = isinstance(value, tuple) and len(value) == 2
    return isinstance(value, (Audio, str, Path, bytes)) or pair or is_sound_dictionary(value)
