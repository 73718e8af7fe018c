"""Tests that share what takes long to make stay in one worker, in this version of pytest and pytest-xdist."""

import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = ("tests/test_values.py", "tests/test_sentences.py", "tests/dsp/test_crossfade.py")
SAYS = """
import os

def pytest_runtest_logstart(nodeid, location):
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker:
        with open(os.environ["WORKERS"], "a") as file:
            file.write(f"{nodeid.partition('::')[0]} {worker}\\n")
"""


@pytest.mark.slow
def test_the_tests_of_a_file_run_in_one_worker(tmp_path):
    (tmp_path / "says.py").write_text(SAYS)
    ran = tmp_path / "ran.txt"
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "says", "-p", "no:cacheprovider", *FILES],
        cwd=ROOT,
        env=own | {"PYTHONPATH": str(tmp_path), "WORKERS": str(ran)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    workers = defaultdict(set)
    for line in ran.read_text().splitlines():
        file, worker = line.rsplit(" ", 1)
        workers[file].add(worker)
    assert sorted(workers) == sorted(FILES)
    assert {len(of_file) for of_file in workers.values()} == {1}
