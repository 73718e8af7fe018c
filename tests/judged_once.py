"""The same case is judged once by the same contract in a test process: judging is most of a song's price.

A run of a test asks the checks as always; what they answered is remembered under the product's own judgement
key, together with the functions that the checks are made of, so that a check that a test exchanges is asked.
"""

from __future__ import annotations

from core.contract import Case, Contract, Finding, judge
from core.runs.judgements import judgement_key

_found: dict[tuple[str, tuple[object, ...]], tuple[Finding, ...]] = {}


def judged_once(contract: Contract, case: Case) -> tuple[Finding, ...]:
    """Return what :func:`core.contract.judge` finds, from an earlier test where one has asked the same."""
    asked = (
        *(type(check).examine for check in contract.checks),
        *(type(check).examine_all for check in contract.whole),
    )
    key = judgement_key(contract, case), asked
    if key not in _found:
        _found[key] = judge(contract, case)
    return _found[key]
