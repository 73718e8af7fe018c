"""How much memory a song takes, said before anything is loaded: weights, one step, and the decoder.

The formulas were fitted to the tensors that are alive at once while diffusers 0.42 computes the published
sizes on torch's meta device (``tests/engines/acestep15/test_acestep_estimate.py`` repeats it). Attention over
grouped heads with a mask runs on torch's plain kernel (torch.nn.functional.scaled_dot_product_attention:
"currently works only for Flash_attention and math kernel"), which holds all scores in float32, twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.engines.acestep15.sizes import Size

RESERVE = 600_000_000
"""Bytes beside all tensors: the libraries' workspaces, and what the allocator cannot join."""
TILE_FRAMES = 512
"""Latent frames that the decoder takes at a time (diffusers' AutoencoderOobleck)."""
TILE_COPIES = 4
"""Tensors of the decoder's widest layer that are alive at once."""
LYRIC_TOKENS = 2048
SCORES = 8
"""Bytes of one attention score: it and its softmax, in float32."""
CHANNELS = 2
NORMALISED = 12
"""Bytes a sample while the pipeline brings the sound to -1 dBFS: three float32."""
BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}
"""Of one number in each precision."""
STEP_S = 5.0
SHORTEST_S = 10.0


@dataclass(frozen=True)
class Song:
    """What of a song its memory depends on."""

    seconds: float
    """Length of its longest pass through the model."""
    guidance: float = 7.0
    """Above 1 a model that is not turbo computes every step twice at once."""


@dataclass(frozen=True)
class Need:
    """Bytes that a song takes."""

    parts: dict[str, int]
    """Weights of each part of the model."""
    reading: int
    """Beside them while words are read, one step is computed, and sound is decoded."""
    denoising: int
    decoding: int

    @property
    def weights(self) -> int:
        """Of all parts."""
        return sum(self.parts.values())

    @property
    def whole(self) -> int:
        """With all parts on the device."""
        return self.weights + max(self.reading, self.denoising, self.decoding) + RESERVE

    @property
    def in_turns(self) -> int:
        """With one part on the device at a time, the others in main memory."""
        beside = {
            "condition_encoder": self.reading,
            "transformer": self.denoising,
            "vae": self.decoding,
        }
        return max(held + beside.get(part, 0) for part, held in self.parts.items()) + RESERVE


def need(size: Size, song: Song, precision: str) -> Need:
    """Return what a song takes in a precision ("float32", "bfloat16", "float16")."""
    each = BYTES[precision]
    frames = song.seconds * size.latents_hz
    together = 2 if song.guidance > 1.0 and not size.turbo else 1
    samples = frames * size.hop * CHANNELS
    tile = TILE_COPIES * size.decoder_channels * min(frames, TILE_FRAMES) * size.hop * each
    # Weight normalisation keeps what it computed of every layer beside the layer's own two tensors.
    tile += size.parameters.get("vae", 0) * each
    return Need(
        parts={part: count * each for part, count in size.parameters.items()},
        reading=_attention(LYRIC_TOKENS, size.encoder_heads, size.head_dim, 1, each),
        denoising=_attention(frames / size.patch, size.heads, size.head_dim, together, each),
        decoding=round(max(tile + 2 * samples * each, samples * (each + NORMALISED))),
    )


def longest_s(size: Size, guidance: float, precision: str, free: int, *, offload: bool) -> float:
    """Return the longest song that ``free`` bytes hold, in steps of 5 s from 10 to 600; 0 for none."""
    fitting = 0.0
    seconds = SHORTEST_S
    while seconds <= 600.0:
        needed = need(size, Song(seconds, guidance), precision)
        if (needed.in_turns if offload else needed.whole) > free:
            break
        fitting, seconds = seconds, seconds + STEP_S
    return fitting


def _attention(positions: float, heads: int, head_dim: int, together: int, each: int) -> int:
    """Return the bytes of one layer: scores, the mask and its float32 copy, and queries, keys, values."""
    scores = together * heads * positions**2 * SCORES
    mask = positions**2 * (each + 4)
    projected = together * positions * heads * head_dim * 4 * 4
    return round(scores + mask + projected)
