"""MusicGen through Meta's own package, in an environment of its own."""
