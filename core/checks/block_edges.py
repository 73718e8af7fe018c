"""What goes wrong where one block of samples ends and the next begins: a frame held, a gain that jumps."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.audio import Samples

FEWEST_HELD = 8
REGULAR = 0.8
"""So many of the held frames lie at one distance."""
PIECES, PIECE = 4, 1 << 17
"""As much of a sound is read: so many pieces of so many frames, spread over it."""
BLOCKS = (512, 1024, 2048, 4096, 8192, 16_384)
"""Sizes of blocks in which engines and plug-ins work. A beat keeps to milliseconds, and to none of these."""
PARTS = 8
"""Parts of a block whose levels are compared; a block may begin at any of them."""
FEWEST_EDGES = 8
JUMP_DB = 0.6
TIMES = 2.5
"""At the edges the gain moves by so many times as much as elsewhere, and by JUMP_DB at half of them."""
CERTAIN = 6.0
"""Standard errors of the mean move."""
STEADY_DB = 3.0
"""Where the source moves by more, a compressor moves too: a beat may keep to a grid of blocks."""
AS_MUCH = 0.55
"""The smallest block at whose edges the gain moves by so much of the most is the block."""
PLAYS_DB = 50.0
"""Parts so far under the loudest one say nothing of a gain."""

Doubles = npt.NDArray[np.float64]


def held_frames(source: Samples, result: Samples) -> str:
    """Say that frames at a regular distance repeat the one before, where the source moves; else ""."""
    places = _held_places(source, result)
    if len(places) < FEWEST_HELD:
        return ""
    gaps = np.diff(places)
    period = int(np.median(gaps))
    if period < 2 or (gaps % period == 0).mean() < REGULAR:
        return ""
    return f"every {period} frames one is held: it repeats the frame before, as at the edge of a block"


def _held_places(source: Samples, result: Samples) -> npt.NDArray[np.int64]:
    """Return the frames of ``result`` that repeat the one before, where ``source`` moves."""
    found = []
    for first in _starts(source, result):
        x, y = source[first : first + PIECE], result[first : first + PIECE]
        places = np.flatnonzero(y[1:, 0] == y[:-1, 0]) + 1
        held = (y[places] == y[places - 1]).all(axis=1) & (y[places] != 0).any(axis=1)
        found.append(first + places[held & (x[places] != x[places - 1]).any(axis=1)])
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _starts(source: Samples, result: Samples) -> list[int]:
    """Return where the pieces begin, at multiples of the largest block; one for a short sound."""
    last = max(0, min(len(source), len(result)) - PIECE)
    return sorted({int(at) // BLOCKS[-1] * BLOCKS[-1] for at in np.linspace(0, last, PIECES)})


def gain_jumps(source: Samples, result: Samples) -> str:
    """Say that the gain jumps at the edges of blocks of a usual size; "" when it does not.

    A compressor moves with the music, which keeps to no block.
    """
    fine = BLOCKS[0] // PARTS
    levels = [
        [_powers(side[first : first + PIECE], fine) for first in _starts(source, result)]
        for side in (source, result)
    ]
    found = []
    for block in BLOCKS:
        jump = _jump_db(*([_grouped(one, block // PARTS // fine) for one in side] for side in levels))
        if jump is not None:
            found.append((block, jump))
    if not found:
        return ""
    most = max(jump for _, jump in found)
    block, jump = next(one for one in found if one[1] > AS_MUCH * most)
    return f"its gain jumps by {jump:.1f} dB every {block} frames, at the edges of blocks"


def _jump_db(before: list[Doubles], after: list[Doubles]) -> float | None:
    """Return by how much the gain moves from one block to the next; None when it moves as much within.

    Levels of the parts of blocks in dB, for each piece.
    """
    floors = [max(float(piece.max(initial=-140.0)) for piece in side) - PLAYS_DB for side in (before, after)]
    moves, parts = [], []
    for x, y in zip(before, after, strict=True):
        plays = (x > floors[0]) & (y > floors[1])
        asked = plays[1:] & plays[:-1] & (np.abs(np.diff(x)) < STEADY_DB)
        moves.append(np.abs(np.diff(y - x))[asked])
        parts.append((np.arange(1, len(asked) + 1) % PARTS)[asked])
    moved, part = np.concatenate(moves), np.concatenate(parts)
    best: float | None = None
    for phase in range(PARTS):
        edges, rest = moved[part == phase], moved[part != phase]
        if min(len(edges), len(rest)) < FEWEST_EDGES:
            continue
        jump, usual = float(np.median(edges)), float(np.median(rest))
        error = float(rest.std()) / np.sqrt(len(edges)) + 1e-9
        certain = float(edges.mean()) - float(rest.mean()) > CERTAIN * error
        if jump > max(JUMP_DB, TIMES * usual, best or 0.0) and certain:
            best = jump
    return best


def _powers(samples: Samples, size: int) -> Doubles:
    """Return the mean square of every so many frames, over all channels."""
    count = len(samples) // size
    rows = samples[: count * size].reshape(count, size * samples.shape[1])
    return np.asarray(np.einsum("bt,bt->b", rows, rows) / rows.shape[1], dtype=np.float64)


def _grouped(powers: Doubles, count: int) -> Doubles:
    """Return the levels of ``count`` parts together, in dB."""
    whole = len(powers) // count * count
    return np.asarray(10 * np.log10(powers[:whole].reshape(-1, count).mean(axis=1) + 1e-14))
