"""Songs uploaded as Standard MIDI Files: read, checked, and their words put on their notes."""
