"""Sound files as containers: how much sound one really holds, whatever its header announces."""
