"""``studio``: open the studio in the browser, from the checkout or from the installed package."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys

from core.cli.base import OK
from core.errors import InputError
from core.machine.site import site_folder


class StudioCommand:
    """Serve the pages."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("--port", type=int, default=8501, help="default 8501")
        parser.add_argument("--address", default="localhost", help="default localhost; 0.0.0.0 for a network")

    def run(self, arguments: argparse.Namespace) -> int:
        """Serve until it is interrupted; returns streamlit's own status when it cannot start."""
        if importlib.util.find_spec("streamlit") is None:
            raise InputError(
                "The studio's pages need streamlit, which is not installed.",
                remedy='Run pip install "gainstage[studio]", or make run in a checkout.',
            )
        served = [
            *(sys.executable, "-m", "streamlit", "run", str(site_folder() / "streamlit_app.py")),
            *("--server.port", str(arguments.port), "--server.address", arguments.address),
        ]
        try:
            return subprocess.call(served)
        except KeyboardInterrupt:
            return OK
