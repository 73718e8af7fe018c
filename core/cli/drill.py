"""``drill``: make every fault of the catalogue happen, and report where each was caught, and by whom."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from core.cli.base import CHECK_FAILED, OK, print_json
from core.cli.drill_blind import add_blind_arguments, run_blind
from core.errors import InputError
from core.progress import silent
from core.values import Json

if TYPE_CHECKING:
    from core.drill.run import Caught, Passed


class DrillCommand:
    """Hold a fire drill."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("--fault", default="", metavar="NAME", help="only this fault")
        parser.add_argument("--stage", default="", metavar="NAME", help="only this stage")
        add_blind_arguments(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """Run the drill; the status is 3 when a fault was missed or something good was stopped."""
        if arguments.blind is not None:
            return run_blind(arguments)
        if arguments.carriers or arguments.out:
            raise InputError(
                "--carriers and --out go with --blind N alone.",
                remedy="Add --blind with the number of faults, as in --blind 200.",
            )
        return self._matrix(arguments)

    def _matrix(self, arguments: argparse.Namespace) -> int:
        from core.drill.run import Drill, cells
        from core.faults import FAULTS

        chosen = cells(arguments.fault, arguments.stage)
        if not chosen:
            raise InputError(
                f"There is no fault {arguments.fault or 'at ' + arguments.stage!r} to inject"
                + (f" at {arguments.stage}." if arguments.fault and arguments.stage else "."),
                remedy=f"Faults are {', '.join(one.name for one in FAULTS)}.",
            )
        whole = not arguments.fault and not arguments.stage
        drill = Drill()
        caught: list[Caught] = []
        try:
            drill.prepare(silent)
            for cell in chosen:
                if not cell.unknowable:
                    caught.append(drill.catch(cell))
                    if not arguments.json:
                        print(_line(caught[-1]), flush=True)
            passed = [*drill.controls(), *drill.good_sounds()] if whole else []
        finally:
            drill.close()
        unknowable = [cell for cell in chosen if cell.unknowable]
        if arguments.json:
            print_json(
                {
                    "cells": [_as_json(one) for one in caught],
                    "unknowable": [
                        {"fault": cell.fault.name, "stage": cell.stage, "reason": cell.unknowable}
                        for cell in unknowable
                    ],
                    "good": [{**vars(one), "right": one.right} for one in passed],
                    "caught": sum(one.right for one in caught),
                    "declared": len(caught),
                }
            )
        else:
            for cell in unknowable:
                print(f"  --  {cell.fault.name:<20} {cell.stage:<9} cannot be known: {cell.unknowable}")
            _print_good(passed)
            right = sum(one.right for one in caught)
            print(f"{right} of {len(caught)} were caught where they happened, by the check that names them.")
        all_right = all(one.right for one in caught) and all(one.right for one in passed)
        return OK if all_right else CHECK_FAILED


def _line(one: Caught) -> str:
    mark = "ok  " if one.right else "MISS"
    where = one.by if one.at == one.cell.stage else f"{one.by or 'nobody'} at {one.at or 'no stage'}"
    return (
        f"{mark}  {one.cell.fault.name:<20} {one.cell.stage:<9} {one.severity.value:<4} {where:<18} "
        f"{one.seconds:5.2f} s  {one.cause}"
    )


def _print_good(passed: list[Passed]) -> None:
    for one in passed:
        mark = "ok  " if one.right else "WRONG"
        like = f"is not {one.fault}" if one.fault else "is good"
        warned = f"  (warned: {', '.join(one.warned_by)})" if one.warned_by else ""
        stopped = f"  stopped by {one.stopped_by or one.mistaken}" if not one.right else ""
        print(f"{mark}  {one.name:<20} {like}{stopped}{warned}")
    if passed:
        fine = sum(one.right for one in passed)
        print(f"{fine} of {len(passed)} good sounds and choices were let pass.")


def _as_json(one: Caught) -> Json:
    return {
        "fault": one.cell.fault.name,
        "stage": one.cell.stage,
        "evidence_needed": one.cell.fault.evidence.value,
        "expected": list(one.cell.fault.named_by(one.cell.stage)),
        "caught_at": one.at or None,
        "caught_by": one.by or None,
        "severity": one.severity.value,
        "evidence": one.evidence,
        "cause": one.cause,
        "remedy": one.remedy,
        "seconds": round(one.seconds, 3),
        "right": one.right,
    }
