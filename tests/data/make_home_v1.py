"""Makes ``home_v1.zip``: a studio's home as version 0.1.0 stored it, before engines owned their settings.

It is kept so that later versions prove that they still open, replay and re-run what that one stored. Run it
with that version's own code, from its folder: ``python make_home_v1.py OUT.zip``. For their size the sounds
of the song from a prompt and all exported files are left out: a re-run makes them again.
"""

import json
import shutil
import sqlite3
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from core.audio import Audio, write
from core.bundle.write import write_bundle
from core.engines.host import EngineHosts
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio

RATE = 16_000
TOLD = {
    "lyrics.model.temperature": "0.5",
    "lyrics.model.tries": "2",
    "generate.band.drums_take": "1",
    "generate.ace_step.steps": "12",
    "generate.acestep.scheduler": "heun",
    "generate.musicgen.top_k": "20",
    "generate.audiocraft.guidance": "4",
    "separate.demucs.shifts": "1",
    "enhance.strength": "light",
    "mix.faders.bass.gain_db": "-2",
    "master.target_lufs": "-16",
}


def plucks(hz, seed):
    """Return half a second of decaying notes on a 12-bit grid, which a zip makes small."""
    rng = np.random.default_rng(seed)
    times = np.arange(RATE // 8) / RATE
    notes = [0.5 * np.sin(2 * np.pi * hz * step * times) * np.exp(-24 * times) for step in (1, 1.25, 1.5, 1)]
    sound = np.concatenate([note * rng.uniform(0.6, 1.0) for note in notes])
    grid = np.round(sound * 2048) / 2048
    return Audio(np.repeat(grid.astype(np.float32)[:, None], 2, axis=1), RATE)


def main(out):
    """Make the runs, and write the home without what is too big."""
    with tempfile.TemporaryDirectory() as folder:
        home, files, bundles = Path(folder) / "home", Path(folder) / "files", Path(folder) / "bundles"
        for made in (home, files, bundles):
            made.mkdir()
        studio = Studio(home, EngineHosts())
        runs = make_runs(studio, files)
        for name in ("stems", "unready"):
            write_bundle(studio, studio.run(runs[name]), bundles / f"{name}.zip", with_input=True)
        kept = sounds_of(studio.run(runs["stems"]))
        studio.close()
        with sqlite3.connect(home / "index.sqlite") as index:
            index.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            index.execute("PRAGMA journal_mode=DELETE")
        for path in home.glob("artifacts/*/*"):
            if path.name.split(".")[0] not in kept:
                path.unlink()
        shutil.rmtree(home / "exports")
        (home / "runs.json").write_text(json.dumps(runs, indent=1))
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
            for path in sorted((*home.rglob("*"), *bundles.rglob("*"))):
                if path.is_file():
                    packed.write(path, path.relative_to(folder))


def make_runs(studio, files):
    """Make one run of each kind and return their ids by name."""
    request = SongRequest(
        prompt="a calm lo-fi tune", instrumental=True, duration_s=4.0, seed=7, sample_rate=RATE
    )
    told = RunSettings().with_values(TOLD)
    song = finished(studio, request, told)
    studio.change(song, told.with_values({"generate.band.bass_take": "2", "master.glue": "0.5"}))
    studio.wait(song)
    studio.undo(song)
    studio.wait(song)
    for name, hz in (("bass", 110.0), ("other", 440.0)):
        write(files / f"{name}.wav", plucks(hz, seed=int(hz)))
    stems = studio.upload({"bass.wav": files / "bass.wav", "other.wav": files / "other.wav"})
    uploaded = SongRequest(upload=stems, sample_rate=RATE)
    hard = {"threshold_db": -24, "ratio": 20, "attack_ms": 0.1, "release_ms": 5}
    return {
        "song": song,
        "stems": finished(studio, uploaded, told),
        "squashed": finished(
            studio, uploaded, RunSettings().with_values({"enhance.chains.bass": json.dumps(hard)})
        ),
        "unready": finished(studio, request, told.with_values({"generate.engine": "musicgen"})),
        "cover": finished(studio, uploaded, told.with_values({"generate.ace_step.task": "cover"})),
    }


def sounds_of(record):
    """Return the keys of all that a run delivered and of what was uploaded for it."""
    made = [a.key for step in record.steps for a in (*step.artifacts, step.whole) if a]
    return [*made, *record.request.upload.sounds.values()]


def finished(studio, request, settings):
    """Make a run and return its id."""
    run_id = studio.start(request, settings, "command-line")
    record = studio.wait(run_id)
    print(run_id, record.state, [(s.stage, s.state.value, s.seconds) for s in record.steps])
    return run_id


if __name__ == "__main__":
    main(Path(sys.argv[1]))
