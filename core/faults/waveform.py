"""Faults that the waveform alone shows: what stands in the music's place, misread samples, added lines."""

from __future__ import annotations

from collections.abc import Mapping

from core.contract import Severity
from core.faults import blind
from core.faults.injections import Inject
from core.faults.model import Evidence, Fault
from core.stages.table import SOUNDING

_CHANGED = "another sound|written over|changed|bent|zeros|averaged"
"""What arithmetic says of a sound that is not what it should be, where the kind of fault does not show."""
_ARITHMETIC = {
    "assemble": "clips_kept",
    "separate": "stem_sum",
    "mix": "mix_sum",
    "export": "file_content",
}
_NO_MASTER = tuple(stage for stage in SOUNDING if stage != "master")
_ADDED = "What an effect chain adds to a stem, such as a room, hides it."


def _by_sum(*stages: str) -> dict[str, tuple[str, ...]]:
    """Return the check that compares the sums, for each of the stages and for export."""
    return {stage: (_ARITHMETIC[stage],) for stage in (*stages, "export")}


def _shown(
    name: str,
    title: str,
    happened: str,
    caught_by: tuple[str, ...],
    because: str,
    inject: Inject,
    severity: Severity = Severity.FAIL,
    *,
    stages: tuple[str, ...] = SOUNDING,
    at: Mapping[str, tuple[str, ...]] | None = None,
    because_at: Mapping[str, str] | None = None,
    unknowable: Mapping[str, str] | None = None,
) -> Fault:
    """Return the fault; where another check names it, that one knows that the sound was changed."""
    other = at if at is not None else _by_sum()
    return Fault(
        name,
        title,
        happened,
        Evidence.BLIND,
        caught_by,
        because,
        inject,
        severity,
        stages,
        other,
        {**dict.fromkeys(other, _CHANGED), **(because_at or {})},
        unknowable or {},
    )


WAVEFORM_FAULTS: tuple[Fault, ...] = (
    _shown(
        "test_tone",
        "A tone in the music's place",
        "A test oscillator of 988 Hz was put out in the band's place.",
        ("tone",),
        "oscillator",
        blind.tone(987.77),
        at={**_by_sum("separate"), "enhance": ("same_take", "width")},
    ),
    _shown(
        "tone_at_the_end",
        "A tone from some point on",
        "The engine hung in its last buffer's oscillators: three partials sound to the end.",
        ("tone",),
        "oscillator",
        blind.tone(437.3, 3, from_share=0.7),
        stages=("generate",),
        at={},
    ),
    _shown(
        "clipped_resampled",
        "Clipped, then resampled",
        "Every top was cut off 10 dB under the peak, and then the rate was changed: none is flat any more.",
        ("clipped_before", "crushed"),
        "clip",
        blind.clipped_and_resampled(10.0),
        Severity.WARN,
        stages=("generate",),
        at={},
    ),
    _shown(
        "pink_noise",
        "Pink noise with the music's envelope",
        "Sampling broke down: noise follows the music's level.",
        ("coloured_noise",),
        "weights did not load|sampling broke down",
        blind.noise(1.0, enveloped=True),
        at={**_by_sum("separate"), "enhance": ("same_take",)},
    ),
    _shown(
        "noise_from_half",
        "Noise from half-way on",
        "Sampling broke down half-way: pink noise follows.",
        ("coloured_noise",),
        "weights did not load|sampling broke down",
        blind.noise(1.0, 0.5),
        at={**_by_sum("separate"), "enhance": ("same_take",)},
    ),
    _shown(
        "stuck_buffer",
        "A buffer played again",
        "A block of 100 ms is written four times over what follows it.",
        ("stuck_buffer",),
        "buffer was played again",
        blind.stuck_buffer(0.1, 4),
    ),
    _shown(
        "one_loop",
        "One loop for the whole song",
        "A block of 2 s is repeated until the length is reached.",
        ("one_loop",),
        "loop was repeated",
        blind.one_loop(2.0),
        Severity.WARN,
        at={**_by_sum("assemble", "mix"), "enhance": ("same_take",), "master": ("same_take",)},
    ),
    _shown(
        "planes_as_frames",
        "Planes read as frames",
        "(channels, frames) was reshaped to (frames, channels) where a transpose was due.",
        ("misread",),
        "planes were read as frames",
        blind.planes_as_frames,
    ),
    _shown(
        "frames_as_planes",
        "Frames read as planes",
        "(frames, channels) was reshaped to (channels, frames).",
        ("misread",),
        "frames were read as planes",
        blind.frames_as_planes,
    ),
    _shown(
        "unsigned_bytes",
        "Unsigned bytes read as signed",
        "8-bit samples, which are unsigned in WAV files, were read as signed ones.",
        ("misread",),
        "unsigned bytes",
        blind.unsigned_bytes,
        stages=("generate", "assemble", "mix", "master", "export"),
    ),
    _shown(
        "float_bits",
        "The bits of floats read as integers",
        "32-bit float samples were read as 32-bit integers.",
        ("misread",),
        "bits of float",
        blind.float_bits,
    ),
    _shown(
        "eight_bits",
        "8-bit samples",
        "Samples were rounded to 8 bits.",
        ("coarse_samples",),
        "rounded to a few bits",
        blind.coarse(8),
    ),
    _shown(
        "held_samples",
        "Samples held",
        "The rate was doubled by repeating every sample.",
        ("held_samples",),
        "repeating samples",
        blind.held(2.0),
    ),
    _shown(
        "wrapped",
        "Integers wrapped around",
        "The sum went 3 dB over full scale into integers that were not saturated.",
        ("wrapped",),
        "overflowed and wrapped",
        blind.wrapped(3.0),
    ),
    _shown(
        "crushed",
        "Crushed",
        "The sound was clipped at 18 dB under its own peak and brought back to full level.",
        ("crushed", "flat_tops"),
        "clip",
        blind.crushed(18.0),
    ),
    _shown(
        "inverted_part",
        "One channel inverted from half-way on",
        "A block's sign was lost in one channel.",
        ("polarity_part",),
        "inverted for a part",
        blind.inverted_part(0.5),
    ),
    _shown(
        "inverted_bass",
        "The bass inverted in one channel",
        "A crossover at 180 Hz inverts the low band of one channel.",
        ("bass_phase",),
        "inverts the low band",
        blind.inverted_bass(180.0),
        at=_by_sum("separate"),
        unknowable={"enhance": "The loudest stem is a voice, which has no bass to compare."},
    ),
    _shown(
        "late_channel",
        "One channel late",
        "The right channel comes 2 ms after the left.",
        ("channel_delay",),
        "went through a delay",
        blind.late_channel(0.002),
        Severity.WARN,
        at={"enhance": ("same_take",)},
        because_at={"enhance": "ms late"},
    ),
    _shown(
        "channel_dropout",
        "One channel drops out",
        "The right channel is zero for 300 ms while the left plays on.",
        ("channel_dropout",),
        "samples of one channel were lost",
        blind.channel_dropout(0.3),
        at={**_by_sum("assemble", "separate", "mix"), "enhance": ("clicks",)},
        because_at={"enhance": "do not meet"},
    ),
    _shown(
        "late_start",
        "Silence in front",
        "The first third was not made and is zero.",
        ("long_silence",),
        "left as zeros|zeros took its place",
        blind.starts_late(0.34),
        at=_by_sum("assemble", "separate", "mix"),
    ),
    _shown(
        "stopped_short",
        "Stopped short",
        "The engine stopped at 85 %: zeros follow the music at full level.",
        ("abrupt_edge", "silent_tail", "long_silence"),
        "zeros",
        blind.stops_short(0.85),
        at=_by_sum("separate"),
    ),
    _shown(
        "whine",
        "A steady whine",
        "A line of 15.7 kHz lies 30 dB under the music.",
        ("whine",),
        ".",
        blind.whine(15_700.0, -30.0),
        Severity.WARN,
        stages=_NO_MASTER,
        at=_by_sum("assemble", "separate", "mix"),
        unknowable={"enhance": _ADDED},
    ),
    _shown(
        "hum",
        "Mains hum",
        "60 Hz and its harmonics lie 6 dB under the music.",
        ("hum",),
        "ground loop",
        blind.hum(60.0, -6.0),
        Severity.WARN,
        stages=_NO_MASTER,
        at=_by_sum("assemble", "separate", "mix"),
        unknowable={"enhance": _ADDED},
    ),
    _shown(
        "drifting_offset",
        "An offset that drifts",
        "The wave's mean wanders over 0.15 of full scale.",
        ("dc_drift",),
        "drifts",
        blind.drifting_offset(0.15),
        Severity.WARN,
        stages=_NO_MASTER,
        at=_by_sum("assemble", "mix"),
    ),
    _shown(
        "rumble",
        "Rumble",
        "A wave of 12 Hz is as strong as the music.",
        ("rumble",),
        "microphone|synthesiser",
        blind.rumble(12.0, 0.0),
        Severity.WARN,
        stages=_NO_MASTER,
        at=_by_sum("assemble", "mix"),
    ),
    _shown(
        "missing_treble",
        "No treble",
        "The sound was made at 16 kHz and resampled: nothing is left over 8 kHz.",
        ("missing_treble",),
        "made or stored at",
        blind.low_pass(8_000.0),
        Severity.WARN,
        at=_by_sum("assemble", "separate", "mix"),
        stages=_NO_MASTER,
        unknowable={"enhance": _ADDED},
    ),
)
