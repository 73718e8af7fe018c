"""The first paint loads nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "torch",
    "transformers",
    "numba",
    "scipy",
    "pandas",
    "pedalboard",
    "soundfile",
    "soxr",
    "onnxruntime",
)
SCRIPT = """
import sys
from streamlit.testing.v1 import AppTest
test = AppTest.from_file("streamlit_app.py", default_timeout=300).run()
assert not test.exception and test.button(key="make"), test
print(",".join(name for name in {heavy!r} if name in sys.modules))
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The heavy modules that Home's first paint loaded."""
    home = {"GAINSTAGE_HOME": str(tmp_path_factory.mktemp("home")), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", SCRIPT.format(heavy=HEAVY)]
    run = subprocess.run(command, cwd=ROOT, env=home, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout.strip()


def test_home_is_painted_without_a_heavy_library(loaded: str) -> None:
    assert loaded == ""
