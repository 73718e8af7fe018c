"""What the mixer sends becomes the stage's settings; solo never does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from core.errors import SettingsError
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.stages.mix import Fader, MixSettings
from core.ui.mixer import Strip, mixer_state, render_strips, stems_before_mix, with_strips
from tests.ui.fake_studio import FakeStudio

USUAL = MixSettings()


def strip(name: str, **changes: Any) -> Strip:
    fader = USUAL.fader(name)
    values: Mapping[str, Any] = {"gain_db": fader.gain_db, "pan": 0.0, "mute": False} | changes
    return Strip(name=name, **values)


def test_a_stem_at_its_usual_level_is_not_listed() -> None:
    settings = MixSettings(faders={"bass": Fader(gain_db=-9)})
    made = with_strips(settings, [strip("drums"), strip("bass"), strip("vocals", pan=0.25)])
    assert made.faders == {"vocals": Fader(pan=0.25)}


def test_a_solo_of_earlier_settings_goes_and_faders_of_other_stems_stay() -> None:
    settings = MixSettings(faders={"bass": Fader(solo=True), "choir": Fader(gain_db=-3)}, mono_check=True)
    made = with_strips(settings, [strip("bass", gain_db=-9)])
    assert made == MixSettings(
        faders={"choir": Fader(gain_db=-3), "bass": Fader(gain_db=-9)}, mono_check=True
    )


@pytest.mark.parametrize("changes", [{"gain_db": 40.0}, {"pan": -1.5}, {"gain_db": float("nan")}])
def test_a_value_that_no_fader_has_is_one_sentence(changes: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match="does not have"):
        with_strips(USUAL, [strip("bass", **changes)])


@pytest.mark.parametrize("sent", ["", "[", "{}", '[{"name": "bass"}]', '[{"name": 1, "gain_db": "x"}]'])
def test_what_no_mixer_sends_is_one_sentence(fake: FakeStudio, sent: str) -> None:
    run = made(fake)
    with pytest.raises(SettingsError, match="not its strips"):
        render_strips(fake, run, sent)  # type: ignore[arg-type]
    assert not any(call[0] == "change" for call in fake.calls)


def test_render_changes_the_mix_alone(fake: FakeStudio) -> None:
    run = made(fake)
    before = fake.run(run).settings
    sent = [strip("bass", mute=True).model_dump()]
    render_strips(fake, run, json.dumps(sent))  # type: ignore[arg-type]
    mix = MixSettings(faders={"bass": Fader(gain_db=USUAL.fader("bass").gain_db, mute=True)})
    assert fake.run(run).settings == before.model_copy(update={"mix": mix})


def test_the_mixer_is_drawn_again_when_its_sounds_or_settings_are_others(fake: FakeStudio) -> None:
    run = made(fake)
    record = fake.run(run)
    assert [stem.name for stem in stems_before_mix(record)] == ["vocals", "drums", "bass", "other"]
    before = mixer_state(record)
    assert mixer_state(fake.run(run)) == before
    fake.change(run, record.settings.model_copy(update={"mix": MixSettings(mono_check=True)}))
    assert mixer_state(fake.run(run)) != before


def made(fake: FakeStudio) -> str:
    return fake.start(SongRequest(prompt="waltz", duration_s=4.0), RunSettings(), "me")
