"""The incident of docs/library.md, without a probe and with it: the document says what the programs say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs/library.md"
AS_INSTALLED = "import sys, core; sys.modules['gainstage'] = core\n"


def block(name):
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert found, name
    return found[1]


def replay(code):
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", AS_INSTALLED + code]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)


def test_without_a_probe_the_incident_ends_well():
    ended = replay(block("without"))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, block("without says"), "")


def test_the_probe_names_step_cause_and_remedy_as_the_document_says():
    program = block("without").splitlines()[:-2]
    ended = replay("\n".join([*program, block("with")]))
    assert ended.returncode == 0
    said = re.sub(r"chain [\w-]{22}", "chain RUN", ended.stderr.splitlines()[-1])
    written = " ".join(block("with says").split())
    assert said == written, said
    assert "step 1, generate" in written
    assert "Likely: " in written and "Remedy: " in written


def test_the_program_is_short_and_the_probe_adds_four_lines():
    without = [line for line in block("without").splitlines() if line]
    added = [line for line in block("with").splitlines() if "gainstage" in line or "p.step" in line]
    assert len(without) <= 15
    assert len(added) <= 5
