"""What the strips of Separate and Enhance are given: the record's own figures, and what is faulty."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from core.audio import Audio
from core.errors import NotFoundError
from core.measure import Picture, measure
from core.runs.record import ArtifactRecord, RunRecord
from core.ui import strips
from tests.ui.fake_studio import FakeStudio
from tests.ui.test_mixer import made

Drawn = Callable[[Callable[..., None], RunRecord], dict[str, Any]]
CHAIN = dict.fromkeys(
    ("threshold_db", "match_gain_db", "makeup_db", "reverb_wet", "threshold_dbfs", "compression_max_db"), 0.0
) | {"ratio": 3.0, "compression_mean_db": 0.0, "de_ess_max_db": 0.0}


@pytest.fixture
def drawn(fake: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> Drawn:
    """Draw the strips of a run and return what the browser is sent."""
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(strips, "draw_desk", lambda _, data: sent.append(data))

    def draw(show: Callable[..., None], run: RunRecord) -> dict[str, Any]:
        show(fake, run)
        return sent[-1]

    return draw


def with_step(run: RunRecord, stage: str, **changes: Any) -> RunRecord:
    steps = tuple(step.model_copy(update=changes) if step.stage == stage else step for step in run.steps)
    return run.model_copy(update={"steps": steps})


def test_the_song_stands_beside_its_stems_with_the_residual_of_the_record(
    fake: FakeStudio, drawn: Drawn
) -> None:
    run = fake.run(made(fake))
    figures = {"residual_db": -18.25, "sum_exact": True, "levels_dbfs": {}}
    data = drawn(strips.show_separated, with_step(run, "separate", figures=figures))
    song = next(one for one in run.step("assemble").artifacts if one.name == "song")
    assert data["rendered"]["key"] == song.key and data["residual"]
    assert [strip["name"] for strip in data["strips"]] == ["vocals", "drums", "bass", "other"]
    assert data["whole"].startswith("Residual −18.2 dB against the song as separated; folded into other")
    figures = {"residual_db": -18.25, "sum_exact": False, "levels_dbfs": {}}
    assert "folded" not in drawn(strips.show_separated, with_step(run, "separate", figures=figures))["whole"]


def test_a_stem_that_is_not_on_disk_or_silent_says_so(
    fake: FakeStudio, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = fake.run(made(fake))
    stems = run.step("separate").artifacts
    silence = measure(Audio(np.zeros((44_100 * 4, 2), np.float32), 44_100))
    quiet = ArtifactRecord(name="drums", key=stems[1].key, measurement=silence)
    there = fake.picture

    def picture(key: str) -> Picture:
        if key == stems[0].key:
            raise NotFoundError("It is gone.", remedy="Make it again.")
        return there(key)

    monkeypatch.setattr(fake, "picture", picture)
    run = with_step(run, "separate", artifacts=(stems[0], quiet, *stems[2:]))
    data = drawn(strips.show_separated, run)
    assert [strip["state"] for strip in data["strips"]] == ["not on disk", "silent", "", ""]
    assert data["note"] == "Not on disk: vocals. Re-run Separate to make it again."
    assert not data["residual"]


def test_an_enhanced_stem_has_itself_before_as_loud_and_the_compressors_curve(
    fake: FakeStudio, drawn: Drawn
) -> None:
    run = fake.run(made(fake))
    came, after = run.step("separate").artifacts, run.step("enhance").artifacts
    quieter = came[0].measurement.model_copy(
        update={"integrated_lufs": after[0].measurement.integrated_lufs - 2.0, "true_peak_dbtp": -9.0}
    )
    before = (ArtifactRecord(name="vocals", key="0" * 64, measurement=quieter), *after[1:])
    run = with_step(run, "separate", artifacts=before)
    figures = {"stems": {"vocals": CHAIN | {"reduction_codes": "AQI=", "reduction_hop_s": 0.02}}}
    fake._sounds["0" * 64] = fake._sounds[came[0].key]
    data = drawn(strips.show_enhanced, with_step(run, "enhance", figures=figures))
    assert data["strips"][0]["before"]["gain_db"] == pytest.approx(2.0)
    assert data["strips"][0]["reduction"] == {"codes": "AQI=", "hop": 0.02}
    assert all("before" not in strip for strip in data["strips"][1:])
    assert data["note"] == ""


def test_what_was_made_before_curves_were_recorded_or_is_the_same_sound_is_said(
    fake: FakeStudio, drawn: Drawn
) -> None:
    run = fake.run(made(fake))
    came, after = run.step("separate").artifacts, run.step("enhance").artifacts
    run = with_step(run, "enhance", figures={"stems": {"vocals": CHAIN}})
    same = drawn(strips.show_enhanced, with_step(run, "separate", artifacts=after))
    assert same["note"] == strips.SAME
    if came[0].key != after[0].key:
        assert drawn(strips.show_enhanced, run)["note"] == strips.NO_CURVE
