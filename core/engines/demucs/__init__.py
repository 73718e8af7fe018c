"""HT Demucs through the demucs package."""
