"""``make fuzz``: mutated files, lyrics, prompts and MIDI files through everything that reads them.

What raises an error that is not ours, or takes more than 10 s, is written to ``.fuzz/`` and fails the run;
so does a peak of memory that grows by more than 200 MB after the first fifth.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from core.audio import reading_of
from core.errors import GainstageError
from core.midi.lead import without_lead
from core.midi.reading import read_midi
from core.song import MAX_LYRICS_CHARACTERS, MAX_PROMPT_CHARACTERS, SongRequest
from core.writing.given_plan import playable
from core.writing.plan import make_plan
from core.writing.typed import no_voice_asked, parse_typed, with_chords, with_times
from tests.fuzz import seeds
from tests.fuzz.mutate import mutated

SLOWEST_S = 10.0
ENDED_AFTER_S = 120
MOST_GROWTH_MB = 200
FOUND = Path(".fuzz")


def read_file(name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{name.rpartition('.')[2]}"
        path.write_bytes(data)
        reading_of(path, 1800.0)


def midi(name: str, data: bytes) -> None:
    read_midi(data, name)
    read_midi(without_lead(data, name), name)


def lyrics(_: str, data: bytes) -> None:
    text = data.decode("utf-8", "replace")[:MAX_LYRICS_CHARACTERS]
    typed = parse_typed(text)
    no_voice_asked(text)
    plan = make_plan(
        SongRequest(prompt="folk", typed_lyrics=text, duration_s=60), typed if typed.sections else None
    )
    playable(with_chords(plan, text) or plan)
    playable(with_times(plan, typed, text) or plan)


def prompt(_: str, data: bytes) -> None:
    text = data.decode("utf-8", "replace")[:MAX_PROMPT_CHARACTERS]
    playable(make_plan(SongRequest(prompt=text, duration_s=30)))


def doors() -> list[tuple[str, int, dict[str, bytes], Callable[[str, bytes], None]]]:
    """Return each way in: its name, its share in percent, its seeds, and what reads it."""
    return [
        ("files", 27, seeds.sounds(), read_file),
        ("foreign", 3, seeds.foreign(), read_file),
        ("midi", 30, seeds.midis(), midi),
        ("lyrics", 20, seeds.lyrics(), lyrics),
        ("prompts", 20, seeds.prompts(), prompt),
    ]


def over(*_: object) -> None:
    raise TimeoutError(f"not read within {ENDED_AFTER_S} s")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="one way in: files, foreign, midi, lyrics or prompts")
    asked = parser.parse_args()
    failures, counts = 0, Counter[str]()
    signal.signal(signal.SIGALRM, over)
    for name, percent, good, read in doors():
        if asked.only not in ("", name):
            continue
        rng, names = random.Random(f"{asked.seed} {name}"), sorted(good)
        total = asked.count * (100 if asked.only else percent) // 100
        slowest, early_mb = 0.0, 0.0
        for number in range(total):
            seed = rng.choice(names)
            data = mutated(good[seed], good[rng.choice(names)], rng, text=name in ("lyrics", "prompts"))
            began, problem = time.process_time(), ""
            signal.alarm(ENDED_AFTER_S)
            try:
                read(seed, data)
                counts[f"{name} read"] += 1
            except GainstageError:
                counts[f"{name} refused"] += 1
            except Exception:  # noqa: BLE001 - what is no error of ours is what is looked for
                problem = traceback.format_exc()
            signal.alarm(0)
            took = time.process_time() - began
            slowest = max(slowest, took)
            if problem or took > SLOWEST_S:
                failures += 1
                FOUND.mkdir(exist_ok=True)
                (FOUND / f"{name}-{asked.seed}-{number}-{seed}").write_bytes(data)
                print(f"{name} {number} {seed}: {problem or f'{took:.1f} s'}")
            early_mb = peak_mb() if number <= total // 5 else early_mb
        grown = peak_mb() - early_mb
        failures += grown > MOST_GROWTH_MB
        print(f"{name}: {total} inputs, slowest {slowest:.2f} s, peak memory +{grown:.0f} MB after a fifth")
    print(", ".join(f"{what} {count}" for what, count in sorted(counts.items())))
    print(f"{failures} failures")
    return min(1, failures)


if __name__ == "__main__":
    sys.exit(main())
