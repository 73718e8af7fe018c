"""ACE-Step 1.5's base models as a separator: one track after the other is extracted from the song."""
