"""ACE-Step as a separator."""
