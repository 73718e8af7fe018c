"""Spleeter's pretrained two-stem networks, loaded by our own module and extended to four stems."""
