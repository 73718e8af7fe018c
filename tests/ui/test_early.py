"""A plain ``streamlit run streamlit_app.py`` serves what the studio adds to the server, and imports early."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from streamlit.web.server.app_discovery import discover_asgi_app

from core.ui import early
from core.ui.guarding import SecurityHeaders
from core.ui.served import CompressedBundles
from tests.asynchronous import completed

ROOT = Path(__file__).parents[2]
SCRIPT = """
import asyncio, sys, threading
from core.ui.early import at_start

async def start():
    async with at_start(None):
        pass

assert "core.ui.home" not in sys.modules
asyncio.run(start())
for thread in threading.enumerate():
    if thread.name == "early-imports":
        thread.join()
print(*(name for name in ("core.ui.home", "core.ui.site", "core.stages.table") if name in sys.modules))
"""


def test_the_entry_is_found_as_the_servers_application():
    found = discover_asgi_app(ROOT / "streamlit_app.py")
    assert found.import_string == "streamlit_app:app"


def test_the_application_compresses_imports_early_and_runs_the_entry_as_its_script():
    import streamlit_app

    app = streamlit_app.app
    assert app.script_path == ROOT / "streamlit_app.py"
    assert [one.cls for one in app._user_middleware] == [SecurityHeaders, CompressedBundles]
    assert app._user_lifespan is early.at_start


def test_home_is_imported_from_the_servers_start_on():
    command = [sys.executable, "-c", SCRIPT]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout.split() == ["core.ui.home", "core.ui.site", "core.stages.table"]


def started():
    """Go through the server's start and wait for what it began."""

    async def start():
        async with early.at_start(None):
            pass

    completed(start())
    for thread in threading.enumerate():
        if thread.name in ("early-imports", "open-browser"):
            thread.join(60)


def test_the_server_gets_its_turns_back(opened):
    usual = sys.getswitchinterval()
    started()
    assert sys.getswitchinterval() == usual


@pytest.fixture
def opened(monkeypatch):
    """The addresses that a browser is opened at."""
    addresses = []
    monkeypatch.setattr(early, "open_browser", addresses.append)
    return addresses


@pytest.mark.parametrize(
    ("address", "host"), [(None, "localhost"), ("localhost", "localhost"), ("0.0.0.0", "localhost")]
)
def test_a_browser_is_opened_where_somebody_sits_before_the_machine(monkeypatch, opened, address, host):
    options = {"server.headless": False, "server.address": address}
    monkeypatch.setattr(early.st, "get_option", options.__getitem__)
    started()
    assert [one.rsplit(":", 1)[0] for one in opened] == [f"http://{host}"]


def test_no_browser_is_opened_on_a_server_without_a_screen(monkeypatch, opened):
    monkeypatch.setattr(early.st, "get_option", {"server.headless": True}.__getitem__)
    started()
    assert opened == []
