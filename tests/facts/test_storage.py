"""Folders as the doctor sees them: an index that was set aside is told of."""

from __future__ import annotations

from core.contract import Severity
from core.facts.storage import storage
from core.machine.home import DAMAGED_INDEX


def of(home, name):
    return [fact for fact in storage(home) if fact.name == name]


def test_an_index_that_was_set_aside_is_told_of_and_a_whole_one_is_not(tmp_path):
    assert of(tmp_path, "index") == []
    for day in ("20260101T000000000000", "20260102T000000000000"):
        (tmp_path / f"{DAMAGED_INDEX}{day}.sqlite").write_bytes(b"x")
    (fact,) = of(tmp_path, "index")
    assert fact.severity is Severity.WARN
    assert "2 times" in fact.evidence and "20260102" in fact.evidence
