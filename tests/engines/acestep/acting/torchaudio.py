"""Stands where torchaudio would; nothing of it may be called."""
