"""The ordered stages and their settings."""
