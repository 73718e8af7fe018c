"""``doctor``: what this machine can run, what not, why, and the remedy; or what an error means."""

from __future__ import annotations

import argparse
import sys

from core.cli.base import ENGINE_FAILED, MARKS, OK, as_json, print_json
from core.contract import Severity
from core.errors import InputError

STANDARD_INPUT = "-"


class DoctorCommand:
    """Look at the machine, or explain an error."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument(
            "--explain",
            nargs="?",
            const=STANDARD_INPUT,
            metavar="TEXT",
            help="diagnose an error or a traceback instead; without TEXT it is read from standard input",
        )

    def run(self, arguments: argparse.Namespace) -> int:
        """Print every fact; the status is 4 when one fails, for then no song can be made.

        An explanation has the status 0, whether the error is known or not.
        """
        if arguments.explain is not None:
            text = sys.stdin.read() if arguments.explain == STANDARD_INPUT else arguments.explain
            return _explain(text, arguments.json)
        from core.engines.opened import open_engines
        from core.facts.doctor import diagnose
        from core.machine.home import home_folder

        hosts = open_engines()
        try:
            found = diagnose(hosts, home_folder())
        finally:
            hosts.close()
        if arguments.json:
            print_json({"diagnoses": [as_json(one) for one in found]})
        else:
            for one in found:
                print(f"{MARKS[one.severity]}  {one.name}: {one.evidence}")
                if one.severity is not Severity.OK:
                    _print_advice(one.causes, one.remedy)
        return ENGINE_FAILED if any(one.severity is Severity.FAIL for one in found) else OK


def _explain(text: str, json: bool) -> int:
    from core.diagnosis import diagnose, own_words

    if not text.strip():
        raise InputError(
            "There is no error to explain: the text is empty.",
            remedy="Give the error after --explain, or send it: python -m core doctor --explain < error.txt",
        )
    found = diagnose(text)
    if json:
        print_json({"diagnosis": as_json(found) if found else None, "said": own_words(text)})
    elif found is None:
        print(f"not known: {own_words(text)}")
        print("        remedy: Read the lines above it in its log; the first error is often the cause.")
    else:
        print(f"{found.scenario}: {found.sentence}")
        _print_advice(found.causes, found.remedy)
        print("".join(f"        seen: {line}\n" for line in found.evidence), end="")
    return OK


def _print_advice(causes: tuple[str, ...], remedy: str) -> None:
    print("".join(f"        likely: {cause}\n" for cause in causes), end="")
    print(f"        remedy: {remedy}")
