"""Whether a fault that shows in a sound was in what came in, and what weight it has then."""

from __future__ import annotations

from collections.abc import Callable

from core.audio import Audio
from core.checks.context import cut_out, is_part
from core.contract import Case, Origin, Severity, Sound

Shows = Callable[[Audio], bool]


def origin_of(sound: Sound, case: Case, shows: Shows) -> Origin:
    """Return where a fault comes from: INPUT when a sound that came in shows it too.

    An input of the same name is asked alone; where there is none, any input may be the source.
    """
    same = case.inputs.get(sound.name)
    sources = (same,) if same is not None else tuple(case.inputs.values())
    return Origin.INPUT if any(shows(source.audio) for source in sources) else Origin.STAGE


def weigh(origin: Origin, case: Case, *, uploaded: Severity, made: Severity = Severity.FAIL) -> Severity:
    """Return a fault's severity: that of an upload's own fault, or of one that a stage of ours made.

    What came in, and what random weights make of it, is never worse than a warning.
    """
    if origin is Origin.INPUT or case.promise.engine_untrained:
        return min(Severity.WARN, uploaded, key=lambda severity: severity.rank)
    return uploaded if case.uploaded else made


def is_whole(sound: Sound, case: Case) -> bool:
    """Return whether the sound is a song and not one part of it, which may be noise or one tone by nature."""
    return not is_part(sound, case) and not cut_out(sound, case)
