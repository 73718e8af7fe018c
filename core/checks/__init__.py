"""Checks, one file per family."""
