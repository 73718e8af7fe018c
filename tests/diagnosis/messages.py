"""What is printed when the failures of the catalogue happen, and what is printed when others do."""

from __future__ import annotations

from tests.diagnosis.gpu_messages import GPU
from tests.diagnosis.machine_messages import MACHINE
from tests.diagnosis.model_messages import MODEL
from tests.diagnosis.recipe_messages import RECIPE
from tests.diagnosis.space_messages import SPACE
from tests.diagnosis.tracebacks import traceback_of

RAW = MACHINE | GPU | MODEL | SPACE | RECIPE
"""By the entry that is to recognise it."""

UNKNOWN = (
    "",
    "RuntimeError: first line\nthe shapes do not match",
    "ValueError: 3 is not a multiple of 2",
    traceback_of("KeyError: 'bpm'", 'raise ValueError("CUDA out of memory: No space left on device")'),
    "The song is too long.",
    "All is well: clip_1 peaks at -3.0 dBFS.",
)
