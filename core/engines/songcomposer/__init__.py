"""SongComposer, a language model for words and tunes, under an interpreter of its own."""
