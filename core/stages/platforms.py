"""What music platforms do to a sound's level, and the targets that come of it.

Platforms turn what is louder down to their own loudness; some turn what is quieter up as well, as far as
its true peak allows. Sources: the platforms' own notes for artists (Spotify "Loudness normalization",
Apple "Sound Check", as of 2025), AES TD1008 (2021) for streaming in general, and measurements of players
where a platform says nothing (YouTube, TIDAL, Amazon Music, Deezer).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.measure import Measurement

PEAK_LEFT_DBTP = -1.0
"""A platform that turns quiet songs up does so until their true peak is here."""
ALIKE_LU = 0.1
"""An inaudible difference in level, on which no platform acts."""


class Platform(StrEnum):
    """Whom a master is made for; all but custom set its target."""

    CUSTOM = "custom"
    SPOTIFY = "spotify"
    YOUTUBE = "youtube"
    TIDAL = "tidal"
    AMAZON = "amazon"
    APPLE = "apple"
    AES_TRACK = "aes_track"
    AES_LOUDEST = "aes_loudest"


PRESET_LUFS: Mapping[Platform, float] = {
    Platform.SPOTIFY: -14.0,
    Platform.YOUTUBE: -14.0,
    Platform.TIDAL: -14.0,
    Platform.AMAZON: -14.0,
    Platform.APPLE: -16.0,
    Platform.AES_TRACK: -16.0,
    Platform.AES_LOUDEST: -14.0,
}
"""Integrated loudness that each preset aims at."""


@dataclass(frozen=True)
class Service:
    """How one platform treats level."""

    title: str
    target_lufs: float
    turns_up: bool
    """Whether it raises what is quieter than its target."""


SERVICES: tuple[Service, ...] = (
    Service("Spotify", -14.0, turns_up=True),
    Service("YouTube", -14.0, turns_up=False),
    Service("TIDAL", -14.0, turns_up=False),
    Service("Amazon Music", -14.0, turns_up=False),
    Service("Apple Music", -16.0, turns_up=True),
    Service("Deezer", -15.0, turns_up=False),
)


@dataclass(frozen=True)
class Outcome:
    """What one platform will do to a sound."""

    platform: str
    target_lufs: float
    gain_db: float | None
    """Gain that the platform will apply; None when the sound has no loudness."""
    text: str
    """In words: "turned down by 2.0 dB", "left alone"."""


def platform_outcomes(measurement: Measurement) -> tuple[Outcome, ...]:
    """Return what each of :data:`SERVICES` will do to a sound with these readings."""
    return tuple(_outcome(service, measurement) for service in SERVICES)


def _outcome(service: Service, measurement: Measurement) -> Outcome:
    gain_db, text = _treatment(service, measurement.integrated_lufs, measurement.true_peak_dbtp)
    return Outcome(service.title, service.target_lufs, gain_db, text)


def _treatment(
    service: Service, loudness_lufs: float | None, peak_dbtp: float | None
) -> tuple[float | None, str]:
    if loudness_lufs is None or peak_dbtp is None:
        return None, "is silent: platforms change nothing"
    wanted_db = service.target_lufs - loudness_lufs
    if wanted_db < -ALIKE_LU:
        return wanted_db, f"turned down by {-wanted_db:.1f} dB"
    if wanted_db <= ALIKE_LU:
        return 0.0, "left alone"
    if not service.turns_up:
        return 0.0, f"left alone, {wanted_db:.1f} dB quieter than others"
    allowed_db = max(0.0, PEAK_LEFT_DBTP - peak_dbtp)
    if allowed_db >= wanted_db:
        return wanted_db, f"turned up by {wanted_db:.1f} dB"
    if allowed_db <= ALIKE_LU:
        return 0.0, f"left alone, {wanted_db:.1f} dB quieter than others (its true peak leaves no room)"
    return allowed_db, f"turned up by {allowed_db:.1f} of {wanted_db:.1f} dB (limited by true peak)"
