"""Signal processing of our own: what no library does well enough."""
