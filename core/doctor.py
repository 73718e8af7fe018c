"""What this machine can run, what not, why, and what to do about it.

Everything is looked at from outside, in under a second: no engine is loaded and torch is not imported.
"""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from core.accelerator import Card, hidden_by_setting, is_apple_silicon, nvidia_cards, torch_build
from core.contract import Severity
from core.engines.base import Engines
from core.engines.composer.soundfont import VARIABLE as SOUNDFONT_VARIABLE
from core.engines.composer.soundfont import soundfont_path
from core.errors import EngineMissingError
from core.machine import cores, memory

STAGES_WITH_ENGINES = ("lyrics", "generate", "separate", "enhance")
PACKAGES = ("numpy", "scipy", "numba", "soundfile", "soxr", "pydantic", "streamlit", "plotly", "mutagen")
FORMATS = ("WAV", "RF64", "FLAC", "OGG", "MP3", "AIFF")
BF16_CAPABILITY = 8.0
"""Compute capability from which bfloat16 works; float16 below it gives NaN in ACE-Step."""
MB, GB = 1e6, 1e9
DISK_FAIL_BYTES, DISK_WARN_BYTES = 300 * MB, 3 * GB
"""A song of three minutes keeps about 600 MB of sound between its stages."""
MEMORY_FAIL_BYTES, MEMORY_WARN_BYTES = 600 * MB, 2 * GB


class Diagnosis(BaseModel):
    """One thing that was looked at: how it stands, by what evidence, why, and the remedy."""

    model_config = ConfigDict(frozen=True)

    name: str
    severity: Severity
    evidence: str
    """One sentence with what was found."""
    causes: tuple[str, ...] = ()
    """Likely causes, the likeliest first; empty when ok."""
    remedy: str = ""


def diagnose(engines: Engines, home: Path) -> tuple[Diagnosis, ...]:
    """Look at this machine: software, home, memory, graphics processor, and every engine.

    ``home`` is the studio's folder; it need not exist. Raises nothing: what cannot be found out is said.
    """
    return (
        _python(),
        _packages(),
        _formats(),
        _home(home),
        *_space(home),
        _memory(),
        _torch(),
        _graphics(),
        _ffmpeg(),
        _soundfont(),
        _hosting(),
        *_engines(engines),
    )


def _ok(name: str, evidence: str) -> Diagnosis:
    return Diagnosis(name=name, severity=Severity.OK, evidence=evidence)


def _bad(severity: Severity, name: str, evidence: str, remedy: str, *causes: str) -> Diagnosis:
    return Diagnosis(name=name, severity=severity, evidence=evidence, causes=causes, remedy=remedy)


def _python() -> Diagnosis:
    return _ok("python", f"Python {platform.python_version()} on {platform.system()} {platform.machine()}.")


def _packages() -> Diagnosis:
    versions = {name: version_of(name) for name in PACKAGES}
    missing = [name for name, version in versions.items() if version is None]
    there = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    if not missing:
        return _ok("packages", f"{there}.")
    return _bad(
        Severity.FAIL,
        "packages",
        f"Not installed: {', '.join(missing)}. There are: {there or 'none'}.",
        "Run make run, or pip install -r requirements-lite.txt.",
        "the environment was not set up, or another one is active",
    )


def version_of(package: str) -> str | None:
    """Return the installed version of a distribution, None when it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _formats() -> Diagnosis:
    remedy = "Install libsndfile 1.1 or newer (it comes with the soundfile package on most systems)."
    try:
        import soundfile
    except (ImportError, OSError) as error:
        return _bad(Severity.FAIL, "sound files", f"soundfile cannot be loaded: {error}.", remedy)
    missing = [name for name in FORMATS if name not in soundfile.available_formats()]
    version = soundfile.__libsndfile_version__
    if not missing:
        return _ok("sound files", f"libsndfile {version} reads and writes {', '.join(FORMATS)}.")
    evidence = f"libsndfile {version} lacks {', '.join(missing)}."
    return _bad(Severity.WARN, "sound files", evidence, remedy, "an old libsndfile of the system is in use")


def _home(home: Path) -> Diagnosis:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home) as probe:
            probe.write(b"gainstage")
    except OSError as error:
        return _bad(
            Severity.FAIL,
            "home",
            f"{home} cannot be written: {error.strerror or error}.",
            "Set GAINSTAGE_HOME to a folder that you may write to.",
            "the folder is read-only or belongs to another user",
            "in a container: no volume is mounted there for this user",
        )
    return _ok("home", f"{home} can be written.")


def _space(home: Path) -> Iterator[Diagnosis]:
    remedy = "Delete old songs in the library, or set GAINSTAGE_HOME to a larger disk."
    yield _free("disk", home, DISK_FAIL_BYTES, DISK_WARN_BYTES, remedy)
    temporary = Path(tempfile.gettempdir())
    yield _free(
        "temporary folder",
        temporary,
        DISK_FAIL_BYTES / 3,
        DISK_FAIL_BYTES,
        "Set TMPDIR to a folder with room: sounds pass through it on their way to the engines.",
    )


def _free(name: str, folder: Path, fail_bytes: float, warn_bytes: float, remedy: str) -> Diagnosis:
    existing = next((p for p in (folder, *folder.parents) if p.exists()), Path())
    try:
        free = shutil.disk_usage(existing).free
    except OSError as error:
        return _bad(Severity.WARN, name, f"The space in {folder} cannot be found out: {error}.", remedy)
    evidence = f"{free / GB:.1f} GB are free in {folder}."
    if free >= warn_bytes:
        return _ok(name, evidence)
    severity = Severity.FAIL if free < fail_bytes else Severity.WARN
    return _bad(severity, name, evidence, remedy, "the disk is nearly full")


def _memory() -> Diagnosis:
    told = memory()
    if told.available is None:
        return _ok("memory", f"{cores()} cores; this system does not tell how much memory is free.")
    limit = f", the container's limit is {told.limit / GB:.1f} GB" if told.limit is not None else ""
    evidence = f"{told.available / GB:.1f} GB are free{limit}; {cores()} cores."
    if told.available >= MEMORY_WARN_BYTES:
        return _ok("memory", evidence)
    return _bad(
        Severity.FAIL if told.available < MEMORY_FAIL_BYTES else Severity.WARN,
        "memory",
        evidence,
        "Close other programs or give the container more memory; the built-in band needs the least.",
        "the container's limit is low" if told.limit is not None else "other programs use the memory",
    )


def _torch() -> Diagnosis:
    build = torch_build()
    if build is None:
        return _bad(
            Severity.WARN,
            "torch",
            "torch is not installed: separators and AI models cannot run, the built-in band can.",
            "Run make models (pip install -r requirements.txt).",
            "this is the light installation",
        )
    return _ok("torch", f"torch {build.version}, " + (f"CUDA {build.cuda}." if build.cuda else "no CUDA."))


def _graphics() -> Diagnosis:
    build, found, hidden = torch_build(), nvidia_cards(), hidden_by_setting()
    if found.complaint:
        return _bad(
            Severity.WARN,
            "graphics processor",
            found.complaint,
            "Install or restart the NVIDIA driver; in a container, start it with --gpus all.",
            "the driver is not loaded, or is older than the card's library",
            "this user may not open the device /dev/nvidia0",
        )
    if found.cards:
        return _with_cards(found.cards, hidden, build is not None and build.cuda is None)
    if is_apple_silicon():
        return _ok("graphics processor", "Apple silicon: engines use MPS in 32-bit floats.")
    return _ok(
        "graphics processor",
        "No graphics processor is visible: engines run on the processor. "
        "ACE-Step needs one (on a rented machine, choose hardware with a GPU; in a container, --gpus all).",
    )


def _with_cards(cards: tuple[Card, ...], hidden: str | None, torch_without_cuda: bool) -> Diagnosis:
    name = "graphics processor"
    listed = "; ".join(
        f"{c.name}, {c.free_mb / 1000:.1f} of {c.total_mb / 1000:.1f} GB free, "
        f"compute capability {c.compute_capability:g}"
        for c in cards
    )
    if hidden is not None:
        return _bad(
            Severity.WARN,
            name,
            f"{listed}; hidden by CUDA_VISIBLE_DEVICES={hidden!r}.",
            "Remove the variable CUDA_VISIBLE_DEVICES, or set it to 0.",
            "the variable was set for another program",
        )
    if torch_without_cuda:
        return _bad(
            Severity.WARN,
            name,
            f"{listed}; the installed torch was built without CUDA and cannot use it.",
            "Reinstall torch from the public index: pip install --force-reinstall torch==2.13.0",
            "the processor-only build of torch was installed",
        )
    old = min(c.compute_capability for c in cards) < BF16_CAPABILITY
    precision = "32-bit floats with offload, for bfloat16 needs 8" if old else "bfloat16"
    return _ok(name, f"{listed}; engines use {precision}.")


def _ffmpeg() -> Diagnosis:
    path = shutil.which("ffmpeg")
    found = "ffmpeg is installed" if path else "ffmpeg is not installed"
    return _ok("ffmpeg", f"{found}; the studio does not need it (benchmarks compare with it).")


def _soundfont() -> Diagnosis:
    try:
        path = soundfont_path()
    except EngineMissingError as error:
        return _bad(Severity.FAIL, "SoundFont", error.message, error.remedy, *error.causes)
    source = f"named by {SOUNDFONT_VARIABLE}" if os.environ.get(SOUNDFONT_VARIABLE) else "the bundled one"
    return _ok("SoundFont", f"{path.name}, {path.stat().st_size / MB:.1f} MB, {source}.")


def _hosting() -> Diagnosis:
    hosted = os.environ.get("GAINSTAGE_HOSTED") == "1"
    if os.environ.get("SPACES_ZERO_GPU"):
        return _bad(
            Severity.WARN,
            "mode",
            "This Space runs on ZeroGPU hardware, which lends its processor to Gradio programs only.",
            "Choose a Docker Space with a GPU of its own, or reach a Gradio Space that holds the model.",
            "ZeroGPU was chosen as the Space's hardware",
        )
    if os.environ.get("SPACE_ID") and not hosted:
        return _bad(
            Severity.WARN,
            "mode",
            "This is a public Space in local mode: every visitor sees every song.",
            "Set GAINSTAGE_HOSTED=1 in the Space's settings.",
            "the variable is not set",
        )
    return _ok(
        "mode",
        "Hosted: a visitor sees only the songs whose address they hold."
        if hosted
        else "Local: one person's studio, every song is theirs.",
    )


def _engines(engines: Engines) -> Iterator[Diagnosis]:
    for stage in STAGES_WITH_ENGINES:
        cards = engines.cards(stage)
        states = [engines.availability(card.name) for card in cards]
        none_ready = bool(cards) and not any(state.ready for state in states)
        for card, state in zip(cards, states, strict=True):
            name = f"{stage}: {card.title}"
            if state.ready:
                yield _ok(name, f"Ready: {state.reason}")
                continue
            needed = none_ready and stage == "generate"
            yield _bad(
                Severity.FAIL if needed else Severity.WARN,
                name,
                f"Cannot run here: {state.reason}",
                state.remedy or card.how_to_add,
            )
