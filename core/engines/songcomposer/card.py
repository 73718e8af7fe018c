"""SongComposer's engine card (Ding et al. 2024, arXiv 2402.17645)."""

from __future__ import annotations

from core.engines.base import Availability, EngineCard
from core.engines.interpreters import needs_interpreter
from core.engines.songcomposer.layout import FILES
from core.engines.weights import Weights

NAME = "songcomposer"

CARD = EngineCard(
    name=NAME,
    title="SongComposer",
    stage="lyrics",
    worker="core.engines.songcomposer.worker",
    version="1",
    summary="A model of 7 G parameters that writes words with a tune, of which the words are taken. It runs "
    "code that comes with its weights: somebody has to agree to that.",
    licence="weights and code Apache-2.0",
    how_to_add="Make an environment with torch, transformers 4.31.0 and sentencepiece 0.1.99, name its "
    "Python in GAINSTAGE_SONGCOMPOSER_PYTHON, and put Mar2Ding/songcomposer_sft under GAINSTAGE_MODELS.",
    runs_own_code=True,
    needs_torch=True,
    weights=(
        Weights(
            "songcomposer_sft",
            "Mar2Ding/songcomposer_sft",
            FILES,
            16_700,
            "Apache-2.0",
            "7 G parameters in float16: wants a GPU with 18 GB.",
        ),
    ),
    own_weights=FILES,
)


def available() -> Availability:
    """Whether an interpreter of its own is there; what is in it is seen when it starts."""
    return needs_interpreter(CARD, "it is written for transformers 4.31")
