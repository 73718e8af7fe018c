"""``inspect --format``: a look at files as JUnit XML, SARIF 2.1.0 or GitHub annotations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from xml.etree import ElementTree

from core.cli.inspect_files import Look, Unreadable
from core.contract import Finding, Severity
from core.values import Json

Looks = Sequence[Look | Unreadable]
SARIF_LEVEL = {Severity.NOTE: "note", Severity.WARN: "warning", Severity.FAIL: "error"}
GITHUB_LEVEL = {Severity.NOTE: "notice", Severity.WARN: "warning", Severity.FAIL: "error"}
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def junit(looks: Looks) -> str:
    """Return one test case a file: a failure for a failed check, an error for an unreadable file."""
    failed = sum(isinstance(look, Look) and look.verdict is Severity.FAIL for look in looks)
    unreadable = sum(isinstance(look, Unreadable) for look in looks)
    figures = {"tests": str(len(looks)), "failures": str(failed), "errors": str(unreadable)}
    suite = ElementTree.Element("testsuite", {"name": "gainstage", **figures})
    for look in looks:
        case = ElementTree.SubElement(suite, "testcase", classname="gainstage.inspect", name=_xml(look.path))
        if isinstance(look, Unreadable):
            _outcome(case, "error", look.report.kind, look.report.message, look.report.remedy)
            continue
        fails = [finding for finding in look.findings if finding.severity is Severity.FAIL]
        if fails:
            text = "\n".join(f"{one.check}: {one.evidence} {one.remedy}" for one in fails)
            _outcome(case, "failure", fails[0].check, fails[0].evidence, text)
        warned = [f"{f.check}: {f.evidence}" for f in look.findings if f.severity is Severity.WARN]
        if warned:
            ElementTree.SubElement(case, "system-out").text = _xml("\n".join(warned))
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def sarif(looks: Looks) -> str:
    """Return a SARIF log: a result for each finding that is not ok, with the check as its rule."""
    results: list[Json] = []
    rules: dict[str, Json] = {}
    for look in looks:
        if isinstance(look, Unreadable):
            text = f"{look.report.message} {look.report.remedy}"
            results.append(_result(look.path, look.report.kind, "error", text))
            rules[look.report.kind] = {"id": look.report.kind}
            continue
        for finding in _found(look):
            rules[finding.check] = {"id": finding.check, "help": {"text": finding.remedy or finding.check}}
            results.append(
                _result(look.path, finding.check, SARIF_LEVEL[finding.severity], _message(finding))
            )
    driver = {"name": "Gainstage", "rules": list(rules.values())}
    run = {"tool": {"driver": driver}, "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def github(looks: Looks) -> str:
    """Return workflow commands, which GitHub shows as annotations; nothing for files that are ok."""
    lines = []
    for look in looks:
        if isinstance(look, Unreadable):
            lines.append(
                _command("error", look.path, look.report.kind, f"{look.report.message} {look.report.remedy}")
            )
            continue
        lines += [
            _command(GITHUB_LEVEL[finding.severity], look.path, finding.check, _message(finding))
            for finding in _found(look)
        ]
    return "\n".join(lines)


FORMATS: Mapping[str, Callable[[Looks], str]] = {"junit": junit, "sarif": sarif, "github": github}


def _outcome(case: ElementTree.Element, tag: str, kind: str, message: str, text: str) -> None:
    ElementTree.SubElement(case, tag, type=kind, message=_xml(message)).text = _xml(text)


def _found(look: Look) -> list[Finding]:
    return [finding for finding in look.findings if finding.severity is not Severity.OK]


def _message(finding: Finding) -> str:
    likely = f" Likely: {finding.causes[0]}." if finding.causes else ""
    return f"{finding.evidence}{likely} {finding.remedy}".strip()


def _result(path: str, rule: str, level: str, text: str) -> Json:
    place = {"physicalLocation": {"artifactLocation": {"uri": PurePath(path).as_posix()}}}
    return {"ruleId": rule, "level": level, "message": {"text": text}, "locations": [place]}


def _command(level: str, path: str, title: str, text: str) -> str:
    file, name = (_escaped(value).replace(":", "%3A").replace(",", "%2C") for value in (path, title))
    return f"::{level} file={file},title={name}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _xml(text: str) -> str:
    """Return text without the characters that XML 1.0 cannot hold."""
    return re.sub("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff]", "?", text)
