"""Servers that start at once: this process has imported the studio, and forks one for each line it reads.

A line is a JSON object: ``home``, ``port`` and ``log``. The answer is the server's process id, which is its
group's, too. What runs in it is ``streamlit run streamlit_app.py``; only the imports are done.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from core.machine.algebra import algebra_in_one_thread

algebra_in_one_thread()

import plotly.graph_objects  # noqa: E402, F401
import streamlit.starlette  # noqa: E402
import streamlit.web.bootstrap  # noqa: E402, F401
import uvicorn  # noqa: E402, F401
from streamlit.web.cli import main  # noqa: E402

from core.ui import home, site, stage_page  # noqa: E402, F401

ROOT = Path(__file__).parents[1]


def serve() -> None:
    """Fork servers until standard input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _become_server(asked["home"], asked["port"], asked["log"])
        print(child, flush=True)


def _become_server(home_folder: str, port: int, log: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.environ["GAINSTAGE_HOME"] = home_folder
    nothing, file = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for descriptor, number in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(descriptor, number)
    os.chdir(ROOT)
    options = ["--server.headless=true", "--server.address=127.0.0.1", f"--server.port={port}"]
    try:
        main(["run", "streamlit_app.py", *options])
    finally:
        os._exit(1)


if __name__ == "__main__":
    serve()
