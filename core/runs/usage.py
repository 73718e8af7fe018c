"""What a home's songs take on the disk: by kind of file, and by song."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.runs.index import RunIndex
from core.runs.preview import PREVIEWS
from core.values import Json

KINDS = {
    ".npy": "sounds",
    ".picture.npz": "pictures",
    **{f".{kind}": "previews" for kind in PREVIEWS},
    ".json": "readings",
    ".damaged": "damaged",
}


@dataclass(frozen=True)
class SongUsage:
    """One song; what it shares with others counts for each."""

    run: str
    owner: str
    title: str
    duration_s: float | None
    bytes: int
    kept: bool


@dataclass(frozen=True)
class Usage:
    """All songs of one home."""

    home: Path
    by_kind: dict[str, int]
    songs: tuple[SongUsage, ...]
    """The largest first."""

    @property
    def total_bytes(self) -> int:
        """What all of it takes."""
        return sum(self.by_kind.values())

    @property
    def bytes_per_s(self) -> float | None:
        """What a second of song takes; None while there is no song."""
        seconds = sum(song.duration_s or 0.0 for song in self.songs)
        return self.total_bytes / seconds if seconds else None

    def as_json(self) -> Json:
        """Return it as ``store --json`` prints it."""
        return {
            "total_bytes": self.total_bytes,
            "bytes_per_song_second": self.bytes_per_s,
            "by_kind": dict(self.by_kind),
            "songs": [
                {"run": s.run, "title": s.title, "duration_s": s.duration_s, "bytes": s.bytes, "kept": s.kept}
                for s in self.songs
            ],
        }


def usage(home: Path, index: RunIndex) -> Usage:
    """Return what the songs of a home take. Raises StorageError."""
    sizes, by_kind = _sizes(home)
    kept = index.kept()
    songs = [
        SongUsage(
            run=summary.id,
            owner=summary.owner,
            title=summary.title,
            duration_s=summary.duration_s,
            bytes=sum(sizes.get(key, 0) for key in index.keys_of(summary.id)),
            kept=summary.id in kept,
        )
        for summary, _ in index.page(owner=None, most=-1, after=0)
    ]
    return Usage(home, by_kind, tuple(sorted(songs, key=lambda song: -song.bytes)))


def owner_bytes(home: Path, index: RunIndex, owner: str) -> int:
    """Return what the songs of one owner take together."""
    keys = set[str]().union(*(index.keys_of(run) for run in index.owned_by(owner)))
    if not keys:
        return 0
    sizes, _ = _sizes(home)
    return sum(sizes.get(key, 0) for key in keys)


def _sizes(home: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Return what is stored under each key, and of each kind."""
    sizes: dict[str, int] = {}
    by_kind = dict.fromkeys((*KINDS.values(), "files", "index", "other"), 0)
    for path in home.rglob("*"):
        try:
            size = path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # it went meanwhile
        place = path.relative_to(home).parts
        if place[0] == "artifacts":
            kind = next((kind for suffix, kind in KINDS.items() if path.name.endswith(suffix)), "other")
            key = path.name.partition(".")[0]
        elif place[0] == "exports" and len(place) > 2:
            kind, key = "files", place[1]
        elif place[0] == "proved":
            continue  # other names of delivered files
        else:
            kind, key = ("index" if place[0].startswith("index") or place[0] == "runs" else "other"), ""
        by_kind[kind] += size
        sizes[key] = sizes.get(key, 0) + size
    return sizes, by_kind
