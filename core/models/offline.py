"""Offline mode: nothing here opens a socket, and the remedy says how to copy the files here by hand."""

from __future__ import annotations

from core.engines.weights import MODELS, Weights
from core.errors import DownloadError
from core.machine.offline import offline_by


def by_hand(weights: Weights) -> str:
    """Return how to copy weights to a machine without a network."""
    return (
        f"On a machine with a network run: hf download {weights.repository} --local-dir {weights.name}; "
        f"copy that folder here, into the folder that {MODELS} names."
    )


def refuse_offline(weights: Weights) -> None:
    """Raise DownloadError in offline mode, before anything is asked of the network."""
    variable = offline_by()
    if variable:
        raise DownloadError(
            f"{weights.name} is not downloaded: {variable} is set, so the network is not used.",
            remedy=f"{by_hand(weights)} Or remove {variable}.",
        )
