"""Engines: the registry, the host, and one file or folder per engine."""
