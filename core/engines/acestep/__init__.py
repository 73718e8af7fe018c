"""The original ACE-Step (version 1) through its authors' own package, under an interpreter of its own."""
