"""Songs brought as MIDI files."""
