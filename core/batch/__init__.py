"""Many jobs: what they are, where they are done, what became of each, and the album they may be."""
