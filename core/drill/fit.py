"""Detection against severity: a monotone fit, and the severities at which half and nearly all are caught."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Wave = npt.NDArray[np.float64]


def monotone(badness: Sequence[float], caught: Sequence[bool]) -> tuple[Wave, Wave]:
    """Return the badnesses in order, and the share caught at each: the best fit that never falls.

    Pool adjacent violators (Ayer et al., 1955): the maximum-likelihood fit of a rate that grows with badness.
    """
    order = np.argsort(np.asarray(badness, dtype=np.float64), kind="stable")
    places = np.asarray(badness, dtype=np.float64)[order]
    pools: list[list[float]] = []
    for place, hit in zip(places, np.asarray(caught, dtype=np.float64)[order], strict=True):
        same = bool(pools) and pools[-1][2] == place
        pools.append([hit, 1.0, place])
        if same:
            _pool(pools)
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            _pool(pools)
    rates = [np.full(int(count), hits / count) for hits, count, _ in pools]
    return places, np.concatenate(rates) if rates else np.zeros(0)


def _pool(pools: list[list[float]]) -> None:
    hits, count, place = pools.pop()
    pools[-1] = [pools[-1][0] + hits, pools[-1][1] + count, place]


def threshold(badness: Sequence[float], caught: Sequence[bool], share: float) -> float | None:
    """Return the badness from which on at least ``share`` are caught; None where the fit never reaches it.

    It lies half-way between the last trial under that share and the first one that reaches it.
    """
    places, rates = monotone(badness, caught)
    reached = np.flatnonzero(rates >= share)
    if not len(reached):
        return None
    first = int(reached[0])
    return float(places[0] if first == 0 else (places[first - 1] + places[first]) / 2)
