"""``inspect --format``: what other programs read."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest

from core.audio import Audio, write
from core.cli.main import main

RATE = 8_000


@pytest.fixture
def files(tmp_path):
    silent, broken = tmp_path / "100%, silent: yes.wav", tmp_path / "broken.wav"
    write(silent, Audio(np.zeros((RATE, 1), np.float32), RATE))
    broken.write_bytes(b"no sound\x01 at all")
    return [str(silent), str(broken)]


def said(capsys, files, name, status):
    assert main(["inspect", *files, "--format", name]) == status
    return capsys.readouterr().out


def test_junit_has_a_failure_for_a_check_and_an_error_for_a_file(files, capsys):
    suite = ElementTree.fromstring(said(capsys, files, "junit", 2))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "1")
    silent, broken = suite.findall("testcase")
    assert silent.find("failure").get("type") == "not_silent"
    assert "every sample is zero" in silent.find("failure").get("message")
    assert broken.find("error").get("type") == "audio_file"
    assert broken.find("error").text


def test_sarif_has_a_rule_for_every_result(files, capsys):
    log = json.loads(said(capsys, files, "sarif", 2))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == rules
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    assert (levels["not_silent"], levels["audio_file"]) == ("error", "error")
    place = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert place == files[0]


def test_github_has_an_annotation_a_line_with_its_separators_escaped(files, capsys):
    lines = said(capsys, files, "github", 2).strip().splitlines()
    assert all(re.fullmatch(r"::(error|warning|notice) file=[^,:]+,title=[^,:]+::.+", one) for one in lines)
    assert any("title=not_silent" in one for one in lines)
    assert "100%25%2C silent%3A yes.wav" in lines[0]


def test_one_unreadable_file_alone_is_in_the_report_too(files, capsys):
    suite = ElementTree.fromstring(said(capsys, files[1:], "junit", 2))
    assert suite.get("errors") == "1"


def test_a_good_file_is_no_annotation(tmp_path, capsys):
    from tests.sounds import band

    path = tmp_path / "good.wav"
    write(path, band())
    assert said(capsys, [str(path)], "github", 0).strip().count("::error") == 0
    suite = ElementTree.fromstring(said(capsys, [str(path)], "junit", 0))
    assert suite.get("failures") == "0"
