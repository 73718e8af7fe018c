"""MusicGen through audiocraft."""
