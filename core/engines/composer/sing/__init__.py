"""Singing: from words on notes to a voice."""
