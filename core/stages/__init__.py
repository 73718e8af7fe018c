"""The stages, one file each; :mod:`core.stages.table` has them in their order."""
