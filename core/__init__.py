"""Gainstage: a music studio that shows the level after every stage."""

__version__ = "0.1.0"
