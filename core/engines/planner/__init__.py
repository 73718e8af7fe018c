"""ACE-Step's planner: a language model that writes a song as audio codes before it is played."""
