"""The stages, one file each; :mod:`core.pipeline` has them in their order."""
