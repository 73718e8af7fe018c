"""Comparing files of any pipeline: an ordered chain, each file a step; files named as stems are one step."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.audio import SUFFIXES, write
from core.blame.chain import Chain, chain_of_takes
from core.blame.take import FOUND_ON_READING, Take, bundled
from core.contract import Finding, Sound
from core.measure import Measurement
from core.stages.stem_family import StemFamily, stem_family
from core.studio import Studio
from core.ui.ab import Playable
from core.ui.by_ear import choose_two
from core.ui.chain_view import show_chain
from core.ui.keys import hashed
from core.ui.order import put_in_order
from core.ui.problem import guarded
from core.ui.uploads import uploaded

STEMS = "stems"
ORDER = (
    ("raw", "gen", "clip", "take", "input", "source"),
    ("song", "assemb", "join"),
    ("stem", "separat", "split"),
    ("enhanc", "fx", "effect", "process"),
    ("mix",),
    ("master",),
    ("export", "final", "out"),
)
"""Words in a file's name that tell where in a pipeline it stands."""


@dataclass(frozen=True)
class FileStep:
    """One uploaded file, or the sum of those that are stems; its samples lie in the studio."""

    name: str
    key: str
    measurement: Measurement
    on_reading: tuple[Finding, ...]
    parts: tuple[tuple[str, str, Measurement], ...] = ()
    """Name, key and readings of each stem."""


def compare_files(studio: Studio) -> None:
    """Draw the drop place, the order of the steps, and the chain they are."""
    st.html(
        '<div class="gs-faint">Upload the audio as it was after each step, such as raw.wav, vocals.wav, '
        "drums.wav, mix.wav and master.wav. Files named as stems are summed into one step.</div>"
    )
    files = st.file_uploader(
        "Audio files", type=[s.lstrip(".") for s in SUFFIXES], accept_multiple_files=True, key="chain_files"
    )
    if not files:
        return
    looked = {}
    for file in files:
        with guarded():
            looked[file.file_id] = _looked(studio, file)
    readable = [file for file in files if file.file_id in looked]
    stems = _stems_among(readable)
    as_one = len(stems) > 1 and st.toggle(
        f"{len(stems)} files are stems of one step",
        value=True,
        key="chain_stems",
        help="Files named vocals, drums, bass or other, and the like, are summed.",
    )
    alone = [looked[file.file_id] for file in readable if not (as_one and file in stems)]
    steps = [*alone, *([_bundle(studio, [looked[file.file_id] for file in stems])] if as_one else [])]
    ordered = _ordered(_distinct_names(steps)) if steps else []
    if ordered:
        show_chain(_chain(studio, tuple(ordered)), key="files")
        _by_ear(studio, ordered)


def in_order(names: Sequence[str]) -> list[str]:
    """Return names in the order of a pipeline when each of them says where it stands, else as they came."""
    ranks = {name: _rank(name) for name in names}
    if None in ranks.values():
        return list(names)
    return sorted(names, key=lambda name: ranks[name] or 0)


def _rank(name: str) -> int | None:
    lowered = PurePath(name).stem.lower()
    found = [place for place, words in enumerate(ORDER) if any(word in lowered for word in words)]
    return max(found) if found else None


def _stems_among(files: Sequence[UploadedFile]) -> list[UploadedFile]:
    """Return the files that are named as a song's parts."""
    return [f for f in files if stem_family(PurePath(f.name).stem) is not StemFamily.UNKNOWN]


def _ordered(steps: Sequence[FileStep]) -> list[FileStep]:
    by_name = {step.name: step for step in steps}
    st.html('<div class="gs-faint">Order of the steps: drag them, or press the arrow keys on a handle.</div>')
    chosen = put_in_order(in_order(list(by_name)), key=f"chain_order_{hashed(*sorted(by_name))}")
    return [by_name[name] for name in chosen]


def _distinct_names(steps: Sequence[FileStep]) -> list[FileStep]:
    """Return steps of one name with a number behind the later ones."""
    seen: dict[str, int] = {}
    apart = []
    for step in steps:
        seen[step.name] = seen.get(step.name, 0) + 1
        number_of = seen[step.name]
        name = step.name if number_of == 1 else f"{step.name} ({number_of})"
        apart.append(FileStep(name, step.key, step.measurement, step.on_reading, step.parts))
    return apart


def _looked(studio: Studio, file: UploadedFile) -> FileStep:
    """Return a file with its readings, read once a session. Raises AudioFileError, InputError."""
    cached: dict[str, FileStep] = st.session_state.setdefault("chain_looked", {})
    if file.file_id not in cached:
        with uploaded([file]) as paths, st.spinner("Measuring"):
            ((name, path),) = paths.items()
            cached[file.file_id] = _stored(studio, path, name)
    return cached[file.file_id]


def _stored(studio: Studio, path: Path, name: str) -> FileStep:
    seen, key = studio.look(path, name)
    return FileStep(
        name, key, seen.measurement, tuple(f for f in seen.findings if f.check in FOUND_ON_READING)
    )


def _bundle(studio: Studio, stems: Sequence[FileStep]) -> FileStep:
    """Return stems as one step whose sound is their sum, which is stored as well, to be played."""
    cached: dict[tuple[str, ...], FileStep] = st.session_state.setdefault("chain_bundled", {})
    keys = tuple(stem.key for stem in stems)
    if keys not in cached:
        named = {PurePath(stem.name).stem: stem for stem in stems}
        take = bundled(STEMS, {name: studio.audio(stem.key) for name, stem in named.items()})
        with tempfile.TemporaryDirectory(prefix="gainstage-stems-") as folder:
            path = Path(folder) / "sum.wav"
            write(path, take.sound.audio)
            summed = _stored(studio, path, STEMS)
        parts = tuple((name, stem.key, stem.measurement) for name, stem in named.items())
        cached[keys] = FileStep(STEMS, summed.key, summed.measurement, summed.on_reading, parts)
    return cached[keys]


@st.cache_data(max_entries=32, show_spinner="Aligning files")
def _chain(_studio: Studio, steps: tuple[FileStep, ...]) -> Chain:
    return chain_of_takes((step.name, _take(_studio, step)) for step in steps)


def _take(studio: Studio, step: FileStep) -> Take:
    parts = {name: Sound(name, studio.audio(key), reading) for name, key, reading in step.parts}
    sound = Sound(step.name, studio.audio(step.key), step.measurement)
    return Take(sound, studio.picture(step.key), parts, step.on_reading)


def _by_ear(studio: Studio, steps: Sequence[FileStep]) -> None:
    sounds = [Playable(step.name, step.key, step.measurement) for step in steps]
    choose_two(
        studio, sounds, max(0, len(sounds) - 2), len(sounds) - 1, key="_".join(step.key[:8] for step in steps)
    )
