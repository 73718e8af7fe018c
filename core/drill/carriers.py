"""What the blind drill puts faults into: songs of the band, and music of the person's own."""

from __future__ import annotations

import shutil
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.audio import SUFFIXES, Audio, read
from core.drill.base import BaseSong
from core.drill.engine import hosts
from core.errors import AudioFileError, InputError
from core.song import SongRequest

LENGTH_S = 10.0
"""Long enough for every check: the slowest needs half seconds and silence of three."""
PROMPTS = (
    "upbeat pop song about summer",
    "slow sad piano ballad",
    "fast rock song about the road",
    "calm folk waltz",
    "dark electronic dance song",
)
QUIETEST_DBFS = -40.0
"""An excerpt that peaks under this is a pause, and shows nothing."""


@dataclass(frozen=True, eq=False)
class Carrier:
    """One good sound of :data:`LENGTH_S` seconds that a fault happens to."""

    name: str
    audio: Audio


def band_songs(count: int, seed: int) -> tuple[Carrier, ...]:
    """Return clips that the built-in band made, each of another style and seed; raises GainstageError."""
    home = Path(tempfile.mkdtemp(prefix="gainstage-drill-"))
    engines = hosts()
    song = BaseSong(home, engines)
    try:
        made = []
        for number in range(count):
            prompt = PROMPTS[number % len(PROMPTS)]
            request = SongRequest(prompt=prompt, duration_s=LENGTH_S, seed=seed + number)
            made.append(Carrier(f"band, {prompt}, seed {seed + number}", song.clip(request)))
        return tuple(made)
    finally:
        song.close()
        engines.close()
        shutil.rmtree(home, ignore_errors=True)


def music(folder: Path, count: int, seed: int) -> tuple[Carrier, ...]:
    """Return excerpts of stereo files under a folder, as many as asked or as there are.

    Which files, and which part of each, follows from the seed. Raises InputError where no file can be used.
    """
    if not folder.is_dir():
        raise InputError(
            f"There is no folder {str(folder)!r} with carriers in it.",
            remedy="Name a folder of sound files, or leave --carriers out to use the band's songs alone.",
        )
    found: list[Carrier] = []
    for path in _shuffled(folder, seed):
        if len(found) == count:
            break
        excerpt = _excerpt(path, seed)
        if excerpt is not None:
            found.append(Carrier(path.stem, excerpt))
    if not found:
        raise InputError(
            f"No sound file in {str(folder)!r} can carry a fault.",
            remedy=f"Files of two channels, longer than {LENGTH_S:g} s and not silent, are needed.",
        )
    return tuple(found)


def _shuffled(folder: Path, seed: int) -> Iterator[Path]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    for place in np.random.default_rng(seed).permutation(len(paths)):
        yield paths[place]


def _excerpt(path: Path, seed: int) -> Audio | None:
    """Return a part of a file, never its very beginning or end; None where it cannot carry a fault."""
    try:
        audio = read(path)
    except AudioFileError:
        return None
    size = round(LENGTH_S * audio.sample_rate)
    if audio.channels != 2 or audio.frames < size:
        return None
    draw = np.random.default_rng((seed, zlib.crc32(path.name.encode())))
    first = int(draw.integers(0, audio.frames - size + 1))
    part = audio.samples[first : first + size]
    if not np.isfinite(part).all() or np.abs(part).max() < 10 ** (QUIETEST_DBFS / 20):
        return None
    return Audio(np.ascontiguousarray(part), audio.sample_rate)
