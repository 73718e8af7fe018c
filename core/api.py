"""What other programs use, re-exported by the package: ``import gainstage``.

    gainstage.inspect("song.wav")                     # measured and judged by itself
    gainstage.inspect(array, 44_100).verdict          # any array, tensor, dictionary, path or bytes
    gainstage.judge(array, 44_100, contract="master") # by the contract of one of the studio's stages
    gainstage.compare(before, after, rate=44_100)     # what was done to the one to get the other
    with gainstage.probe("nightly") as p: ...         # one line after each step of a program

Everything here takes what :mod:`core.probe.outside` describes and raises
:class:`core.errors.GainstageError` with a cause and a remedy. Heavy modules are imported when
a sound is measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.audio import Audio, Stems, read
from core.errors import GainstageError, SettingsError
from core.probe.outside import ChannelAxis, is_sound_dictionary, sound_of
from core.probe.probe import OnFail, Probe, SoundFailed

if TYPE_CHECKING:
    from core.blame.change import Change
    from core.blame.take import Take
    from core.contract import Contract, Sound
    from core.inspect import Inspection
    from core.measure import Measurement

__all__ = [
    "Audio",
    "Comparison",
    "GainstageError",
    "SoundFailed",
    "Stems",
    "compare",
    "contracts",
    "inspect",
    "judge",
    "measure",
    "probe",
    "read",
]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What was done to one sound to get another."""

    what: str
    """In a sentence."""
    same: str
    """``identical``, ``gain`` or ``different``."""
    change: Change
    """Every figure in and out."""

    def _repr_html_(self) -> str:
        from core.blame.change import readings
        from core.inspect.notebook import comparison

        moved = ((title, unit, m.before, m.after) for title, unit, m in readings(self.change))
        return comparison(self.what, moved)


def measure(sound: Any, rate: Any = None, *, channels: ChannelAxis | None = None) -> Measurement:
    """Return the meter readings of any program's sound, units in their names (``integrated_lufs``).

    ``rate`` in Hz for what does not hold its own. Raises InputError for what is no sound.
    """
    from core.measure import measure as measured

    return measured(sound_of(sound, rate, channels=channels))


def inspect(
    sound: Any, rate: Any = None, *, channels: ChannelAxis | None = None, name: str | None = None
) -> Inspection:
    """Measure and judge a sound by itself: ``.verdict``, ``.findings``, ``.measurement``.

    ``rate`` in Hz for what does not hold its own; ``name`` is what the findings call it. Of a file the
    container is judged as well. Raises InputError and AudioFileError for what cannot be read.
    """
    from core.inspect import inspect_audio, inspect_file

    if isinstance(sound, (str, Path)) and rate is None:
        return inspect_file(sound, name)
    return inspect_audio(sound_of(sound, rate, channels=channels), name or "sound")


def judge(
    sound: Any,
    rate: Any = None,
    *,
    contract: str = "inspect",
    before: Any = None,
    channels: ChannelAxis | None = None,
    duration_s: float | None = None,
    integrated_lufs: float | None = None,
    ceiling_dbtp: float | None = None,
) -> Inspection:
    """Judge a sound, or stems by name, by the contract of a stage (see :func:`contracts`).

    ``before``: what the step was given; without it the checks that compare are not asked. ``duration_s``,
    ``integrated_lufs`` and ``ceiling_dbtp`` are what the step promised to deliver. Raises SettingsError for
    an unknown contract, InputError for what is no sound.
    """
    from core import contract as judging
    from core.blame.take import bundled
    from core.inspect import Inspection
    from core.measure import analyse

    asked, delivers = _contract(contract)
    main = delivers.main if delivers else ""
    outputs = _named(sound, rate, channels, main or "sound")
    taken = _named(before, rate, channels, "before") if before is not None else {}
    case = judging.Case(
        stage=contract,
        outputs=outputs,
        inputs=taken,
        delivers=delivers,
        promise=judging.Promise(
            duration_s=duration_s, integrated_lufs=integrated_lufs, ceiling_dbtp=ceiling_dbtp
        ),
    )
    whole = bundled(contract, {name: one.audio for name, one in outputs.items()}).sound.audio
    seen = analyse(whole)
    findings = judging.judge(asked, case)
    silent = judging.unasked(asked, case, findings)
    return Inspection(contract, whole, seen.measurement, seen.picture, findings, silent)


def contracts() -> Mapping[str, Contract]:
    """Return the contracts that :func:`judge` knows: ``inspect``, and one of each of the studio's stages."""
    from core.checks import FOREIGN
    from core.contract import Contract, Material
    from core.stages.table import STAGES

    stages = {s.name: s.contract for s in STAGES if s.delivers not in (Material.WORDS, Material.FILES)}
    return {"inspect": Contract(FOREIGN), **stages}


def compare(before: Any, after: Any, rate: Any = None, *, channels: ChannelAxis | None = None) -> Comparison:
    """Return what was done to ``before`` to get ``after``: level, tone, delay, polarity, what was lost.

    Lengths, rates and channels may differ. ``rate`` in Hz for whichever does not hold its own.
    """
    from core.blame.change import compare as measured_change
    from core.blame.difference import difference_of_takes

    a, b = (_take(one, rate, channels, name) for one, name in ((before, "before"), (after, "after")))
    difference = difference_of_takes(a, b)
    change = difference.stages[0].change or measured_change(a, b).change
    return Comparison(difference.what, difference.same.value, change)


def probe(name: str, *, on_fail: OnFail = "warn") -> Probe:
    """Return a probe for one run of a program: see :mod:`core.probe.probe`.

    ``on_fail``: ``"warn"`` logs where the sound broke, ``"raise"`` waits for each judgement and raises
    SoundFailed, a function is called with each failed step in the probe's own thread.
    """
    return Probe(name, on_fail=on_fail)


def _contract(name: str) -> tuple[Contract, Any]:
    from core.stages.table import STAGES

    known = contracts()
    if name not in known:
        raise SettingsError(f"There is no contract {name}.", remedy=f"Contracts are {', '.join(known)}.")
    return known[name], next((s.delivers for s in STAGES if s.name == name), None)


def _named(value: Any, rate: Any, channels: ChannelAxis | None, single: str) -> dict[str, Sound]:
    from core.contract import Sound
    from core.measure import measure as measured

    several = isinstance(value, Mapping) and not is_sound_dictionary(value)
    parts = dict(value) if several else {single: value}
    sounds = {str(n): sound_of(one, rate, channels=channels, name=str(n)) for n, one in parts.items()}
    return {name: Sound(name, audio, measured(audio)) for name, audio in sounds.items()}


def _take(value: Any, rate: Any, channels: ChannelAxis | None, name: str) -> Take:
    from core.blame.take import read_take, take_of

    if isinstance(value, (str, Path)) and rate is None:
        return read_take(Path(value))
    return take_of(name, sound_of(value, rate, channels=channels, name=name))
