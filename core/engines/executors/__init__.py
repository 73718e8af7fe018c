"""Where engines run: the seam (``base``), and behind it child processes of this machine (``local``)."""
