"""A band that puts out something else than the song: the whole command stops at generate and says why."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.audio import Audio
from core.cli.main import main
from core.engines.base import Availability, Registered
from core.engines.composer.card import CARD as BAND
from core.engines.opened import open_engines
from core.faults import blind
from tests.fakes import HouseEngines

CHECK_FAILED = 3
STEMS = ("vocals", "drums", "bass", "other")


@pytest.fixture
def song(tmp_path, monkeypatch, capsys):
    """Run ``song`` with engines in place of the studio's own; returns the exit status and what it printed."""

    def singing(engines, *arguments):
        monkeypatch.setattr("core.studio.open_engines", lambda: engines)
        status = main(["song", *arguments, "--seconds", "12", "--json", "--out", str(tmp_path / "out")])
        return status, json.loads(capsys.readouterr().out)

    return singing


def stopped_at_generate(status, made):
    """The finding that stopped the run, which is nobody's but generate's."""
    assert status == CHECK_FAILED
    assert made["blame"] == "generate"
    last = made["stages"][-1]
    assert last["stage"] == "generate" and last["state"] == "failed"
    assert list(last["artifacts"]), "what was made is kept"
    return last["findings"][0]


CAUSES = {
    "oscillator": ("tone", "oscillator"),
    "partials": ("tone", "oscillator"),
    "noise": ("coloured_noise", "noise"),
    "loop": ("one_loop", "one loop"),
}


@pytest.mark.parametrize("prompt", CAUSES)
def test_an_engine_of_its_own_process_that_makes_no_music_stops_the_song(song, prompt):
    card = replace(BAND, worker="tests.runs.wrong_band", may_start_early=False)
    engines = open_engines((Registered(card, lambda: Availability(ready=True, reason="it is a test")),))
    finding = stopped_at_generate(*song(engines, "--prompt", prompt))
    check, cause = CAUSES[prompt]
    assert finding["check"] == check and finding["severity"] == "fail"
    assert cause in finding["causes"][0]


def altered(change, plays=None):
    """The band's reply with some of its stems changed, and the song their sum."""

    def harm(reply):
        stems = {name: reply.sounds[f"clip_1/{name}"] for name in STEMS}
        stems |= change(stems)
        total = np.sum([audio.samples for audio in stems.values()], axis=0)
        seconds = next(iter(stems.values())).duration_s
        sounds = {"clip_1": Audio(total.astype(np.float32), stems["bass"].sample_rate)}
        sounds |= {f"clip_1/{name}": audio for name, audio in stems.items()}
        played = {f"clip_1/{name}": [[0.0, seconds]] for name in STEMS if name in (plays or STEMS)}
        return replace(reply, sounds=sounds, values={**reply.values, "plays_s": played})

    return HouseEngines(harm={"composer": harm})


def silent_from(share, name):
    def change(stems):
        return {name: blind.stops_short(share)(stems[name], np.random.default_rng(0))}

    return change


@pytest.mark.parametrize("name", ["drums", "bass", "other"])
def test_a_planned_stem_that_is_silent_stops_the_song(song, name):
    finding = stopped_at_generate(*song(altered(silent_from(0.0, name)), "--prompt", "pop song"))
    assert (finding["check"], finding["artifact"]) == ("not_silent", f"clip_1/{name}")
    assert "plan plays" in finding["causes"][0]


@pytest.mark.parametrize("name", ["drums", "bass", "vocals"])
def test_a_planned_stem_that_leaves_half_way_stops_the_song(song, name):
    finding = stopped_at_generate(*song(altered(silent_from(0.5, name)), "--prompt", "pop song"))
    assert (finding["check"], finding["artifact"]) == ("planned_part", f"clip_1/{name}")
    assert "left the song half-way" in finding["causes"][0]
    assert abs(finding["spans"][0]["start_s"] - 4.0) < 0.1


def test_a_stem_may_leave_when_its_notes_end(song):
    engines = altered(silent_from(0.5, "drums"), plays=("vocals", "bass", "other"))
    _, made = song(engines, "--prompt", "pop song")
    assert made["stages"][1]["verdict"] == "ok"


def test_a_song_with_words_and_no_voice_stops(song):
    engines = altered(silent_from(0.0, "vocals"), plays=("drums", "bass", "other"))
    finding = stopped_at_generate(*song(engines, "--prompt", "pop song about the sea"))
    assert finding["artifact"] == "clip_1/vocals" and "plan plays" in finding["causes"][0]


def test_an_instrumental_needs_no_voice(song):
    engines = altered(silent_from(0.0, "vocals"), plays=("drums", "bass", "other"))
    _, made = song(engines, "--prompt", "pop song", "--instrumental")
    assert made["stages"][1]["state"] == "done"
