"""The wheel, built from this checkout, in an environment that holds its light packages alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
BUILT_FROM = (
    "core",
    "pages",
    ".streamlit",
    "streamlit_app.py",
    "setup.py",
    "pyproject.toml",
    "LICENSE",
    "NOTICE",
)
LIGHT = ("numpy", "scipy", "numba", "llvmlite", "soundfile", "soxr", "pydantic")
BUILD = "import setuptools.build_meta as backend; backend.build_wheel('dist')"


def build_wheel(folder: Path) -> Path:
    """Return the wheel, built from a copy of the checkout; its loops not optimised, in half the time."""
    source = folder / "source"
    source.mkdir()
    for name in BUILT_FROM:
        whole, target = ROOT / name, source / name
        if whole.is_dir():
            shutil.copytree(whole, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(whole, target)
    (source / "docs").mkdir()
    shutil.copy(ROOT / "docs/library.md", source / "docs")
    built = subprocess.run(
        [sys.executable, "-c", BUILD],
        cwd=source,
        env=os.environ | {"NUMBA_OPT": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr[-2000:]
    (wheel,) = (source / "dist").glob("*.whl")
    return wheel


def install(wheel: Path, folder: Path) -> Path:
    """Return the interpreter of a new environment with the wheel and its light packages; no network."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin/python"
    (packages,) = folder.glob("lib/python*/site-packages")
    for name in needed(LIGHT):
        link(name, packages)
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
    ]
    subprocess.run([*pip, str(wheel)], check=True, env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return python


def needed(names: tuple[str, ...]) -> set[str]:
    """Return packages with those that they need themselves."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            asked = [Requirement(one) for one in metadata.requires(name) or ()]
            waiting += [one.name for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def link(name: str, packages: Path) -> None:
    """Put an installed package into another environment, by links."""
    distribution = metadata.distribution(name)
    tops = {
        Path(str(file)).parts[0] for file in distribution.files or () if ".." not in Path(str(file)).parts
    }
    for top in tops - {"__pycache__"}:
        target = packages / top
        if not target.exists():
            target.symlink_to(distribution.locate_file(top))
