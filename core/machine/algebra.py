"""Threads of numpy's linear algebra: one.

OpenBLAS starts a thread for each core and lets it spin between two products, which here are small: a sixth of
the processor time of a song went there. What has been set by the person stays.
"""

from __future__ import annotations

import os

ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1"}


def algebra_in_one_thread() -> None:
    """Set it for this process and those that it starts, before numpy is imported (it reads it then)."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
