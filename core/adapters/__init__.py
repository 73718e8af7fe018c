"""Adapters: the probe and the judge in other people's programs, one small file each."""
