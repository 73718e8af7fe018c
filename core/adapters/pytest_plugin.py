"""``assert_sound`` in pytest: its failure message is the finding, and its picture is in the report.

``assert_sound(audio, 44_100, contract="master")``, as a fixture or imported from here.

The plugin is registered when the package is installed. ``--sound-pictures FOLDER`` writes an HTML file for
each failed sound; pytest-html, where it is installed, shows it in its report.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from core.api import judge
from core.contract import Severity
from core.inspect import Inspection


class SoundAssertion(AssertionError):
    """A sound that failed its contract; ``inspection`` holds its readings, picture and findings."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        lines = [f"The sound failed the contract {inspection.name!r}."]
        for finding in inspection.findings:
            if finding.severity is Severity.FAIL:
                lines += [f"{finding.check}: {finding.evidence}", f"  remedy: {finding.remedy}"]
                lines += [f"  likely: {cause}" for cause in finding.causes[:1]]
        super().__init__("\n".join(lines))


def assert_sound(sound: Any, rate: Any = None, *, contract: str = "inspect", **how: Any) -> Inspection:
    """Return the judgement of a sound, as ``gainstage.judge`` does; raises SoundAssertion when it fails."""
    __tracebackhide__ = True
    seen = judge(sound, rate, contract=contract, **how)
    if seen.verdict is Severity.FAIL:
        raise SoundAssertion(seen)
    return seen


@pytest.fixture(name="assert_sound")
def _assert_sound() -> Any:
    """Return :func:`assert_sound`."""
    return assert_sound


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare where pictures of failed sounds are written."""
    group = parser.getgroup("gainstage")
    group.addoption("--sound-pictures", metavar="FOLDER", help="write an HTML file for each failed sound")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Attach the findings, and the picture, to the report of a test whose sound failed."""
    report = yield
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, SoundAssertion):
        picture = error.inspection._repr_html_()
        report.sections.append(("Gainstage", str(error)))
        item.user_properties.append(("gainstage", error.inspection.findings[0].check))
        extra = {"name": "sound", "format_type": "html", "content": picture, "extension": None}
        vars(report).setdefault("extras", []).append({**extra, "mime_type": None})
        folder = item.config.getoption("--sound-pictures")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            name = re.sub(r"[^\w.-]+", "_", item.nodeid)
            Path(folder, f"{name}.html").write_text(f"<meta charset=utf-8>{picture}", encoding="utf-8")
    return report
