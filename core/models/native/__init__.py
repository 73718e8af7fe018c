"""Checkpoints in ACE-Step's own form: recognised, found on this machine, and converted."""
