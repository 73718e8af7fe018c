"""What a MusicGen in audiocraft's own form consists of. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

FILES = ("state_dict.bin", "compression_state_dict.bin")
