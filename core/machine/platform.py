"""On whose machine this runs: one's own, a container, a Space, Streamlit Community Cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOUNTED = Path("/mount/src")
"""Where Streamlit Community Cloud puts a repository."""
FALSE = ("", "0", "false", "no", "off")


@dataclass(frozen=True)
class Place:
    """What is known of the platform."""

    description: str
    """Its name in a sentence; empty for an ordinary machine."""
    space: bool = False
    zero_gpu: bool = False
    streamlit_cloud: bool = False
    container: bool = False
    hardware: str = ""
    """A Space's hardware as the platform calls it, such as "t4-small" or "cpu-basic"."""


def place(environment: Mapping[str, str], root: Path = Path("/")) -> Place:
    """Return where this runs, from the variables and folders that platforms set.

    A Space sets ``SPACE_ID`` (and ``ACCELERATOR``), ZeroGPU ``SPACES_ZERO_GPU``; Docker leaves
    ``/.dockerenv``, Podman ``/run/.containerenv``, Kubernetes ``KUBERNETES_SERVICE_HOST``.
    """
    zero = environment.get("SPACES_ZERO_GPU", "").strip().lower() not in FALSE
    hardware = environment.get("ACCELERATOR", "") or environment.get("SPACE_HARDWARE", "")
    cloud = (root / MOUNTED.relative_to("/")).is_dir() and "SPACE_ID" not in environment
    container = (
        (root / ".dockerenv").exists()
        or (root / "run/.containerenv").exists()
        or "KUBERNETES_SERVICE_HOST" in environment
    )
    if zero:
        return Place("a Hugging Face Space on ZeroGPU", True, True, hardware=hardware, container=container)
    if environment.get("SPACE_ID"):
        on = f" on {hardware}" if hardware else ""
        return Place(f"a Hugging Face Space{on}", True, hardware=hardware, container=container)
    if cloud:
        return Place("Streamlit Community Cloud", streamlit_cloud=True, container=container)
    return Place("a container" if container else "", container=container)
