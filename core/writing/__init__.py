"""Words and form: what a song says and how it is built, before any sound."""
