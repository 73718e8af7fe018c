"""The installed package: built from this checkout, it runs from a folder that holds a program's own ``core``.

These tests build, compile and install once, about twenty seconds of processor time: what a person installs is
proved by nothing less.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
import zipfile
from itertools import chain

import numpy as np
import pytest

from core.audio import Audio, write
from core.measure import measure
from core.meter import machine_code, shipped
from tests.package.installed import LIGHT, ROOT, build_wheel, install, needed

RATE = 8_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    return install(wheel, tmp_path_factory.mktemp("environment") / "env")


@pytest.fixture
def elsewhere(tmp_path):
    """A folder of another program, whose own ``core`` must not be taken for ours."""
    (tmp_path / "core").mkdir()
    (tmp_path / "core/__init__.py").write_text("raise SystemExit('another program: core was imported')\n")
    write(tmp_path / "silent.wav", Audio(np.zeros((RATE, 1), np.float32), RATE))
    return tmp_path


def run(python, folder, *arguments):
    ours = ("PYTHONPATH", "NUMBA_CACHE_DIR", "GAINSTAGE_COMPILES")
    env = {name: value for name, value in os.environ.items() if name not in ours}
    env |= {"GAINSTAGE_HOME": str(folder / "home")}
    return subprocess.run(
        [str(python), *arguments],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def test_the_wheel_holds_the_package_its_pages_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0].split("-")[0] for name in names} == {"gainstage"}
    modules = {p.relative_to(ROOT / "core").as_posix() for p in (ROOT / "core").rglob("*.py")}
    assert {f"gainstage/{module}" for module in modules} <= names
    beside = {
        p.relative_to(ROOT / "core").as_posix()
        for p in (ROOT / "core").rglob("*")
        if p.is_file() and p.suffix not in (".py", ".pyc", ".nbi", ".nbc") and "__pycache__" not in p.parts
    }
    assert {f"gainstage/{file}" for file in beside} <= names
    pages = {f"gainstage/site/pages/{p.name}" for p in (ROOT / "pages").glob("*.py")}
    assert pages | {"gainstage/site/streamlit_app.py", "gainstage/site/.streamlit/config.toml"} <= names


def test_no_module_of_the_wheel_mentions_core(wheel):
    with zipfile.ZipFile(wheel) as package:
        for name in package.namelist():
            if name.endswith(".py"):
                for line in package.read(name).decode().splitlines():
                    assert not re.search(r"(import|from|-m) core\b", line), f"{name}: {line}"


def test_the_command_judges_a_file_with_the_light_packages_beside_another_core(python, elsewhere):
    command = python.parent / "gainstage"
    said = run(command, elsewhere, "inspect", "silent.wav", "--json")
    (seen,) = json.loads(said.stdout)["files"]
    assert said.returncode == 3, said.stderr
    assert (seen["verdict"], seen["findings"][0]["check"]) == ("fail", "not_silent")
    assert "Streamlit" not in said.stderr


def runs_shipped_code():
    flags = next((line for line in machine_code._processor().split("|") if line.startswith("flags")), "")
    return shipped.runs_on(flags)


@pytest.mark.skipif(not runs_shipped_code(), reason="the wheel's machine code is for Linux on x86-64-v3")
def test_the_loops_of_the_wheel_run_without_a_compiler(wheel, python, elsewhere):
    names = [name for name in zipfile.ZipFile(wheel).namelist() if "/shipped_code/" in name]
    assert len(names) == len(machine_code.SOURCES)
    rng = np.random.default_rng(1)
    noise = Audio((0.1 * rng.standard_normal((3 * 44_100, 2))).astype(np.float32), 44_100)
    write(elsewhere / "noise.wav", noise)
    code = (
        "import sys, gainstage, gainstage.dsp.limiter\n"
        "m = gainstage.measure('noise.wav')\n"
        "print(m.integrated_lufs, m.true_peak_dbtp, 'numba' in sys.modules)\n"
    )
    lufs, peak, compiler = run(python, elsewhere, "-c", code).stdout.split()
    here = measure(noise)
    assert (float(lufs), float(peak)) == pytest.approx((here.integrated_lufs, here.true_peak_dbtp), abs=1e-4)
    assert compiler == "False"


def test_the_import_names_no_core(python, elsewhere):
    said = run(
        python,
        elsewhere,
        "-c",
        "import sys, gainstage, gainstage.studio, gainstage.engines.registry, gainstage.cli.main;"
        "print([name for name in sys.modules if name.split('.')[0] == 'core'], gainstage.__version__)",
    )
    assert said.stdout.split() == ["[]", "0.1.0"], said.stderr


def test_an_engines_child_process_of_the_package_finds_its_worker(python, elsewhere):
    code = (
        "from gainstage.engines.registry import CARDS\n"
        "import importlib.util, pathlib\n"
        "print(all(importlib.util.find_spec(card.worker) for card in CARDS))\n"
        "print({card.worker.split('.')[0] for card in CARDS})\n"
    )
    assert run(python, elsewhere, "-c", code).stdout.split() == ["True", "{'gainstage'}"]


def test_what_the_package_asks_for_is_what_was_tried():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {one.split("=")[0].split(">")[0] for one in asked if not one.startswith("gainstage[")}
    tried = set()
    for file in ("requirements-lite.txt", "requirements.txt", "requirements-dask.txt"):
        chosen = (ROOT / file).read_text().split("# What these bring along.")[0]
        tried |= {line.split("==")[0] for line in chosen.splitlines() if "==" in line}
    assert names == tried
    assert {one.split(">")[0] for one in project["dependencies"]} == set(LIGHT)


def test_the_light_packages_bring_neither_streamlit_nor_torch():
    assert not needed(LIGHT) & {"streamlit", "torch", "pandas", "plotly"}


@pytest.mark.parametrize(
    "line", ["import core\n", "import core.audio\nx = core.audio.read\n", 'ROOT = "core"\n', 'x = f"core."\n']
)
def test_a_mention_that_cannot_be_renamed_ends_the_build(line):
    from setup import Unrenamable, renamed

    with pytest.raises(Unrenamable):
        renamed(line, "core/new.py")


@pytest.mark.parametrize(
    ("line", "there"),
    [
        ("from core.audio import read\n", "from gainstage.audio import read\n"),
        ("    from core import audio\n", "    from gainstage import audio\n"),
        ('worker = "core.engines.x.worker"\n', 'worker = "gainstage.engines.x.worker"\n'),
        (
            '"""See :mod:`core.audio`.\n\ncore.measure"""\n',
            '"""See :mod:`gainstage.audio`.\n\ngainstage.measure"""\n',
        ),
        (
            "# as in from core import audio, core.song\n",
            "# as in from gainstage import audio, gainstage.song\n",
        ),
        ('say("python -m core doctor")\n', 'say("gainstage doctor")\n'),
        ('n = f"numpy.{core}.multi"\n', 'n = f"numpy.{core}.multi"\n'),
        ('t = "numpy.core.audio, hardcore.audio"\n', 't = "numpy.core.audio, hardcore.audio"\n'),
    ],
)
def test_what_is_renamed(line, there):
    from setup import renamed

    assert renamed(line, "core/new.py") == there
