"""What the players of each genre can play. Pure data."""
