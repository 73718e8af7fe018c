"""Runs: their records, index and sounds on disk, and what takes them through the stages."""
