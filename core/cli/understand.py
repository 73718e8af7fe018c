"""``understand``: what ACE-Step's planner makes of a song file, and how well the song matches a prompt."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from core.audio import read
from core.cli.base import OK, print_json
from core.cli.song import assigned
from core.engines.opened import open_engines
from core.progress import silent
from core.runs.pipeline import RunSettings
from core.runs.understanding import UNTRAINED, About, ask
from core.values import Json


class UnderstandCommand:
    """Ask the planner about a file."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--prompt", default="", help="say how well the song matches this prompt")
        parser.add_argument("--lyrics", metavar="FILE", help="the words that belong to the prompt")
        parser.add_argument("--set", action="append", default=[], metavar="generate.SETTING=VALUE")

    def run(self, arguments: argparse.Namespace) -> int:
        """Print caption, tempo, key, meter, language and lyrics; nothing is written."""
        settings = RunSettings().with_values(assigned(arguments.set)).generate
        song = read(arguments.file)
        words = Path(arguments.lyrics).read_text(encoding="utf-8") if arguments.lyrics else ""
        about = About(prompt=arguments.prompt, lyrics=words)
        hosts = open_engines()
        try:
            values = ask(hosts, song, settings, about, silent)
        finally:
            hosts.close()
        if arguments.json:
            print_json(dict(values))
        else:
            print("\n".join(lines(values)))
        return OK


def lines(values: Mapping[str, Json]) -> list[str]:
    """Return what was understood, a fact a line; what the planner does not say is not there."""
    understood = values.get("understood")
    facts = understood if isinstance(understood, dict) else {}
    shown = [
        f"{name:<9}{facts[name]}"
        for name in ("caption", "bpm", "key", "meter", "language")
        if facts.get(name)
    ]
    if facts.get("lyrics"):
        shown += ["lyrics", str(facts["lyrics"])]
    if not shown:
        shown = ["The planner says nothing of this song that can be used."]
    match = values.get("match")
    if isinstance(match, float):
        shown.append(f"match    {match:+.3f} nats a code (above 0: the prompt makes this song likelier)")
    return [*shown, UNTRAINED] if values.get("untrained") else shown
