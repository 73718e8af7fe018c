"""Songs uploaded as MIDI files."""
