"""HT Demucs from a local repository: a song streamed through the published network, segment by segment."""
