"""What a step did, as a sentence."""

from __future__ import annotations

from core.blame.change import Change, InOut
from core.compare.codec_delay import encoder_of
from core.compare.explain import Kind

SAME_DB = 0.05
SAME_TILT = 0.1
NEARLY_DB = -30.0
SAME_OFFSET = 0.001


def change_in_words(change: Change, after: str, before: str) -> str:
    """Return what happened from ``before`` to ``after``: figures first, then the kind of step."""
    figures = [text for text in (_level(change), _peak(change), _crest(change), _tilt(change)) if text]
    if change.kind is Kind.IDENTICAL:
        return f"{after} is {before}, sample for sample."
    lead = f"{after} against {before}: {', '.join(figures) if figures else 'no change of level'}"
    return f"{lead}; {_kind(change)}{_form(change)}."


def _level(change: Change) -> str:
    level = change.integrated_lufs
    if level.before is not None and level.after is None:
        return f"loudness {level.before:.1f} LUFS to nothing"
    if level.change is None or abs(level.change) < SAME_DB:
        return ""
    louder = "louder" if level.change > 0 else "quieter"
    return f"{abs(level.change):.1f} LU {louder} ({_moved(level)} LUFS)"


def _peak(change: Change) -> str:
    peak = change.true_peak_dbtp
    return f"true peak {_moved(peak, signed=True)} dBTP" if _moves(peak, SAME_DB) else ""


def _crest(change: Change) -> str:
    crest = change.crest_db
    return f"crest {_moved(crest)} dB ({crest.change:+.1f})" if _moves(crest, SAME_DB) else ""


def _tilt(change: Change) -> str:
    tilt = change.tilt_db_per_octave
    return f"tilt {tilt.change:+.1f} dB an octave" if _moves(tilt, SAME_TILT) else ""


def _kind(change: Change) -> str:
    left = f"{change.null_residual_db:.0f} dB" if change.null_residual_db is not None else ""
    gain = f"{round(change.gain_db, 2) + 0.0:+.2f} dB" if change.gain_db is not None else ""
    tone = "an equaliser and " if change.kind is not Kind.FILTER and change.filtered else ""
    return {
        Kind.IDENTICAL: "not one sample differs",
        Kind.GAIN: f"the same sound but for a gain of {gain} (null residual {left})",
        Kind.FILTER: f"a fixed filter, such as an equaliser, explains it (null residual {left})",
        Kind.MOVING_GAIN: f"{tone}a gain that moves, as a limiter's or compressor's, explains it "
        f"(null residual {left})",
        Kind.CURVE: f"{tone}a fixed curve bends the wave, as a saturator or clipper does, and takes "
        f"{change.top_db or 0:.1f} dB off its tops (null residual {left})",
        Kind.OTHER: f"nearly the same sound but for a gain of {gain} (null residual {left})"
        if (change.null_residual_db or 0.0) <= NEARLY_DB
        else f"more than one change, such as EQ and dynamics (null residual {left})",
        Kind.UNRELATED: "no common audio",
        Kind.SILENT: "there is no sound to compare",
    }[change.kind]


def _form(change: Change) -> str:
    parts = []
    if abs(change.offset) >= SAME_OFFSET:
        parts.append(f"an offset of {change.offset:+.3f} was added")
    if change.polarity_inverted:
        parts.append("polarity inverted")
    if change.channels_swapped:
        parts.append("left and right swapped")
    if change.made_at_hz is not None:
        parts.append(f"{change.speed:.3f} times as fast")
    if change.delay_s is not None and abs(change.delay_s) >= 0.0001:
        encoder = encoder_of(change.delay_s, round(change.sample_rate.after or 0) or 1)
        parts.append(
            f"{1000 * abs(change.delay_s):.1f} ms {'later' if change.delay_s > 0 else 'earlier'}"
            + (f" ({encoder})" if encoder else "")
        )
    if _moves(change.sample_rate, 0.5):
        parts.append(f"{change.sample_rate.before:.0f} to {change.sample_rate.after:.0f} Hz")
    if _moves(change.channels, 0.5):
        parts.append(f"{change.channels.before:.0f} to {change.channels.after:.0f} channels")
    if _moves(change.duration_s, SAME_DB):
        parts.append(f"{_moved(change.duration_s, digits=2)} s long")
    return f"; {', '.join(parts)}" if parts else ""


def _moves(figure: InOut, least: float) -> bool:
    return figure.change is not None and abs(figure.change) >= least


def _moved(figure: InOut, *, signed: bool = False, digits: int = 1) -> str:
    sign = "+" if signed else ""
    return f"{figure.before:{sign}.{digits}f} to {figure.after:{sign}.{digits}f}"
