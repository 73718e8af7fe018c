"""What becomes of a selection: a silence in the song's settings, or ACE-Step's form filled in."""

from __future__ import annotations

from typing import Any, cast

import pytest

from core.engines.acestep15.card import CARD
from core.engines.acestep15.settings import AceStepSettings, Task
from core.engines.base import Availability
from core.errors import EngineMissingError, InputError
from core.runs.pipeline import RunSettings
from core.runs.record import ArtifactRecord, RunRecord
from core.song import SongRequest, Upload
from core.stages.assemble import Silence
from core.studio import Studio
from core.ui import selection
from core.ui.labels import title_of
from core.ui.wave_span import Span
from tests.ui.fake_studio import FakeStudio
from tests.ui.test_mixer import made
from tests.ui.test_strips import with_step


def whole(run: RunRecord, stage: str, name: str) -> ArtifactRecord:
    found = next(one for one in run.step(stage).artifacts if one.name in (name, "clip_1"))
    return found.model_copy(update={"name": name})


def edited(fake: FakeStudio, run: RunRecord, stage: str, name: str, span: Span) -> tuple[Silence, ...]:
    edit = selection.edits_of(cast(Studio, fake), run, stage, whole(run, stage, name))
    assert edit is not None
    edit("silence", span)
    silences: tuple[Silence, ...] = fake.run(run.id).settings.assemble.silences
    return silences


def test_a_selection_of_a_clip_or_the_song_is_silenced_at_its_place_in_the_song(fake: FakeStudio) -> None:
    run = fake.run(made(fake))
    first = Silence(start_s=1.0, stop_s=2.0)
    assert edited(fake, run, "generate", "clip_1", Span(1.0, 2.0)) == (first,)
    earlier = Silence(start_s=0.25, stop_s=0.5)
    assert edited(fake, run, "assemble", "song", Span(0.25, 0.5)) == (earlier, first)


def test_a_later_clip_begins_where_it_was_joined(fake: FakeStudio) -> None:
    run = fake.run(made(fake))
    at = {"start_frame": 88_200, "overlap_frames": 0, "fade_start_frame": 88_200, "fade_frames": 0}
    join = at | {"at_s": 2.0, "overlap_s": 0.0, "correlation": 0.0, "same_performance": False}
    figures = {"clips": 2, "clip_gains_db": [0.0, 0.0], "joins": [join], "final_fade_frames": 0}
    run = with_step(run, "assemble", figures=figures)
    assert edited(fake, run, "generate", "clip_2", Span(0.5, 1.0)) == (Silence(start_s=2.5, stop_s=3.0),)
    third = whole(run, "generate", "clip_3")
    assert selection.edits_of(cast(Studio, fake), run, "generate", third) is None


@pytest.mark.parametrize(
    ("stage", "name"), [("generate", "clip_1/vocals"), ("assemble", "song/bass"), ("mix", "mix")]
)
def test_a_stem_and_what_comes_later_cannot_be_edited(fake: FakeStudio, stage: str, name: str) -> None:
    run = fake.run(made(fake))
    sound = run.step("mix").artifacts[0].model_copy(update={"name": name})
    assert selection.edits_of(cast(Studio, fake), run, stage, sound) is None


def ready(fake: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake.engines, "availability", lambda *_: Availability(True, "It is here."))


def test_without_the_model_the_remedy_is_said(fake: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> None:
    run = fake.run(made(fake))
    with pytest.raises(EngineMissingError, match=r"Repainting needs .* no CUDA device") as missing:
        selection.fill_window(cast(Studio, fake), run, Task.REPAINT, Span(1, 2), "key")
    assert "make models" in missing.value.remedy
    of_turbo = Availability(False, "Its weights are not here.", CARD.how_to_add)
    monkeypatch.setattr(fake.engines, "availability", lambda *_: of_turbo)
    with pytest.raises(EngineMissingError, match=r"Adding a track needs") as missing:
        selection.fill_window(cast(Studio, fake), run, Task.LEGO, Span(1, 2), "key")
    assert "models get acestep-v15-base-diffusers" in missing.value.remedy
    fake.hosted = True
    with pytest.raises(EngineMissingError) as missing:
        selection.fill_window(cast(Studio, fake), run, Task.REPAINT, Span(1, 2), "key")
    assert "administrator" in missing.value.remedy


def test_a_song_made_here_is_the_source_of_a_repainted_song_of_its_own(
    fake: FakeStudio, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(fake, monkeypatch)
    held: list[str] = []
    monkeypatch.setattr(selection.session, "hold", held.append)
    monkeypatch.setattr(selection.session, "owner", lambda: "me")
    run = fake.run(made(fake))
    clip = whole(run, "generate", "clip_1")
    edit = selection.edits_of(cast(Studio, fake), run, "generate", clip)
    assert edit is not None
    edit("repaint", Span(0.5, 1.5))
    (painted,) = held
    assert painted != run.id and fake.run(run.id).settings == run.settings
    request, settings = fake.run(painted).request, fake.run(painted).settings
    assert request.upload is not None and request.upload.sounds == {"song": clip.key}
    own = settings.generate.options["ace-step"]
    assert settings.generate.engine == "ace-step" and isinstance(own, AceStepSettings)
    assert (own.task, own.repaint_from_s, own.repaint_to_s) == (Task.REPAINT, 0.5, 1.5)
    assert title_of(fake.home, fake.run(painted)).endswith("(repainted)")
    with pytest.raises(InputError, match="generated here"):
        selection.fill_window(cast(Studio, fake), run, Task.LEGO, Span(1, 2), clip.key)


@pytest.mark.parametrize("task", [Task.REPAINT, Task.LEGO])
def test_an_uploaded_songs_selection_fills_the_window(
    fake: FakeStudio, monkeypatch: pytest.MonkeyPatch, task: Task
) -> None:
    ready(fake, monkeypatch)
    loaded: list[Any] = []
    monkeypatch.setattr(selection, "load", lambda stage, settings: loaded.append((stage, settings)))
    request = SongRequest(upload=Upload(sounds={"song": "0" * 64}, names={"song": "song.wav"}))
    run = fake.run(fake.start(request, RunSettings(), "me"))
    edit = selection.edits_of(
        cast(Studio, fake), run, "generate", whole(fake.run(made(fake)), "generate", "clip_1")
    )
    assert edit is not None
    edit(task.value, Span(1.25, 3.5))
    ((stage, settings),) = loaded
    own = settings.options["ace-step"]
    assert stage == "generate" and settings.engine == "ace-step" and isinstance(own, AceStepSettings)
    assert (own.task, own.repaint_from_s, own.repaint_to_s) == (task, 1.25, 3.5)
    assert not any(call[0] == "change" for call in fake.calls)
