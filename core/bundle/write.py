"""Writing a bundle: everything about a run, cleaned, hashed, and put into one zip."""

from __future__ import annotations

import contextlib
import io
import json
import os
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.audio import Audio
from core.bundle.clean import Cleaner
from core.bundle.manifest import NAME, BundledStep, Excerpt, Manifest, documents, member, uploads
from core.bundle.pictures import picture_svg
from core.bundle.report import report_html
from core.errors import InputError, NotFoundError
from core.machine.home import storage_error
from core.runs.log import level_line
from core.runs.pipeline import RunSettings
from core.runs.record import RunRecord, StepRecord
from core.studio import Studio

EXCERPT_S = 4.0
MOST_INPUT_S = 60.0
"""Uploaded sounds longer than this travel only when they are asked for."""
PACKAGES = ("numpy", "scipy", "numba", "soundfile", "soxr", "pedalboard", "streamlit", "torch", "diffusers",
            "transformers", "demucs", "onnxruntime", "midirenderer")  # fmt: skip


def write_bundle(
    studio: Studio, record: RunRecord, out: Path, *, with_input: bool = False, overwrite: bool = False
) -> Path:
    """Write the bundle of a run and return its path; a file that is there stays, without ``overwrite``.

    ``with_input`` takes uploaded sounds along at any length. Raises InputError when the run is not done or
    ``out`` exists, StorageError when it cannot be written; then nothing is left behind.
    """
    if record.state.live:
        raise InputError("The song is still being made.", remedy="Wait until it is done, or cancel it.")
    if out.exists() and not overwrite:
        raise InputError(f"{out.name} is there already.", remedy="Name another file, or remove that one.")
    part = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(bundle_bytes(studio, record, with_input=with_input))
        os.replace(part, out)
    except OSError as error:
        raise storage_error(error, f"{out.name} cannot be written.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return out


def bundle_bytes(studio: Studio, record: RunRecord, *, with_input: bool = False) -> bytes:
    """Return the bundle of a run as the bytes of a zip; the same run gives the same bytes."""
    cleaner = Cleaner(studio.home)
    steps: list[BundledStep] = []
    files: dict[str, bytes] = {}
    for number, step in enumerate(record.steps, 1):
        found = dict(_of_step(studio, step, f"{number}-{step.stage}"))
        files |= found
        steps.append(_bundled(step, _excerpt(studio, step, f"{number}-{step.stage}", files)))
    inputs = _inputs(studio, record, with_input)
    travelling = {name: f"inputs/{n}-{_plain(name)}.wav" for n, name in enumerate(inputs, 1)}
    files |= {travelling[name]: content for name, content in inputs.items()}
    files["run.json"] = _json(cleaner.values(record.model_dump(mode="json")))
    files["machine.json"] = _json(cleaner.values(_machine(studio)))
    files["log.txt"] = cleaner.text(_log(record)).encode()
    files["report.html"] = cleaner.text(report_html(studio, record)).encode()
    plan = record.step("lyrics").plan
    manifest = Manifest(
        made_by="Gainstage 0.1.0",
        run=record.id,
        title=cleaner.text(plan.title if plan else record.request.prompt[:80] or "A song"),
        request=record.request.model_copy(
            update={
                "prompt": cleaner.own_words(record.request.prompt),
                "typed_lyrics": cleaner.own_words(record.request.typed_lyrics),
            }
        ),
        settings=RunSettings.model_validate(cleaner.values(record.settings.model_dump(mode="json"))),
        steps=tuple(steps),
        inputs=travelling,
        members={name: member(content) for name, content in sorted(files.items())},
    )
    return _zipped({NAME: manifest.sealed().encode(), **dict(sorted(files.items()))})


def _of_step(studio: Studio, step: StepRecord, prefix: str) -> Iterator[tuple[str, bytes]]:
    for artifact in (*step.artifacts, *((step.whole,) if step.whole else ())):
        name = artifact.name.replace("/", "_")
        title = f"{step.title}: {artifact.name}"
        drawn = picture_svg(studio.picture(artifact.key), artifact.measurement, title)
        yield f"pictures/{prefix}-{_plain(name)}.svg", drawn.encode()


def _excerpt(studio: Studio, step: StepRecord, prefix: str, files: dict[str, bytes]) -> Excerpt | None:
    """Keep the seconds around the loudest place of a step's main sound, where it can be kept at all."""
    main = step.main
    if main is None:
        return None
    audio = studio.audio(main.key)
    start = _loudest(audio)
    piece = np.asarray(audio.samples[start : start + round(EXCERPT_S * audio.sample_rate)], np.float64)
    if not np.isfinite(piece).all() or piece.shape[1] > 8 or not len(piece):
        return None
    scale = max(1.0, float(np.abs(piece).max()))
    name = f"excerpts/{prefix}.flac"
    files[name] = _encoded(piece / scale, audio.sample_rate, "FLAC", "PCM_24")
    return Excerpt(file=name, start_s=start / audio.sample_rate, scale=scale)


def _loudest(audio: Audio) -> int:
    """Return the first frame of the loudest ``EXCERPT_S``, in steps of half a second."""
    size, step = round(EXCERPT_S * audio.sample_rate), max(1, audio.sample_rate // 2)
    places = range(0, max(1, audio.frames - size + 1), step)
    return max(places, key=lambda at: float(np.square(np.nan_to_num(audio.samples[at : at + size])).sum()))


def _inputs(studio: Studio, record: RunRecord, with_input: bool) -> dict[str, bytes]:
    """Return the uploaded sounds as WAV; none when they are gone, or too long to travel unasked."""
    try:
        sounds = {n: studio.audio(key) for n, key in uploads(record.request, record.settings).items()}
    except NotFoundError:
        return {}
    if not with_input and sum(audio.duration_s for audio in sounds.values()) > MOST_INPUT_S:
        return {}
    return {n: _encoded(a.samples, a.sample_rate, "WAV", "FLOAT") for n, a in sounds.items()}


def _bundled(step: StepRecord, excerpt: Excerpt | None) -> BundledStep:
    reading = step.main.measurement if step.main else None
    return BundledStep(
        stage=step.stage,
        state=step.state,
        engine=step.engine,
        sounds={artifact.name: artifact.key for artifact in step.artifacts},
        documents=documents(step),
        integrated_lufs=reading.integrated_lufs if reading else None,
        true_peak_dbtp=reading.true_peak_dbtp if reading else None,
        duration_s=reading.duration_s if reading else None,
        verdict=step.verdict.value,
        error_kind=step.error.kind if step.error else "",
        excerpt=excerpt,
    )


def _log(record: RunRecord) -> str:
    lines, before = [], None
    for step in record.steps:
        if step.state.value != "not run":
            lines.append(level_line(record.id, step, before))
            before = step if step.main else before
    return "\n".join(lines) + "\n"


def _machine(studio: Studio) -> dict[str, object]:
    """Return the versions, and what the doctor says of this machine."""
    import platform
    from importlib import metadata

    from core.facts.doctor import diagnose

    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": versions,
        "doctor": [one.model_dump(mode="json") for one in diagnose(studio.engines, studio.home)],
    }


def _encoded(
    samples: np.ndarray[tuple[int, ...], np.dtype[np.floating]], rate: int, format: str, kind: str
) -> bytes:
    import soundfile

    memory = io.BytesIO()
    soundfile.write(memory, samples, rate, format=format, subtype=kind)
    return memory.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False).encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".flac") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return memory.getvalue()


def _plain(name: str) -> str:
    """Return a name of plain characters, for a file."""
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in name)[:60] or "sound"
