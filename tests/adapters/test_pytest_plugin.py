"""``assert_sound`` in a real pytest of its own: the message, the report's section, the picture."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from core.adapters.pytest_plugin import SoundAssertion, assert_sound
from tests.sounds import band

ROOT = Path(__file__).parents[2]
TESTS = """
import numpy as np

def test_silent(assert_sound):
    assert_sound(np.zeros((44100, 2)), 44100, contract="master")

def test_other():
    assert 1 == 2
"""


def test_a_good_sound_passes_and_its_judgement_is_returned():
    assert assert_sound(band()).verdict != "fail"


def test_a_failed_sound_is_an_assertion_with_finding_cause_and_remedy():
    with pytest.raises(SoundAssertion) as failed:
        assert_sound(np.zeros((44_100, 2)), 44_100, contract="master")
    text = str(failed.value)
    assert "contract 'master'" in text
    assert "not_silent: " in text and "remedy: " in text and "likely: " in text
    assert isinstance(failed.value, AssertionError)


def test_what_was_promised_is_passed_on():
    song = band()
    with pytest.raises(SoundAssertion, match="length"):
        assert_sound(song, contract="generate", duration_s=2 * song.duration_s)


def test_the_plugin_writes_message_section_property_and_picture(tmp_path):
    (tmp_path / "test_sounds.py").write_text(TESTS)
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    options = ["-p", "core.adapters.pytest_plugin", "-p", "no:cacheprovider", "--junitxml", "report.xml"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--sound-pictures", "pictures"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert "SoundAssertion: The sound failed the contract 'master'" in ran.stdout
    assert "- Gainstage -" in ran.stdout
    (picture,) = (tmp_path / "pictures").glob("*.html")
    assert "<svg" in picture.read_text() and "not_silent" in picture.read_text()
    (property_,) = ElementTree.parse(tmp_path / "report.xml").iter("property")
    assert (property_.get("name"), property_.get("value")) == ("gainstage", "not_silent")
