"""What a checkpoint of SongComposer consists of. Standard library only, Python 3.9 syntax."""

from __future__ import annotations

CODE = "modeling_*.py"
FILES = ("config.json", CODE, "tokenizer.model", "pytorch_model*.bin|model*.safetensors")
