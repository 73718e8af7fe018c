"""``doctor``: what this machine can run, what not, why, and the remedy."""

from __future__ import annotations

import argparse

from core.cli.base import ENGINE_FAILED, MARKS, OK, as_json, print_json
from core.contract import Severity


class DoctorCommand:
    """Look at the machine."""

    name = "doctor"
    help = "say what runs here, what does not, why, and the remedy"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments: none."""

    def run(self, arguments: argparse.Namespace) -> int:
        """Print every diagnosis; the status is 4 when one fails, for then no song can be made."""
        from core.doctor import diagnose
        from core.engines.host import EngineHosts
        from core.home import home_folder

        hosts = EngineHosts()
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
                    print("".join(f"        likely: {cause}\n" for cause in one.causes), end="")
                    print(f"        remedy: {one.remedy}")
        return ENGINE_FAILED if any(one.severity is Severity.FAIL for one in found) else OK
