"""ACE-Step 1 through the host: acted everywhere, and for real where its package is installed."""
