"""Export: the master and its stems as files, each decoded again and measured."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from core.audio import Audio, read
from core.checks.exporting import FileLength, FileLevel, FilePeak, FileTags, StemFiles
from core.checks.finite import Finite
from core.checks.silence import NotSilent
from core.contract import Contract
from core.delivery import EncodeOptions, Format, Tags, deliver, encode
from core.errors import NotFoundError
from core.measure import measure
from core.stages.base import MadeBy, Output, StageSettings, Work, knob
from core.values import Json


class ExportSettings(StageSettings):
    """Which files are delivered."""

    formats: tuple[Format, ...] = Field(
        default=(Format.WAV_24,),
        min_length=1,
        title="Formats",
        description="Files of the master. Lossy ones may overshoot the ceiling: the export says by how much.",
    )
    stems: bool = Field(
        default=True,
        title="Stems",
        description="Write each enhanced stem as a 32-bit float WAV.",
    )
    mp3_kbps: int = Field(
        default=256,
        ge=96,
        le=320,
        title="MP3 bit rate",
        description="Constant bit rate of an MP3.",
        json_schema_extra={"unit": "kbit/s", "step": 32},
    )
    ogg_quality: float = knob(
        6.0, 0.0, 10.0, "", "Ogg quality", "Vorbis quality; 6 is about 192 kbit/s.", step=0.5
    )


class ExportStage:
    """``master`` and the enhanced stems in; files out, and what each decodes to."""

    name: ClassVar[str] = "export"
    title: ClassVar[str] = "Export"
    version: ClassVar[int] = 1
    reads: ClassVar[tuple[str, ...]] = ("master", "enhance")
    settings_type: type[ExportSettings] = ExportSettings
    contract: Contract = Contract(
        checks=(Finite(), NotSilent(), FileLength(), FileLevel(), FilePeak(), FileTags()),
        whole=(StemFiles(),),
    )

    def run(self, work: Work[ExportSettings]) -> Output:
        """Write the files into ``work.scratch``; raises StorageError, InputError, NotFoundError."""
        master = work.inputs.get("master", {}).get("master")
        if master is None:
            raise NotFoundError("There is no master to export.", remedy="Run the master stage first.")
        tags = _tags(work, master)
        options = EncodeOptions(
            mp3_kbps=work.settings.mp3_kbps,
            ogg_quality=work.settings.ogg_quality,
            dither_seed=work.request.seed,
        )
        sounds: dict[str, Audio] = {}
        files: dict[str, Path] = {}
        told: dict[str, Json] = {}
        for number, format in enumerate(work.settings.formats):
            name = _name(format, sounds)
            work.report(0.5 * number / len(work.settings.formats), f"Writing {name}")
            delivered = deliver(master, work.scratch / name, format, tags, options)
            sounds[name], files[name] = delivered.audio, work.scratch / name
            told[name] = {
                "format": format.value,
                "lossy": format.lossy,
                "padding_frames": format.padding_frames,
                "wrong_tags": list(delivered.wrong_tags),
                "clipped_samples": delivered.encoded.clipped_samples,
            }
        exact = _write_stems(work, files) if work.settings.stems else {}
        return Output(
            made_by=MadeBy("exporter", "Exporter"),
            sounds=sounds,
            files=files,
            figures={"files": told, "stems_exact": exact},
            brought=False,
        )


def _name(format: Format, taken: Mapping[str, Audio]) -> str:
    name = f"master{format.suffix}"
    return f"master-{format.value}{format.suffix}" if name in taken else name


def _write_stems(work: Work[ExportSettings], files: dict[str, Path]) -> dict[str, Json]:
    """Write each stem and read it back; returns whether each came back exactly."""
    exact: dict[str, Json] = {}
    stems = work.inputs.get("enhance", {})
    (work.scratch / "stems").mkdir(exist_ok=True)
    for number, (stem, audio) in enumerate(stems.items()):
        work.report(0.5 + 0.5 * number / len(stems), f"Writing stem {stem}")
        name = f"stems/{_safe(stem)}.wav"
        path = work.scratch / name
        encode(audio, path, Format.WAV_FLOAT, Tags(title=stem, engine=_engine(work)))
        files[name] = path
        exact[stem] = read(path).key == audio.key
    return exact


def _tags(work: Work[ExportSettings], master: Audio) -> Tags:
    plan = work.plan
    tainted = [note for note in work.notes if note]
    return Tags(
        title=plan.title
        if plan
        else ", ".join(work.request.upload.names.values())
        if work.request.upload
        else "",
        prompt=work.request.prompt,
        engine=_engine(work),
        genre=plan.genre if plan else "",
        bpm=f"{plan.tempo_bpm:.0f}" if plan else "",
        key=plan.key if plan else "",
        lyrics=work.lyrics.text if work.lyrics else "",
        comment=" ".join(tainted)[:2000],
        loudness=measure(master),
    )


def _engine(work: Work[ExportSettings]) -> str:
    made_by = work.made_by.get("generate")
    return made_by.title if made_by else ""


def _safe(stem: str) -> str:
    """Return a stem's name as a file name: a stem may be called anything."""
    kept = "".join(c if c.isalnum() or c in " -_" else "_" for c in stem).strip()
    return kept or "stem"
