"""``song``: a prompt, or a sound of one's own, to a measured master in a folder."""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import time
from pathlib import Path

from pydantic import ValidationError

from core.audio import write
from core.cli.base import (
    CHECK_FAILED,
    ENGINE_FAILED,
    OK,
    USAGE,
    add_overwrite,
    as_json,
    figure,
    finding_lines,
    level_line,
    print_error,
    print_json,
    refuse_overwriting,
)
from core.cli.uploads import uploads
from core.errors import AudioFileError, InputError, NotFoundError, SettingsError, StorageError
from core.machine.home import storage_error
from core.machine.share import Share
from core.runs.pipeline import RunSettings
from core.runs.record import RunRecord, RunState, StepRecord, StepState
from core.runs.takes import reasons
from core.sentences import sentences
from core.song import Midi, Plan, SongRequest, Upload
from core.stages.reference import ReferenceTrack
from core.studio import Studio
from core.values import Json
from core.writing.ensemble import length_s
from core.writing.given_plan import read_plan

OWNER = "command-line"
POLL_S = 0.2
USUAL_S = 60.0
NAMED_S = (3.0, 600.0)
"""The least and the greatest length that a prompt can name."""
ACE_STEP = "ace-step"
_MASTER = re.compile(r"master(?:-\w+(?:-\d+)?)?")
DELIVERED = ("run.json", "report.html", "stems", "plan.json", "song.mid", "lead-sheet.txt", "steps")
ANOTHER_FOLDER = "Choose another --out folder, with room and that you may write to."
BAD_INPUT = {kind.kind for kind in (InputError, AudioFileError, SettingsError, NotFoundError)}


class SongCommand:
    """Make a song."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""
        parser.add_argument("--prompt", default="", help="what the song should sound like")
        parser.add_argument("--lyrics", metavar="FILE", help="lyrics from a text file, - for standard input")
        parser.add_argument("--plan", metavar="FILE", help="play a plan.json, in place of the prompt's plan")
        parser.add_argument("--instrumental", action="store_true", help="no vocals")
        parser.add_argument(
            "--from",
            dest="source",
            nargs="+",
            metavar="FILE",
            help="start from sound files, a folder of stems, or a .mid file",
        )
        parser.add_argument(
            "--cut-lead", action="store_true", help="cut off the silence before a .mid file's first note"
        )
        parser.add_argument("--seconds", type=float, help="length, 3 to 1200 s (the prompt's, else 60)")
        parser.add_argument("--seed", type=int, help="the same seed makes the same song (42, or the plan's)")
        parser.add_argument("--clips", type=int, help="number of clips, 1 to 10")
        parser.add_argument(
            "--recipe", metavar="FILE", help="settings from ACE-Step's JSON or a ComfyUI workflow"
        )
        parser.add_argument("--takes", type=int, help="make 1 to 16 takes, and go on with the best")
        parser.add_argument("--generator", metavar="NAME", help="engine that makes the clips")
        parser.add_argument("--separator", metavar="NAME", help="engine that takes the song apart")
        parser.add_argument(
            "--reference",
            metavar="FILE",
            help="a track that the master is to be like: tone, width (by matchering) and loudness; "
            "--set master.take=loudness takes that alone",
        )
        parser.add_argument(
            "--timbre", metavar="FILE", help="a sound whose timbre the song takes on (ace-step)"
        )
        parser.add_argument("--set", action="append", default=[], metavar="STAGE.SETTING=VALUE")
        parser.add_argument("--out", required=True, metavar="DIR", help="folder for what is made")
        add_overwrite(parser)

    def run(self, arguments: argparse.Namespace) -> int:
        """Make the song and write ``master.wav``, ``stems/``, ``run.json`` and ``report.html``."""
        recipe = _recipe(arguments)
        settings = RunSettings().with_values(recipe | assignments(arguments))
        out = folder(Path(arguments.out))
        if _run_in(out) is None:
            # Another song's files are set aside; files of the person's own are not ours to move.
            refuse_overwriting(_delivered_in(out), overwrite=arguments.overwrite)
        studio = Studio.open(by_operator=True)
        try:
            record, takes, summary = made(studio, arguments, settings, out)
        finally:
            studio.close()
        if arguments.json:
            print_json(summary)
        else:
            _print_takes(takes)
            _print_run(record, out)
        return exit_status(record)


def made(
    studio: Studio,
    arguments: argparse.Namespace,
    settings: RunSettings,
    out: Path,
    shelf: Share | None = None,
) -> tuple[RunRecord, dict[int, StepRecord], dict[str, Json]]:
    """Make and deliver the song of the arguments; returns its run, its takes, and what ``--json`` prints."""
    upload, midi = uploads(studio, arguments.source, cut_lead=arguments.cut_lead)
    settings = _planned(arguments.plan, _like(studio, arguments, settings))
    request = _request(arguments, upload, midi, studio, settings.lyrics.plan)
    record = _follow(studio, studio.start(request, settings, OWNER, shelf=shelf), quiet=arguments.json)
    summary = song_object(studio, record)
    takes = studio.takes(record.id)
    if takes:
        summary["takes"] = {str(n): _stage_object(studio, step) for n, step in takes.items()}
    _deliver(studio, record, out, summary)
    return record, takes, summary


def exit_status(record: RunRecord) -> int:
    """Return 4 when a stage raised (2 when it was for the input), 3 when a contract broke, else 0."""
    kinds = {step.error.kind for step in record.steps if step.error}
    if kinds:
        return USAGE if kinds <= BAD_INPUT else ENGINE_FAILED
    if record.state in (RunState.CANCELLED, RunState.INTERRUPTED):
        return ENGINE_FAILED
    return CHECK_FAILED if record.blame else OK


def song_object(studio: Studio, record: RunRecord) -> dict[str, Json]:
    """Return a run as ``song --json`` prints it."""
    summary: dict[str, Json] = {
        "run": record.id,
        "verdict": record.verdict.value,
        "blame": record.blame,
        "seconds": round(record.elapsed_s, 3),
        "state": record.state.value,
        "tainted": record.tainted,
        "stages": [_stage_object(studio, s) for s in record.steps if s.state is not StepState.NOT_RUN],
    }
    error = next((step.error for step in record.steps if step.error), None)
    if error:
        summary["error"] = error.model_dump(include={"kind", "message", "causes", "remedy"}, mode="json")
    return summary


def _stage_object(studio: Studio, step: StepRecord) -> dict[str, Json]:
    delivered = (*step.artifacts, *((step.whole,) if step.whole else ()))
    return {
        "stage": step.stage,
        "state": step.state.value,
        "engine": step.engine,
        "engine_reason": step.engine_reason,
        "key": step.key,
        "cached": step.cached,
        "seconds": round(step.seconds, 3),
        "verdict": step.verdict.value,
        "artifacts": {a.name: str(studio.artifact_path(a.key)) for a in delivered}
        | {name: str(studio.home / path) for name, path in step.files.items()},
        "measurements": {a.name: as_json(a.measurement) for a in delivered},
        "findings": [as_json(finding) for finding in step.findings],
        "notes": list(step.notes),
        "error": step.error.model_dump(exclude={"detail"}, mode="json") if step.error else None,
    }


def assigned(texts: list[str]) -> dict[str, str]:
    """Return what ``--set stage.setting=value`` said, by setting; raises SettingsError without a value."""
    given = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            raise SettingsError(f"--set {text} has no value.", remedy="Write --set stage.setting=value.")
        given[name] = value
    return given


def _recipe(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the settings of a recipe file; what it says of the song fills what the command leaves open."""
    if not arguments.recipe:
        return {}
    from core.engines.acestep15.recipe_file import read_file

    found = read_file(Path(arguments.recipe))
    for note in found.notes:
        print(f"note: {note}", file=sys.stderr)
    arguments.prompt = arguments.prompt or found.prompt
    arguments.instrumental = arguments.instrumental or found.instrumental
    arguments.words = found.lyrics
    arguments.seed = found.seed if arguments.seed is None else arguments.seed
    if arguments.seconds is None and found.duration_s:
        arguments.seconds = found.duration_s
    if arguments.generator is None:
        arguments.generator = ACE_STEP
    return found.assignments


def assignments(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the settings that a song's arguments name, by path."""
    given = assigned(arguments.set)
    for name, value in (
        ("generate.clips", arguments.clips),
        ("generate.takes", arguments.takes),
        ("generate.engine", arguments.generator),
        ("separate.engine", arguments.separator),
    ):
        if value is not None:
            given[name] = str(value)
    return given


def folder(out: Path) -> Path:
    """Return a folder for results, made and writable; raises StorageError or InputError."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(error, out) from error
    if not os.access(out, os.W_OK):
        raise InputError(f"The folder {out} cannot be written.", remedy=ANOTHER_FOLDER)
    return out


def _not_written(error: OSError, out: Path) -> StorageError:
    """Report a failure to write into ``out``; a full disk is named as such."""
    cause = storage_error(error, f"The folder {out} cannot be written.")
    return StorageError(cause.message, causes=cause.causes, remedy=ANOTHER_FOLDER, detail=cause.detail)


def _like(studio: Studio, arguments: argparse.Namespace, settings: RunSettings) -> RunSettings:
    """Return the settings with the references that the arguments name, which are stored for it."""
    for stage, name in (("master", "reference"), ("generate", "timbre")):
        if file := getattr(arguments, name):
            key = studio.upload({Path(file).name: Path(file)}).sounds["song"]
            track = ReferenceTrack(key=key, name=Path(file).name[:200])
            changed = settings.of(stage).model_copy(update={name: track})
            settings = settings.model_copy(update={stage: changed})
    return settings


def _planned(plan: str | None, settings: RunSettings) -> RunSettings:
    """Return the settings with the plan of a file."""
    if not plan:
        return settings
    given = read_plan(_text(plan, "plan", "Give the plan.json that a song was delivered with."))
    return settings.model_copy(update={"lyrics": settings.lyrics.model_copy(update={"plan": given})})


def _text(path: str, what: str, remedy: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"The {what} {path} cannot be read as text.", remedy=remedy, detail=str(error)
        ) from error


def _request(
    arguments: argparse.Namespace,
    upload: Upload | None,
    midi: Midi | None,
    studio: Studio,
    plan: Plan | None,
) -> SongRequest:
    lyrics = str(getattr(arguments, "words", ""))
    if arguments.lyrics == "-":
        lyrics = sys.stdin.read()
    elif arguments.lyrics:
        lyrics = _text(arguments.lyrics, "lyrics", "Give a UTF-8 text file, or - for standard input.")
    seed = arguments.seed
    if seed is None:
        seed = plan.seed if plan else SongRequest.model_fields["seed"].default
    try:
        return SongRequest(
            prompt=arguments.prompt or (plan.prompt if plan else ""),
            typed_lyrics=lyrics,
            instrumental=arguments.instrumental,
            duration_s=_seconds(arguments),
            seed=seed,
            upload=upload,
            midi=midi,
            **({"sample_rate": studio.rate_of(upload)} if upload else {}),
        )
    except ValidationError as error:
        raise InputError(
            " ".join(sentences(error, SongRequest)), remedy="Change it and run the command again."
        ) from error


def _seconds(arguments: argparse.Namespace) -> float:
    """Return the length: the option's, else the one that the prompt names, else a minute."""
    if arguments.seconds is not None:
        return float(arguments.seconds)
    named = length_s(arguments.prompt or "")
    return min(NAMED_S[1], max(NAMED_S[0], named[1])) if named else USUAL_S


def _follow(studio: Studio, run_id: str, *, quiet: bool) -> RunRecord:
    """Wait for the run, telling where it is on standard error; Ctrl-C cancels it."""
    named = ""
    try:
        while (record := studio.run(run_id)).state.live:
            at = next((s for s in record.steps if s.state is StepState.RUNNING), None)
            if at and not quiet and at.stage != named:
                named = at.stage
                print(f"{at.title} ...", file=sys.stderr)
            time.sleep(POLL_S)
    except KeyboardInterrupt:
        studio.cancel(run_id)
    return studio.wait(run_id)


def _deliver(studio: Studio, record: RunRecord, out: Path, summary: dict[str, Json]) -> None:
    """Write the run's files into the folder: what was made stays, however far it came."""
    from core.bundle.report import report_html, run_json

    try:
        _set_aside(out, record.id)
        (out / "run.json").write_text(run_json(summary), encoding="utf-8")
        (out / "report.html").write_text(report_html(studio, record), encoding="utf-8")
        files = {name: place for step in record.steps for name, place in step.files.items()}
        for name, place in files.items():
            target = out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(studio.delivered(place), target)
        master = record.step("master").main
        if master and "master.wav" not in files:
            write(out / "master.wav", studio.audio(master.key))
    except OSError as error:
        raise _not_written(error, out) from error


def _set_aside(out: Path, run_id: str) -> None:
    """Move another run's files into a folder of their own, so that none is taken for this run's."""
    earlier = _run_in(out)
    if earlier is None or earlier == run_id:
        return
    aside = out / f"earlier-{earlier}"
    aside.mkdir(exist_ok=True)
    for path in _delivered_in(out):
        path.replace(aside / path.name)


def _run_in(out: Path) -> str | None:
    """Return the run whose files lie in a folder; None when they are no run's."""
    try:
        run = str(json.loads((out / "run.json").read_text(encoding="utf-8"))["run"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return run if run.replace("-", "").replace("_", "").isalnum() else None


def _delivered_in(out: Path) -> list[Path]:
    """Return what lies in a folder under the names of what a run delivers."""
    return sorted(path for path in out.iterdir() if path.name in DELIVERED or _MASTER.fullmatch(path.stem))


def _print_takes(takes: dict[int, StepRecord]) -> None:
    for number, step in takes.items():
        level = level_line(step.main.measurement) if step.main else "no sound"
        print(f"take {number:<3} {step.verdict.value:<5} {level}  {reasons(step)}")


def _print_run(record: RunRecord, out: Path) -> None:
    for step in record.steps:
        head = f"{step.title:<9} {step.state.value:<9}"
        print(f"{head} {level_line(step.main.measurement) if step.main else step.engine_title}")
        for note in step.notes:
            print(f"    note: {note}")
        print("\n".join(finding_lines(step.findings)), end="\n" if finding_lines(step.findings) else "")
        if step.error:
            print_error(step.error, as_json=False)
    master = record.step("master").main
    level = figure(master.measurement.integrated_lufs) if master else "-"
    print(f"{record.state.value}: {out}  verdict {record.verdict.value}  master {level} LUFS")
