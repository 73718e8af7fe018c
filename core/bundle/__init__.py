"""The report bundle: one zip that tells all about a run, and from which it can be made again."""
