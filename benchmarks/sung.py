"""Whether "was it sung?" is answered rightly: short songs of the band, sung and not, and instrumental music.

``python -m benchmarks.sung [--songs N] [FILE ...]``: N sung songs and N instrumentals of 15 s (50); the files
are instrumental music, of which at most 2 % may be taken for sung.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from benchmarks.composed import composed
from benchmarks.figure import Figure, show
from core.audio import Audio, read
from core.checks.sung import LinesSung, TuneSung, Unsung, VoiceThere
from core.checks.sung_lines import lines_reported, read_lines
from core.contract import Case, Contract, Figures, Finding, Material, Severity, Sound, judge
from core.engines.composer.worker import Worker
from core.measure import measure
from core.song import Lyrics, Plan, SongRequest
from core.writing.lyricist import write_lyrics
from core.writing.plan import make_plan

SONGS, SECONDS, RATE = 50, 15.0, 44_100
STEM = "clip_1/vocals"
SUNG = Contract((VoiceThere(), TuneSung(), LinesSung()))
INSTRUMENTAL = Contract((Unsung(),))
PROMPTS = (
    "warm lo-fi piano about the sea",
    "upbeat pop about summer",
    "slow ballad about rain",
    "synthwave at night in the city",
    "soul song about love",
    "male voice blues about a train",
    "metal about fire",
    "duet about two rivers",
    "reggae about the sun",
    "edm about dancing",
)


def run(songs: int, files: Iterable[str]) -> list[Figure]:
    """Make the songs, ask the checks, and return the figures; about a minute for ten songs of each."""
    band = Worker()
    found: list[Finding] = []
    notes = in_tune = 0
    for number in range(songs):
        plan = _plan(number, instrumental=False)
        audio, figures = _made(band, plan, write_lyrics(plan), STEM)
        found += judge(SUNG, _case(audio, STEM, plan, figures))
        read_notes = read_lines(audio, lines_reported(STEM, figures))
        notes += sum(len(one.line.notes) for one in read_notes)
        in_tune += sum(one.in_tune for one in read_notes)
    unsung: list[Finding] = []
    for number in range(songs):
        plan = _plan(number, instrumental=True)
        audio, figures = _made(band, plan, None, "clip_1")
        unsung += judge(INSTRUMENTAL, _case(audio, "clip_1", plan, figures))
    taken = [name for name, finding in _of_files(files) if finding.severity is not Severity.OK]
    for name in taken:
        print(f"taken for sung: {name}", file=sys.stderr)
    return [
        Figure("sung songs", float(songs), ""),
        *(Figure(f"false {check}", _alarms(found, check), "", "<= 0") for check in ("no_voice", "tune_sung")),
        Figure("songs with a line that is called missing", _alarms(found, "lines_sung"), "", "<= 0"),
        Figure("sung notes within 50 cents", 100.0 * in_tune / max(1, notes), "%", ">= 95"),
        Figure("instrumentals taken for sung", _alarms(unsung, "voice_in_instrumental"), "", "<= 0"),
        Figure("files of instrumental music taken for sung", float(len(taken)), ""),
    ]


def _of_files(files: Iterable[str]) -> Iterator[tuple[str, Finding]]:
    plan = _plan(0, instrumental=True)
    for name in files:
        for finding in judge(INSTRUMENTAL, _case(read(name), "clip_1", plan, Figures())):
            yield name, finding


def _plan(number: int, *, instrumental: bool) -> Plan:
    prompt = PROMPTS[number % len(PROMPTS)]
    return make_plan(
        SongRequest(prompt=prompt, seed=100 + number, duration_s=SECONDS, instrumental=instrumental)
    )


def _made(band: Worker, plan: Plan, lyrics: Lyrics | None, name: str) -> tuple[Audio, Figures]:
    reply, sounds = composed(band, plan, lyrics, RATE)
    return Audio(sounds[name][0], RATE), Figures(engine=reply)


def _case(audio: Audio, name: str, plan: Plan, figures: Figures) -> Case:
    return Case(
        "generate",
        {name: Sound(name, audio, measure(audio))},
        plan=plan,
        lyrics=None if plan.instrumental else write_lyrics(plan),
        figures=figures,
        delivers=Material.CLIPS,
    )


def _alarms(found: Iterable[Finding], check: str) -> float:
    bad = (Severity.WARN, Severity.FAIL)
    return float(sum(one.check == check and one.severity in bad for one in found))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--songs", type=int, default=SONGS)
    parser.add_argument("files", nargs="*")
    given = parser.parse_args()
    show(run(given.songs, given.files))
