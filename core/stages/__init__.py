"""The stages, one file each; :mod:`core.runs.pipeline` has them in their order."""
