"""What gradio_client, ZeroGPU and the studio's own caller print when a Space does not open."""

from __future__ import annotations

SPACE: dict[str, tuple[str, ...]] = {
    "space_token": (
        "The Space refused the token of GAINSTAGE_SPACE_TOKEN: Could not load https://you-space.hf.space/ as "
        "credentials were not provided. Please login.",
        "gradio_client.exceptions.AppError: Expired ZeroGPU proxy token",
    ),
    "space_unanswered": (
        "The Space https://you-space.hf.space/ does not answer: ValueError('Could not fetch config for "
        "https://you-space.hf.space/')",
    ),
}
