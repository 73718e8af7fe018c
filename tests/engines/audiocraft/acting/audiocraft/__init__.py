"""Plays audiocraft's part: its calls, its rounding and its progress, with a sine in place of a model."""
