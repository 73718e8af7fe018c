"""The mixer's strips for listening alone: what a separation left of the song, what enhance did to each stem.

Solo, mute and bypass here change no settings, and nothing is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.checks.figures import EnhanceFigures, SeparateFigures, read_figures
from core.contract import Material
from core.runs.record import ArtifactRecord, RunRecord
from core.runs.stem_preview import preview_gain
from core.stages.separate import AGREE_DB
from core.stages.table import sources
from core.studio import Studio
from core.ui.keys import hashed
from core.ui.mixer import draw_desk, fetched, form_of, gone_note, strip_of, whole_sound
from core.ui.words import number

SAME = "Before and after are the same sound: nothing was enhanced."
NO_CURVE = "Gain reduction over time was not recorded for these stems: re-run Enhance to see it."


def strips_state(run: RunRecord, stage: str) -> str:
    """Return what the strips of a stage show, as one text: they are drawn again when it is another one."""
    return " ".join([str(run.state.live), *(sound.key for sound in run.step(stage).artifacts)])


def show_separated(studio: Studio, run: RunRecord) -> None:
    """Draw a strip for each stem beside the song that they were taken from; nothing without any."""
    stems = run.step("separate").artifacts
    if not stems:
        return
    song = _given(run, "separate", Material.SONG).get(Material.SONG.main)
    urls, missing = fetched(studio, _by_key(*stems, *([song] if song else [])))
    whole = whole_sound(song, missing)
    shapes = {_shape(stem) for stem in (*stems, *([song] if song else []))}
    _draw(
        *(run, "separate", stems, missing),
        strips=[strip_of(stem, missing) for stem in stems],
        rendered=whole,
        residual=whole is not None and len(shapes) == 1 and not missing,
        whole=_left(run),
        urls=urls,
    )


def show_enhanced(studio: Studio, run: RunRecord) -> None:
    """Draw a strip for each stem, with the stem as it came and the compressor's work; nothing before that."""
    stems = run.step("enhance").artifacts
    if not stems:
        return
    came = _given(run, "enhance", Material.STEMS)
    urls, missing = fetched(studio, _by_key(*stems, *came.values()))
    done = read_figures(EnhanceFigures, run.step("enhance").figures)
    chains = done.stems if done is not None else {}
    strips = []
    for stem in stems:
        strip = strip_of(stem, missing)
        before, chain = came.get(stem.name), chains.get(stem.name)
        if before is not None and before.key not in (stem.key, *missing):
            strip["before"] = _matched(before, stem)
        if chain is not None and chain.reduction_codes:
            strip["reduction"] = {"codes": chain.reduction_codes, "hop": chain.reduction_hop_s}
        strips.append(strip)
    compressed = any(chain.ratio > 1 for chain in chains.values())
    note = NO_CURVE if compressed and not any("reduction" in strip for strip in strips) else ""
    if not any("before" in strip for strip in strips):
        note = SAME
    _draw(*(run, "enhance", stems, missing), strips=strips, urls=urls, note=note)


def _draw(
    run: RunRecord,
    stage: str,
    stems: tuple[ArtifactRecord, ...],
    missing: frozenset[str],
    *,
    note: str = "",
    **own: Any,
) -> None:
    gone = gone_note(missing, _by_key(*stems), run.step(stage).title)
    data = {
        "kind": stage,
        "id": f"strips:{stage}:{run.id}:{run.revision}",
        "rendered": None,
        "mono_check": False,
        "headroom_dbfs": None,
        "soloed": False,
        "note": " ".join([*gone, note]).strip(),
        "live": run.state.live,
        **form_of(stems),
    }
    draw_desk(f"strips_{stage}_{hashed(run.id)}", data | own)


def _given(run: RunRecord, stage: str, kind: Material) -> dict[str, ArtifactRecord]:
    """Return the sounds that a stage was given, by name."""
    return {sound.name: sound for sound in run.step(sources(stage)[kind]).artifacts}


def _by_key(*sounds: ArtifactRecord) -> dict[str, ArtifactRecord]:
    return {sound.key: sound for sound in sounds}


def _shape(sound: ArtifactRecord) -> tuple[float, int, int]:
    reading = sound.measurement
    return reading.duration_s, reading.channels, reading.sample_rate


def _left(run: RunRecord) -> str:
    """Return what the stems left of the song when they were made, as a sentence; empty where none says."""
    done = read_figures(SeparateFigures, run.step("separate").figures)
    if done is None:
        return ""
    text = f"Residual {number(done.residual_db)} dB against the song"
    folded = done.sum_exact and done.residual_db > AGREE_DB
    return f"{text} as separated; folded into other, nothing is left." if folded else f"{text}."


def _matched(before: ArtifactRecord, after: ArtifactRecord) -> Mapping[str, Any]:
    """Return a stem as it came, with the gain that makes it as loud; its true peak stays under full scale."""
    came, enhanced = before.measurement, after.measurement
    gain_db = 0.0
    if came.integrated_lufs is not None and enhanced.integrated_lufs is not None:
        most_db = max(0.0, -(came.true_peak_dbtp or 0.0))
        gain_db = min(enhanced.integrated_lufs - came.integrated_lufs, most_db)
    return {"key": before.key, "scale": preview_gain(came.sample_peak_dbfs), "gain_db": gain_db}
