"""Blame: what each step of a chain did to the sound, the first that broke it, and where two songs part ways.

:mod:`core.blame.chain` follows an ordered list of files or the stages of a run; :mod:`core.blame.difference`
compares two runs or two files. Both rest on :mod:`core.blame.change`: what one step did.
"""
