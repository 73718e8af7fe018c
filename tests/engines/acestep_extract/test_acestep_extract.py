"""ACE-Step's base model as a separator, with random weights, through the host and the stage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.audio import Audio
from core.contract import Material
from core.engines.acestep_extract.card import CARD, available
from core.engines.acestep_extract.settings import ExtractSettings
from core.engines.executors.local import LocalExecutor
from core.engines.opened import open_engines
from core.engines.registry import Registered
from core.errors import EngineInputError
from core.progress import silent
from core.stages.separate import SONG, SeparateSettings, SeparateStage
from tests.engines.acestep15.songs import melody
from tests.engines.acestep15.tiny import write_tiny
from tests.engines.in_process import InProcess
from tests.stages import material

RATE = 44_100
TUNE = Audio(melody(1.5, RATE), RATE)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("ace-step-base"), turbo=False)


class Here(InProcess):
    """Looks for weights as the studio does."""

    def availability(self, engine, checkpoint):
        return LocalExecutor().availability(engine, checkpoint)


@pytest.fixture(scope="module")
def hosts():
    # In this process, which has torch and diffusers already: a child imports them for nine seconds.
    hosts = open_engines((Registered(CARD, available),), executor=Here())
    yield hosts
    hosts.close()


def separate(hosts, checkpoint, song=TUNE, **options):
    values = {"checkpoint": str(checkpoint), "options": {"steps": 2, **options}, "seed": 1}
    return hosts.call(CARD.name, "separate", values=values, sounds={"song": song}, report=silent)


def test_the_stage_separates_a_song_into_tracks_that_add_up_to_it(hosts, base, tmp_path):
    settings = SeparateSettings(
        engine=CARD.name, checkpoint=str(base), options={CARD.name: ExtractSettings(steps=2)}
    )
    stage = SeparateStage()
    choice = stage.choose(settings, {Material.SONG: {SONG: TUNE}}, hosts)
    given = material.work(settings, {Material.SONG: {SONG: TUNE}}, hosts)
    output = stage.run(replace(given, engine=choice.engine, checkpoint=choice.checkpoint, scratch=tmp_path))
    assert list(output.sounds) == ["vocals", "drums", "bass", "other"]
    total = sum(stem.samples.astype(np.float64) for stem in output.sounds.values())
    assert np.allclose(total, TUNE.samples, atol=1e-5)
    assert output.made_by.approximate and output.promise.engine_untrained
    assert not np.array_equal(output.sounds["vocals"].samples, output.sounds["drums"].samples)


def test_a_mono_song_has_mono_stems_of_its_length_and_the_tracks_that_were_asked_for(hosts, base):
    mono = Audio(TUNE.samples[:, :1].copy(), RATE)
    reply = separate(hosts, base, mono, tracks=["guitar"])
    assert {name: stem.samples.shape for name, stem in reply.sounds.items()} == {
        "guitar": mono.samples.shape,
        "other": mono.samples.shape,
    }
    assert reply.values["steps"] == 2 and reply.values["untrained"] is True


def test_a_model_that_is_no_base_model_is_refused_with_a_remedy(hosts, tmp_path):
    with pytest.raises(EngineInputError) as caught:
        separate(hosts, write_tiny(tmp_path / "turbo"))
    assert "cannot extract a track" in caught.value.message and "base model" in caught.value.remedy


@pytest.mark.parametrize("options", [{"tracks": []}, {"tracks": ["bass", "bass"]}, {"tracks": ["kazoo"]}])
def test_tracks_that_are_none_are_refused(hosts, base, options):
    with pytest.raises(EngineInputError) as caught:
        separate(hosts, base, **options)
    assert "was not run" in caught.value.message and caught.value.remedy
