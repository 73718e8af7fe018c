"""Several takes of one song: another seed each, the best by its checks goes on, the others are kept."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from core.audio import Audio
from core.contract import Finding, Severity
from core.errors import ErrorReport, SettingsError, StorageError
from core.runs.pipeline import RunSettings, key_settings
from core.runs.record import RunState, StepRecord, StepState
from core.runs.takes import chosen, reasons
from core.song import SongRequest
from core.stages.generate import GenerateSettings
from tests.fakes import HouseEngines
from tests.runs.small_chain import clips_only  # noqa: F401

pytestmark = pytest.mark.usefixtures("clips_only")

REQUEST = SongRequest(prompt="warm piano", duration_s=6, instrumental=True)


def settings(**generate):
    return RunSettings().with_values({f"generate.{name}": str(value) for name, value in generate.items()})


def quiet_take(number):
    """An engine that harms the song of one seed: it is silent."""
    seen = []

    def harm(reply):
        seen.append(reply)
        if len(seen) != number:
            return reply
        silent = {name: Audio(a.samples * 0, a.sample_rate) for name, a in reply.sounds.items()}
        return replace(reply, sounds=silent)

    return harm


def made(studio, chosen_settings, request=REQUEST):
    run = studio.start(request, chosen_settings, "me")
    return studio.wait(run)


def composed(engines):
    return [asked for asked in engines.asked if asked[0] == "composer"]


def keys(takes):
    return {number: step.main.key for number, step in takes.items()}


def test_each_take_is_another_performance_and_all_are_kept(open_studio):
    engines = HouseEngines()
    studio = open_studio(engines)
    record = made(studio, settings(takes=3))
    takes = studio.takes(record.id)
    assert sorted(takes) == [1, 2, 3] and len(set(keys(takes).values())) == 3
    assert len(composed(engines)) == 3
    step = record.step("generate")
    assert step.main.key in keys(takes).values()
    assert any("the best by its checks" in note for note in step.notes)
    for key in keys(takes).values():
        assert studio.audio(key).frames


def test_the_first_take_is_the_song_as_it_is_without_takes(open_studio):
    engines = HouseEngines()
    studio = open_studio(engines)
    alone = made(studio, settings()).step("generate")
    takes = studio.takes(made(studio, settings(takes=2)).id)
    assert takes[1].key == alone.key and takes[1].cached and not takes[2].cached


def test_another_take_is_one_setting_away_and_nothing_is_made_again(open_studio):
    engines = HouseEngines()
    studio = open_studio(engines)
    record = made(studio, settings(takes=3))
    before, asked = keys(studio.takes(record.id)), len(composed(engines))
    studio.change(record.id, settings(takes=3, take=3))
    changed = studio.wait(record.id)
    assert changed.step("generate").main.key == before[3]
    assert changed.step("generate").notes[-1] == "Take 3 of 3, chosen by you."
    assert len(composed(engines)) == asked and keys(studio.takes(record.id)) == before


def test_other_settings_make_other_takes(open_studio):
    studio = open_studio(HouseEngines())
    record = made(studio, settings(takes=3))
    before = studio.takes(record.id)
    studio.change(record.id, settings(takes=2, overlap_s=3))
    studio.wait(record.id)
    after = studio.takes(record.id)
    assert sorted(after) == [1, 2]
    assert all(after[number].key != before[number].key for number in after)


def test_a_take_that_fails_its_checks_is_passed_over_and_kept(open_studio):
    engines = HouseEngines(harm={"composer": quiet_take(1)})
    studio = open_studio(engines)
    record = made(studio, settings(takes=2))
    takes = studio.takes(record.id)
    assert takes[1].state is StepState.FAILED and takes[2].state is StepState.DONE
    assert record.step("generate").main.key == takes[2].main.key
    asked = len(composed(engines))
    studio.change(record.id, settings(takes=2, take=2))
    studio.wait(record.id)
    assert len(composed(engines)) == asked, "a take that failed was made again"


class Watched:
    """The band, whose renderings are counted; ``at`` is done as the one of that number begins."""

    def __init__(self, at=None):
        self.begun, self.at = 0, at or {}
        self.engines = HouseEngines()
        render = self.engines._compose

        def rendering(values, report):
            self.begun += 1
            self.at.get(self.begun, lambda report: None)(report)
            return render(values, report)

        self.engines._compose = rendering


def held_up(studio, monkeypatch, number, hold):
    """Have ``hold`` done before the sounds of the take of that number, in their order, are stored."""
    put, clips = studio._store.put, []

    def putting(audio, analysis=None):
        clips.append(audio)
        if len(clips) == 1 + (number - 1) * 5:
            hold()
        return put(audio, analysis)

    monkeypatch.setattr(studio._store, "put", putting)


def test_a_take_is_rendered_while_the_one_before_is_kept_and_no_more_are_held(open_studio, monkeypatch):
    second, third = threading.Event(), threading.Event()
    band = Watched({2: lambda report: second.set(), 3: lambda report: third.set()})
    studio = open_studio(band.engines)
    seen = []
    held_up(studio, monkeypatch, 1, lambda: seen.append((second.wait(120), third.wait(0.5))))
    record = made(studio, settings(takes=3))
    assert seen == [(True, False)]
    assert record.state is RunState.DONE and band.begun == 3


def test_takes_are_the_sounds_that_their_seeds_make_alone(open_studio):
    engines = HouseEngines()
    studio = open_studio(engines)
    together = keys(studio.takes(made(studio, settings(takes=3)).id))
    alone = open_studio(HouseEngines())
    for number, key in together.items():
        assert made(alone, settings(take=number)).step("generate").main.key == key


def test_a_take_that_cannot_be_kept_is_recorded_and_the_others_are_made(open_studio, monkeypatch):
    studio = open_studio(HouseEngines())

    def full():
        raise StorageError("The disk is full.", remedy="Free some space.")

    held_up(studio, monkeypatch, 2, full)
    record = made(studio, settings(takes=3))
    takes = studio.takes(record.id)
    assert [takes[number].state for number in (1, 3)] == [StepState.DONE, StepState.DONE]
    assert takes[2].state is StepState.ERROR and takes[2].error.message == "The disk is full."
    assert record.step("generate").state is StepState.DONE and not list(studio._store.home.glob("scratch/*"))


def test_a_take_that_is_not_rendered_is_recorded_and_the_others_are_made(open_studio):
    def breaks(report):
        raise StorageError("The engine's folder is gone.", remedy="Start again.")

    band = Watched({2: breaks})
    studio = open_studio(band.engines)
    record = made(studio, settings(takes=3))
    takes = studio.takes(record.id)
    assert [takes[n].state for n in (1, 2, 3)] == [StepState.DONE, StepState.ERROR, StepState.DONE]
    assert record.step("generate").main.key in (takes[1].main.key, takes[3].main.key)


def test_a_cancel_in_the_middle_keeps_every_take_that_was_rendered(open_studio):
    def cancelling(report):
        studio.cancel(run)
        report(0.5, "Playing")

    band = Watched({3: cancelling})
    studio = open_studio(band.engines)
    run = studio.start(REQUEST, settings(takes=4), "me")
    record = studio.wait(run)
    assert record.state is RunState.CANCELLED
    assert sorted(studio.takes(run)) == [1, 2]
    studio.change(run, settings(takes=4, take=1))
    assert studio.wait(run).state is RunState.DONE
    assert sorted(studio.takes(run)) == [1, 2, 3, 4] and band.begun == 5, "a take was made twice"


def test_an_index_that_fails_while_a_take_is_kept_ends_the_run_with_its_error(open_studio, monkeypatch):
    band = Watched()
    studio = open_studio(band.engines)

    def fails(run, number, record):
        raise StorageError("The index is gone.", remedy="Free some space.")

    monkeypatch.setattr(studio._index, "put_take", fails)
    run = studio.start(REQUEST, settings(takes=4), "me")
    with pytest.raises(StorageError, match="The index is gone"):
        studio.wait(run)
    assert band.begun == 2, "takes were rendered that cannot be recorded"


def test_takes_go_with_their_run(open_studio):
    studio = open_studio(HouseEngines())
    record = made(studio, settings(takes=2))
    studio.delete(record.id)
    assert studio.takes(record.id) == {}


@pytest.mark.parametrize("count", ["0", "1000", "-1", "many"])
def test_a_count_that_is_none_is_refused_in_one_sentence(count):
    with pytest.raises(SettingsError) as caught:
        settings(takes=count)
    assert "akes" in caught.value.message and caught.value.message.count(". ") == 0


def test_the_key_of_a_song_without_takes_is_what_it_was():
    plain = key_settings("generate", GenerateSettings(), "composer")
    assert "take" not in plain and "takes" not in plain
    assert key_settings("generate", GenerateSettings(take=1, takes=8), "composer") == plain
    assert key_settings("generate", GenerateSettings(take=2), "composer")["take"] == 2


def finding(check, severity):
    return Finding(check=check, severity=severity, evidence="...")


def step(*findings, error=None):
    state = StepState.ERROR if error else StepState.DONE
    return StepRecord(stage="generate", title="Generate", state=state, findings=findings, error=error)


WARN, NOTE, OK = (finding("hiss", Severity.WARN), finding("end", Severity.NOTE), finding("a", Severity.OK))
BROKEN = step(error=ErrorReport(kind="engine", message="It broke.", remedy="Try again."))


@pytest.mark.parametrize(
    ("made_takes", "best"),
    [
        ([step(OK), step(OK)], 1),
        ([step(NOTE), step(OK)], 1),
        ([step(WARN), step(NOTE, NOTE, NOTE)], 2),
        ([step(WARN, WARN), step(WARN)], 2),
        ([BROKEN, step(finding("loud", Severity.FAIL))], 2),
        ([BROKEN, BROKEN], 1),
    ],
)
def test_the_best_is_the_one_with_the_least_wrong(made_takes, best):
    number, reason = chosen(GenerateSettings(takes=2), dict(enumerate(made_takes, start=1)))
    assert number == best and reason.startswith(f"Take {best} of {len(made_takes)}, the best")


def test_reasons_name_the_checks_the_worst_first():
    assert reasons(step(NOTE, WARN, OK)) == "hiss (warn), end (note)"
    assert reasons(step(OK)) == "nothing was found wrong"
    assert reasons(BROKEN) == "It broke"
