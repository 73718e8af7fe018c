"""The entries, one family a file."""
