"""The built-in band: composes a song from its plan, plays it through a SoundFont and has it sung."""
