"""Playing: from a score to stems, clips, MIDI and a lead sheet."""
