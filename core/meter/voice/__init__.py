"""Voices in a sound: where one is, and which pitch it sings; read by small networks that come in packages."""
