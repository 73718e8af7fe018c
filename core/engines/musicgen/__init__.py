"""MusicGen through transformers."""
