"""What hosts read is there, agrees with the studio, and lays out what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit import config

from core.engines.acestep15.card import CARD as acestep15
from core.engines.composer.play import soundfont

ROOT = Path(__file__).parents[2]
HOSTING = ROOT / "hosting"
DOCKERFILE = (ROOT / "Dockerfile").read_text()
ALL_WEIGHTS = {weights.repository for weights in acestep15.weights}


def packages(file: Path) -> Iterator[str]:
    for line in map(str.strip, file.read_text().splitlines()):
        if line.startswith("-r "):
            yield from packages(file.parent / line[3:])
        elif line and not line.startswith("#"):
            yield re.split(r"[=<>\[ ]", line)[0].lower()


def space(folder: Path, *kind: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "--no-print-directory", "space", f"DIR={folder}", *kind]
    return subprocess.run(command, check=False, cwd=ROOT, capture_output=True, text=True)


def test_community_cloud_installs_the_light_studio():
    found = set(packages(HOSTING / "community-cloud" / "requirements.txt"))
    assert {"streamlit", "plotly", "numpy", "soundfile"} <= found
    assert not {"torch", "diffusers", "transformers", "demucs"} & found


def test_the_entry_beside_it_finds_the_studio_from_anywhere(tmp_path):
    """Streamlit puts the entry's own folder on Python's path, not the repository's root."""
    asked = (
        "import runpy, sys; sys.path[:] = [p for p in sys.path if p not in ('', sys.argv[1])]\n"
        "import streamlit; streamlit.set_page_config = lambda **_: print('reached') or sys.exit(0)\n"
        f"runpy.run_path({str(HOSTING / 'community-cloud' / 'streamlit_app.py')!r})"
    )
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", asked, str(ROOT)],
        check=False,
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "reached", done.stderr


@pytest.mark.parametrize(("needs", "taken"), [("0", True), ("10**18", False)])
def test_the_soundfont_of_the_hosts_packages_is_found_by_itself_where_memory_allows(tmp_path, needs, taken):
    """Debian's package holds ``/usr/share/sounds/sf2/FluidR3_GM.sf2``; the host reads the root's file."""
    place = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
    assert "fluid-soundfont-gm" in (ROOT / "packages.txt").read_text().split()
    assert str(place.parent) in soundfont.FOLDERS
    here = HOSTING / "community-cloud" / "streamlit_app.py"
    (tmp_path / place.name).symlink_to(soundfont.soundfont_path())
    entry = here.read_text()
    assert str(place) in entry and "NEEDS = 2_450_000_000" in entry
    for before, after in (
        (str(place), str(tmp_path / place.name)),
        ("2_450_000_000", needs),
        ("from core.ui.site import run_site", ""),
        ("\nrun_site()", "\nprint(os.environ.get('GAINSTAGE_SOUNDFONT', ''))"),
    ):
        entry = entry.replace(before, after)
    env = {key: value for key, value in os.environ.items() if key != "GAINSTAGE_SOUNDFONT"}
    asked = [sys.executable, "-c", f"__file__ = {str(here)!r}\n{entry}"]
    done = subprocess.run(asked, check=True, env=env, capture_output=True, text=True)
    assert done.stdout.strip() == (str(tmp_path / place.name) if taken else "")


def test_every_path_that_a_host_is_told_exists():
    for text in HOSTING.rglob("README.md"):
        for path in re.findall(
            r"`(hosting/[\w./-]+|requirements[\w-]*\.txt|streamlit_app\.py)`", text.read_text()
        ):
            assert (ROOT / path).exists(), (text, path)
    for copied in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / one).exists() for one in copied.split())


def test_the_container_is_checked_and_runs_as_somebody_who_cannot_change_the_studio():
    assert re.search(r"^HEALTHCHECK .*hosting/healthy\.py", DOCKERFILE, re.MULTILINE)
    assert DOCKERFILE.index("COPY . .") < DOCKERFILE.index("USER 1000")
    assert "COPY --chown" not in DOCKERFILE


def test_an_image_takes_neither_git_nor_environments_nor_secrets_along():
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".git", ".venv*", ".streamlit/secrets.toml", "tests"} <= set(ignored)


def test_the_cookie_that_plain_http_drops_is_for_framed_spaces_alone():
    assert "ARG SAME_SITE=lax" in DOCKERFILE
    assert config.get_option("server.xsrfCookieSameSite") == "lax"


@pytest.mark.parametrize(
    ("kind", "requirements"), [((), "requirements-lite.txt"), (("GPU=1",), "requirements.txt")]
)
def test_a_space_is_laid_out(tmp_path, kind, requirements):
    folder = tmp_path / "space"
    done = space(folder, *kind)
    assert done.returncode == 0, done.stderr
    _, front, _ = (folder / "README.md").read_text().split("---", 2)
    assert "sdk: docker" in front and "app_port: 8501" in front and "license: apache-2.0" in front
    dockerfile = (folder / "Dockerfile").read_text()
    assert "ARG SAME_SITE=none" in dockerfile and f"ARG REQUIREMENTS={requirements}\n" in dockerfile
    assert (folder / "streamlit_app.py").is_file() and (folder / "core" / "studio.py").is_file()
    assert not (folder / "tests").exists() and not (folder / ".git").exists()


def test_the_companion_for_zerogpu_holds_the_engines_and_no_page(tmp_path):
    folder = tmp_path / "gpu"
    for _ in range(2):  # it may be laid out again
        done = space(folder, "ZEROGPU=1")
        assert done.returncode == 0, done.stderr
    assert {path.name for path in folder.iterdir()} == {
        *("README.md", "app.py", "requirements.txt", "core", "LICENSE", "NOTICE")
    }
    _, front, text = (folder / "README.md").read_text().split("---", 2)
    assert "sdk: gradio" in front and "app_file: app.py" in front and "license: apache-2.0" in front
    assert ALL_WEIGHTS & set(re.findall(r"- (\w\S+/\S+)", front))
    assert "GAINSTAGE_SPACE_TOKEN" in text
    needed = set(packages(folder / "requirements.txt"))
    assert {"spaces", "torch", "diffusers", "transformers", "numpy", "pydantic"} <= needed
    ours = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    ours |= dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements-lite.txt").read_text(), re.MULTILINE))
    pinned = re.findall(r"^([\w-]+)==(\S+)", (folder / "requirements.txt").read_text(), re.MULTILINE)
    assert pinned and all(ours[name] == version for name, version in pinned)


def test_laying_out_again_takes_what_is_gone_away_and_leaves_git_alone(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert space(tmp_path).returncode == 0
    (tmp_path / "old.py").write_text("")
    assert space(tmp_path).returncode == 0
    assert not (tmp_path / "old.py").exists() and (tmp_path / ".git" / "HEAD").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years")
    done = space(tmp_path)
    assert done.returncode != 0 and "holds something else than a Space" in done.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years"


def test_the_health_check_says_no_where_nothing_answers():
    env = os.environ | {"PORT": "9"}
    done = subprocess.run(
        [sys.executable, HOSTING / "healthy.py"], check=False, env=env, capture_output=True, text=True
    )
    assert done.returncode == 1 and "does not answer" in done.stderr
