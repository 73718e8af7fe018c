"""What was done to one sound to make another: delay, gain, curve, filter, and how alike the two are."""
