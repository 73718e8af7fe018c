"""What travels to the waveform."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contract import Finding, Severity, Span
from core.ui.wave import _spans, encode_loudness
from core.ui.wave_codes import MAX_COLUMNS, NOT_FINITE, encode_peaks


def decoded(low: list[float], high: list[float]) -> tuple[np.ndarray, float]:
    text, top = encode_peaks(np.array(low, np.float32), np.array(high, np.float32))
    return np.frombuffer(base64.b64decode(text), np.int8).reshape(-1, 2), top


def amplitudes(codes: np.ndarray, top: float) -> np.ndarray:
    return np.sign(codes) * (codes / 127.0) ** 2 * top


@given(st.floats(-40, 0))
def test_a_peak_is_drawn_within_seven_tenths_of_a_decibel_down_to_minus_40(level_db: float) -> None:
    peak = 10 ** (level_db / 20)
    codes, top = decoded([-peak], [peak])
    drawn_db = 20 * np.log10(np.abs(amplitudes(codes.astype(float), top)))
    assert np.all(np.abs(drawn_db - level_db) <= 0.7)


def test_minus_eighty_decibels_is_above_nothing() -> None:
    codes, _ = decoded([-1e-4], [1e-4])
    assert codes.tolist() == [[-1, 1]]


def test_silence_is_a_line() -> None:
    codes, top = decoded([0.0], [0.0])
    assert codes.tolist() == [[0, 0]]
    assert top == 1.0


def test_a_sound_over_full_scale_keeps_its_height() -> None:
    codes, top = decoded([-0.5], [1.8])
    assert top == pytest.approx(1.8)
    assert codes[0, 1] == 127


def test_a_column_that_is_not_finite_is_marked_and_spoils_no_other() -> None:
    codes, top = decoded([-0.5, np.nan, -0.25], [0.5, np.nan, np.inf])
    assert codes[:, 0].tolist()[1:] == [NOT_FINITE, NOT_FINITE]
    assert codes[0].tolist() == [-90, 90]
    assert top == 1.0


def test_many_columns_are_thinned_without_losing_a_peak_or_a_hole() -> None:
    low, high = np.full(9_001, -0.1, np.float32), np.full(9_001, 0.1, np.float32)
    high[4_321] = 0.9
    low[7_000] = np.nan
    codes, top = decoded(list(low), list(high))
    assert len(codes) <= MAX_COLUMNS
    assert amplitudes(codes.astype(float), top)[:, 1].max() == pytest.approx(0.9, abs=0.02)
    assert (codes[:, 0] == NOT_FINITE).sum() == 1


def test_loudness_travels_as_bytes_with_nothing_as_zero() -> None:
    text, hop_s = encode_loudness(np.array([np.nan, -70.0, -14.0, 5.0], np.float32), 0.1)
    assert text is not None
    codes = list(base64.b64decode(text))
    assert codes[0] == 0
    assert codes[1] == 1
    assert -70 + (codes[2] - 1) / 254 * 75 == pytest.approx(-14, abs=0.15)
    assert codes[3] == 255
    assert hop_s == 0.1


def test_silence_has_no_loudness_curve() -> None:
    assert encode_loudness(np.array([np.nan, np.nan], np.float32), 0.1)[0] is None


def test_findings_are_marked_in_the_lane_they_name() -> None:
    at = (Span(start_s=1, stop_s=2),)
    findings = [
        Finding(check="gap", severity=Severity.FAIL, artifact="bass", evidence="a gap", spans=at),
        Finding(check="sum", severity=Severity.WARN, evidence="all of it", spans=at),
        Finding(check="gap", severity=Severity.FAIL, artifact="elsewhere", evidence="no", spans=at),
        Finding(check="fine", severity=Severity.OK, artifact="bass", evidence="ok", spans=at),
    ]
    marked = _spans(findings, {"vocals": 0, "bass": 1})
    assert [(m["text"], m["lane"]) for m in marked] == [("a gap", 1), ("all of it", None)]
