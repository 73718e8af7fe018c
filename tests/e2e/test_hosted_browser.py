"""The studio as hosts run it: their entry and start script, visitors who return, plain http, a base path."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from core.audio import Audio, write
from tests.e2e.conftest import FLAGS_HERE, ROOT, SONG_MS, STREAMLIT, ask, serving
from tests.sounds import band

pytestmark = pytest.mark.browser

COOKIE = "gainstage_visitor"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Space as ``make space`` lays it out, started as its Dockerfile does."""
    folder = tmp_path_factory.mktemp("space")
    subprocess.run(["make", "space", f"DIR={folder}"], cwd=ROOT, check=True, capture_output=True)
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with serving(tmp_path_factory.mktemp("home"), ["sh", "hosting/start.sh"], cwd=folder, PATH=here) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The Community Cloud's entry, run from the repository's root behind a base path."""
    flags = ["--server.address=0.0.0.0", "--server.headless=true", "--server.baseUrlPath=~/+"]
    entry = "hosting/community-cloud/streamlit_app.py"
    with serving(tmp_path_factory.mktemp("home"), [*STREAMLIT, entry, *flags], base="/~/+") as port:
        yield f"http://{_address()}:{port}/~/+"


def _address() -> str:
    """Return an address of this machine that isn't loopback, which browsers trust without TLS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # Nothing is sent: it asks which way it would go.
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def songs(context: BrowserContext, server: str) -> int:
    page = context.new_page()
    page.goto(f"{server}/library")
    here = page.locator("[class*='st-key-open_']").get_by_role("button")
    expect(here.or_(page.get_by_text("No song has been made yet.")).first).to_be_visible()
    count = here.count()
    page.close()
    return count


def test_a_visitor_finds_their_song_tomorrow_and_nobody_else_sees_it(chromium: Browser, cloud: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    ask(page, cloud, seconds=4)
    assert COOKIE not in {cookie["name"] for cookie in context.cookies()}
    page.get_by_role("button", name="Make song").click()
    expect(page.locator(".st-key-take_all")).to_be_visible(timeout=SONG_MS)
    (cookie,) = (cookie for cookie in context.cookies() if cookie["name"] == COOKIE)
    assert cookie["sameSite"] == "Strict" and cookie["path"] == "/~/+/" and cookie["expires"] > 0
    page.close()
    assert songs(context, cloud) == 1
    other = chromium.new_context()
    assert songs(other, cloud) == 0
    other.add_cookies([cookie | {"value": "0" * 32 + ".made-up"}])
    assert songs(other, cloud) == 0
    for opened in (context, other):
        opened.close()


def test_the_community_clouds_entry_takes_an_upload_by_plain_http_behind_its_base_path(
    chromium: Browser, cloud: str, tmp_path: Path
) -> None:
    file = tmp_path / "song.wav"
    write(file, Audio(band().samples, band().sample_rate))
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{cloud}/look")
    expect(page.locator(".gs-brand h1")).to_have_text("Analyze a file")
    page.locator("input[type=file]").first.set_input_files(file)
    player = page.locator(".gw").first
    expect(player).to_be_visible()
    player.locator(".play").click()
    expect(player).to_have_attribute("data-state", "playing")
    page.get_by_role("link", name="Library").click()
    expect(page.locator(".gs-brand h1")).to_have_text("Library")
    assert "/~/+/library" in page.url
    context.close()


def test_a_space_starts_by_its_own_script_and_its_health_check_says_so(chromium: Browser, space: str) -> None:
    port = space.rpartition(":")[2]
    check = [sys.executable, "hosting/healthy.py"]
    assert subprocess.run(check, check=False, cwd=ROOT, env=os.environ | {"PORT": port}).returncode == 0
    page = chromium.new_context().new_page()
    page.goto(space)
    expect(page.get_by_role("button", name="Make song")).to_be_visible()
    page.context.close()


def test_with_a_sign_in_configured_nobody_gets_past_its_page(chromium: Browser, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        '[auth]\nredirect_uri = "http://127.0.0.1/oauth2callback"\ncookie_secret = "x"\nclient_id = "x"\n'
        'client_secret = "x"\nserver_metadata_url = "http://127.0.0.1:9/"\n'
    )
    command = [*STREAMLIT, "streamlit_app.py", *FLAGS_HERE, f"--secrets.files={secrets}"]
    with serving(tmp_path, command, GAINSTAGE_HOSTED="1") as port:
        page = chromium.new_context().new_page()
        page.goto(f"http://127.0.0.1:{port}/library")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        expect(page.locator(".gs-brand")).to_have_count(0)
        page.context.close()
