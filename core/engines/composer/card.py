"""The built-in band's engine card."""

from dataclasses import replace

from core.engines.base import Availability, EngineCard
from core.engines.composer.play.soundfont import (
    VARIABLE,
    checked_soundfont,
    found_soundfonts,
    is_bundled,
    soundfont_id,
)
from core.engines.composer.settings import BandSettings
from core.engines.composer.sing.voices import VOICES, voice_id
from core.engines.needs import needs_modules
from core.errors import EngineMissingError


def _files_named(options: BandSettings) -> str:
    """Return what changes with the SoundFont and voice of the settings; raises EngineMissingError."""
    font = soundfont_id(checked_soundfont(options.soundfont)) if options.soundfont.strip() else ""
    return " ".join(filter(None, (font, voice_id(options.voice))))


CARD = EngineCard(
    name="composer",
    title="Built-in band (no AI model)",
    stage="generate",
    worker="core.engines.composer.worker",
    version="11",
    summary="Composes from the plan, plays through a SoundFont, sings with a small neural voice; true stems.",
    licence="Apache-2.0; the bundled SoundFont TimGM6mb is GPL-2.0",
    how_to_add="Install requirements-lite.txt: the band needs no download and no GPU.",
    settings=BandSettings,
    helpers=tuple(VOICES.values()),
    plays_midi=True,
    may_start_early=True,
    files_id=_files_named,
    repeatable=True,
)


def available() -> Availability:
    """Whether its packages and a SoundFont that it can play are here; the reason names the SoundFont."""
    state = needs_modules(CARD, "midirenderer", "mido", "hibari", "onnxruntime", "onnx")
    if not state.ready:
        return state
    try:
        font = checked_soundfont()
    except EngineMissingError as error:
        return Availability(False, error.message, error.remedy)
    source = "the bundled SoundFont" if is_bundled(font) else f"named by {VARIABLE}"
    others = [path.name for path in found_soundfonts() if path.resolve() != font.resolve()]
    offered = f" Also found here: {', '.join(others)}; name one in its SoundFont setting." if others else ""
    reason = f"installed; it plays through {font.name} ({source}).{offered}"
    return replace(state, reason=reason, weights_id=soundfont_id(font))
