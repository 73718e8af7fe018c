"""Composing: from a plan and words to a score."""
