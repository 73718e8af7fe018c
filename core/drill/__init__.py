"""The drill: every fault of the catalogue happens to a real song, and who notices is written down."""
