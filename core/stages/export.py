"""Export: the master and its stems as files, each decoded again and measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from core.audio import Audio
from core.checks.exporting import FileContent, FileLength, FileLevel, FilePeak, FileTags, StemFiles
from core.checks.figures import ExportFigures
from core.checks.finite import Finite
from core.checks.silence import NotSilent
from core.contract import Contract, Figures, Material
from core.delivery import Delivered, EncodeOptions, Format, Tags, deliver
from core.delivery.reuse import ProvedFiles, file_key
from core.errors import NotFoundError
from core.measure import measure
from core.progress import part
from core.settings import count, knob, pick
from core.stages.base import MadeBy, Output, StageSettings, Work


class ExportSettings(StageSettings):
    """Which files are delivered."""

    formats: tuple[Format, ...] = Field(
        default=(Format.WAV_24,),
        min_length=1,
        title="Formats",
        description="Files of the master. Lossy ones may overshoot the ceiling: the export says by how much.",
    )
    stems: bool = pick(True, "Stems", "Write each enhanced stem as a 32-bit float WAV.")
    mp3_kbps: int = count(256, 96, 320, "kbit/s", "MP3 bit rate", "Constant bit rate of an MP3.", 32)
    ogg_quality: float = knob(
        6.0, 0.0, 10.0, "", "Ogg quality", "Vorbis quality; 6 is about 192 kbit/s.", step=0.5
    )
    lossy_ceiling_dbtp: float = knob(
        0.0, -3.0, 1.0, "dBTP", "Lossy ceiling", "An MP3 or Ogg whose true peak is higher draws a warning."
    )


class ExportStage:
    """``master`` and the enhanced stems in; files out, and what each decodes to."""

    name: ClassVar[str] = "export"
    title: ClassVar[str] = "Export"
    about: ClassVar[str] = "The files to take away."
    icon: ClassVar[str] = ":material/download:"
    version: ClassVar[int] = 2
    delivers: ClassVar[Material] = Material.FILES
    takes: ClassVar[tuple[Material, ...]] = (Material.MASTER, Material.STEMS)
    settings_type: type[ExportSettings] = ExportSettings
    figures_type: ClassVar[type[Figures]] = ExportFigures
    contract: Contract = Contract(
        checks=(Finite(), NotSilent(), FileLength(), FileContent(), FileLevel(), FilePeak(), FileTags()),
        whole=(StemFiles(),),
    )

    def run(self, work: Work[ExportSettings]) -> Output:
        """Write the files into ``work.scratch``; a stem's file of an earlier export is linked, not written.

        Delivers ``master.wav`` and so on as decoded sounds, and the stems under ``stems/`` as files alone:
        they come back sample by sample or the contract breaks.

        Raises StorageError, InputError, NotFoundError, Cancelled.
        """
        master = work.inputs.get(Material.MASTER, {}).get("master")
        if master is None:
            raise NotFoundError("There is no master to export.", remedy="Run the master stage first.")
        delivered = _write_masters(work, master)
        stems = _write_stems(work) if work.settings.stems else {}
        return Output(
            made_by=MadeBy("exporter", "Exporter"),
            sounds={name: found.audio for name, found in delivered.items()},
            files={
                **{name: found.encoded.path for name, found in delivered.items()},
                **{file.name: file.path for file in stems.values()},
            },
            figures=ExportFigures(
                files={name: found.figures for name, found in delivered.items()},
                stems_exact={stem: file.exact for stem, file in stems.items()},
            ),
            notes=tuple(note for name, found in delivered.items() for note in _notes(name, found, master)),
            chosen_silent=frozenset() if master.samples.any() else frozenset(delivered),
        )


def _write_masters(work: Work[ExportSettings], master: Audio) -> dict[str, Delivered]:
    settings = work.settings
    options = EncodeOptions(
        mp3_kbps=settings.mp3_kbps, ogg_quality=settings.ogg_quality, dither_seed=work.request.seed
    )
    tags, formats = _tags(work).measured(measure(master)), tuple(dict.fromkeys(settings.formats))
    share = (0.5 if settings.stems else 1.0) / len(formats)
    delivered: dict[str, Delivered] = {}
    for number, format in enumerate(formats):
        name = _name(format, delivered)
        progress = part(work.report, number * share, (number + 1) * share)
        delivered[name] = deliver(master, work.scratch / name, format, tags, options, progress)
    return delivered


@dataclass(frozen=True)
class _StemFile:
    name: str
    path: Path
    exact: bool
    """Whether it decodes to the very samples that were written."""


def _write_stems(work: Work[ExportSettings]) -> dict[str, _StemFile]:
    """Write each stem and read it back, one at a time: a song may have many."""
    stems = work.inputs.get(Material.STEMS, {})
    names = stem_file_names(stems)
    if stems:
        (work.scratch / "stems").mkdir(exist_ok=True)
    whole, written = _tags(work, until=work.sources.get(Material.STEMS, "")), dict[str, _StemFile]()
    keys = work.input_keys.get(Material.STEMS, {})
    for number, (stem, audio) in enumerate(stems.items()):
        start, share = 0.5 + 0.5 * number / len(stems), 0.5 / len(stems)
        tags = Tags(
            title=f"{whole.title} ({stem})" if whole.title else stem,
            prompt=whole.prompt,
            engine=whole.engine,
            comment=whole.comment,
        )
        path = work.scratch / names[stem]
        progress = part(work.report, start, start + share)
        progress(0.0, f"Writing {path.name}")
        exact = _proved(work.proved_files, keys.get(stem) or audio.key, path, tags)
        if not exact:
            found = deliver(audio, path, Format.WAV_FLOAT, tags, report=progress)
            exact = found.audio.key == audio.key
            if exact and work.proved_files is not None:
                work.proved_files.keep(file_key(audio.key, Format.WAV_FLOAT, tags), path)
        written[stem] = _StemFile(names[stem], path, exact=exact)
    return written


def _proved(earlier: ProvedFiles | None, audio_key: str, path: Path, tags: Tags) -> bool:
    """Put the same file of an earlier export at ``path``, if there is one."""
    return earlier is not None and earlier.link(file_key(audio_key, Format.WAV_FLOAT, tags), path)


def stem_file_names(stems: Iterable[str]) -> dict[str, str]:
    """Return a file name for each stem, ``stems/<name>.wav``: plain characters, and no two alike anywhere.

    A stem may be called anything, and "Lead" and "lead" are one file on many disks.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for stem in stems:
        kept = "".join(c if c.isalnum() or c in " -_" else "_" for c in stem).strip()[:80] or "stem"
        name, number = kept, 2
        while name.casefold() in taken:
            name, number = f"{kept} {number}", number + 1
        taken.add(name.casefold())
        names[stem] = f"stems/{name}.wav"
    return names


def _name(format: Format, taken: Mapping[str, Delivered]) -> str:
    name = f"master{format.suffix}"
    return f"master-{format.value}{format.suffix}" if name in taken else name


def _tags(work: Work[ExportSettings], until: str = "") -> Tags:
    """Return the tags of the master, or of what the stage ``until`` delivered: with the notes up to there."""
    plan, made_by = work.plan, work.made_by.get("generate")
    return Tags(
        title=plan.title if plan else _uploaded_title(work),
        prompt=work.request.prompt,
        engine=made_by.title if made_by else "",
        genre=plan.genre if plan else "",
        bpm=f"{plan.tempo_bpm:.0f}" if plan else "",
        key=plan.key if plan else "",
        lyrics=work.lyrics.text if work.lyrics else "",
        comment=" ".join(_notes_of(work.notes, until))[:2000],
    )


def _notes_of(notes: Mapping[str, tuple[str, ...]], until: str) -> Iterator[str]:
    for stage, lines in notes.items():
        yield from (note for note in lines if note)
        if stage == until:
            return


def _uploaded_title(work: Work[ExportSettings]) -> str:
    if work.lyrics and work.lyrics.title:
        return work.lyrics.title
    return ", ".join(Path(name).stem for name in work.request.uploaded_names)[:200]


def _notes(name: str, found: Delivered, master: Audio) -> list[str]:
    notes = []
    if found.encoded.sample_rate != master.sample_rate:
        notes.append(
            f"{name} has {found.encoded.sample_rate} Hz: its format holds no {master.sample_rate} Hz."
        )
    if found.encoded.clipped_samples:
        notes.append(f"{name}: {found.encoded.clipped_samples} samples over full scale were cut off.")
    if not found.encoded.tagged:
        notes.append(f"{name} carries no tags: a WAV over 4 GiB has no place for them.")
    return notes
