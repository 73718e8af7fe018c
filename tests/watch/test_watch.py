"""The monitor against real endpoints on loopback, programs and functions, each failing as generators do."""

import json
import re
import sys
from datetime import UTC, datetime, timedelta

import pytest

from core.cli.main import main
from core.contract import Severity
from core.errors import SettingsError
from core.watch.config import read_config
from core.watch.history import Entry, History, summary
from core.watch.page import page
from core.watch.rounds import one_round
from tests.watch.server import serving


@pytest.fixture(scope="module")
def shared():
    with serving() as one:
        yield one


@pytest.fixture
def server(shared):
    shared.mode, shared.worker = "good", "full"
    shared.asked.clear(), shared.hooked.clear()
    return shared


@pytest.fixture
def watched(tmp_path):
    """Write a configuration and make a round of it."""

    def watching(text):
        place = tmp_path / "watch.toml"
        place.write_text('name = "my space"\n' + text)
        watch = read_config(place)
        return one_round(watch, tmp_path, History(watch.name))

    return watching


def http(server, more="", path="/sound", timeout_s=60):
    return f'[call]\nkind = "http"\nurl = "{server.url}{path}"\ntimeout_s = {timeout_s}\nretries = 0\n{more}'


FAILURES = [
    ("silence", "not_silent", True),
    ("nan", "finite", True),
    ("noise", "not_noise", True),
    ("500", "HTTP 500", False),
    ("hang", "no answer in time", False),
    ("drip", "no answer in time", False),
]


@pytest.mark.parametrize(("mode", "what", "sounded"), FAILURES, ids=[one[0] for one in FAILURES])
def test_an_address_that_fails_is_named_and_its_change_posted(server, watched, mode, what, sounded):
    text = http(server, f'[webhook]\nurl = "{server.url}/hook"', timeout_s=60)
    assert watched(text).entry.verdict is not Severity.FAIL
    server.mode = mode
    made = watched(text.replace("timeout_s = 60", f"timeout_s = {60 if sounded else 1}"))
    assert (made.entry.verdict, made.entry.what, made.entry.sounded) == (Severity.FAIL, what, sounded)
    assert made.changed and not made.not_reported
    assert made.entry.sentence and made.entry.remedy
    (hooked,) = server.hooked
    assert (hooked["is"], hooked["what"], hooked["was"]) == ("fail", what, "ok")
    assert "in 1 of 2 calls" in hooked["history"]


def test_the_same_failure_again_is_no_change(server, watched):
    server.mode = "silence"
    text = http(server, f'[webhook]\nurl = "{server.url}/hook"')
    assert [watched(text).changed for _ in range(3)] == [True, False, False]
    server.mode = "good"
    assert watched(text).changed
    assert [one["is"] for one in server.hooked] == ["fail", "ok"]
    assert "well again" in server.hooked[1]["text"]


def test_a_webhook_that_cannot_be_reached_stops_nothing(server, watched):
    server.mode = "silence"
    made = watched(http(server, '[webhook]\nurl = "http://127.0.0.1:9/hook"'))
    assert made.entry.what == "not_silent"
    assert "cannot be reached" in made.not_reported


@pytest.mark.parametrize("field", ["result.audio", "result.file"])
def test_json_holds_the_sound_or_names_its_address_and_who_made_it(server, watched, field):
    more = f'audio = "{field}"\nlabels = ["worker"]\njson = {{ prompt = "rain" }}'
    made = watched(http(server, more, "/json"))
    assert made.entry.verdict is not Severity.FAIL
    assert made.entry.labels == {"worker": "full"}
    assert server.asked[0][2] == {"prompt": "rain"}


def test_json_without_sound_is_quoted(server, watched):
    server.mode = "error"
    made = watched(http(server, 'labels = ["worker"]', "/json"))
    assert made.entry.what == "an answer without sound"
    assert "no kernel image" in made.entry.sentence
    assert made.entry.labels == {"worker": "full"}


def test_a_token_comes_from_the_environment_and_goes_to_no_other_server(server, watched, monkeypatch):
    monkeypatch.setenv("SPACE_TOKEN", "hf_1")
    more = 'audio = "result.file"\nheaders = { Authorization = "Bearer ${SPACE_TOKEN}" }'
    watched(http(server, more, "/json"))
    assert [headers["Authorization"] for _, headers, _ in server.asked] == ["Bearer hf_1"] * 2
    with serving() as other:
        server.asked.clear()
        told = {"audio": f"{other.url}/sound.wav"}
        monkeypatch.setattr("core.watch.web._json", lambda data: told)
        watched(http(server, 'headers = { Authorization = "Bearer ${SPACE_TOKEN}" }', "/json"))
        assert [headers.get("Authorization") for _, headers, _ in other.asked] == [None]


@pytest.mark.parametrize(
    ("mode", "what"), [("good", ""), ("silence", "not_silent"), ("500", "an error of the app")]
)
def test_a_gradio_app_is_called_by_its_documented_interface(server, watched, mode, what):
    server.mode = mode
    made = watched(f'[call]\nkind = "gradio"\nurl = "{server.url}/"\napi = "/make"\ndata = ["rain", 3]')
    assert made.entry.what == what
    assert server.asked[0][0] == "/gradio_api/call/make"
    assert server.asked[0][2] == {"data": ["rain", 3]}


PROGRAM = """
import sys, time, shutil
mode, out = sys.argv[1:]
if mode == "hang": time.sleep(60)
if mode == "exit": sys.exit("CUDA error: out of memory")
if mode == "good": shutil.copy("good.wav", out)
"""


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        ("good", ""),
        ("hang", "no answer in time"),
        ("exit", "exit status 1"),
        ("nothing", "an answer without sound"),
    ],
)
def test_a_program_is_run_and_ended(tmp_path, watched, mode, what):
    from tests.watch.server import sound

    (tmp_path / "make.py").write_text(PROGRAM)
    (tmp_path / "good.wav").write_bytes(sound("good"))
    command = json.dumps([sys.executable, "make.py", mode, "{out}"])
    timeout_s = 2 if mode == "hang" else 60
    made = watched(f'[call]\nkind = "command"\ncommand = {command}\ntimeout_s = {timeout_s}\nretries = 0')
    assert made.entry.what == what
    if mode == "exit":
        assert "CUDA error: out of memory" in made.entry.sentence


def test_a_function_is_called_in_a_process_of_its_own(tmp_path, watched):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\ndef make(seconds):\n    return np.zeros((seconds * 8000, 1), np.float32)\n"
    )
    text = '[call]\nkind = "function"\nfunction = "mine:make"\nrate = 8000\narguments = { seconds = 2 }'
    assert watched(text).entry.what == "not_silent"
    made = watched(text.replace("seconds = 2", "wrong = 2"))
    assert made.entry.what == "exit status 1"
    assert "unexpected keyword argument" in made.entry.sentence
    assert made.entry.attempts == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "is not TOML"),
        ('name = "x"\n[call]\nkind = "ftp"', "ftp"),
        ('name = "x"\n[call]\nkind = "command"\ncommand = ["make"]', "{out}"),
        ('name = "x"\n[call]\nkind = "http"\nurl = "file:///etc/passwd"', "url"),
        ('name = "x"\n[call]\nkind = "http"\nurl = "${NOT_SET}"', "NOT_SET"),
        ('name = "x"\n[call]\nkind = "http"\nurl = "http://a"\nheaders = { X-Api-Key = "1" }', "plain text"),
        ('name = "x"\n[call]\nkind = "http"\nurl = "http://a"\ntimeout_s = nan', "imeout"),
        ('name = "x"\nevery = 3\n[call]\nkind = "http"\nurl = "http://a"', "very"),
    ],
)
def test_a_wrong_configuration_is_one_sentence_with_a_remedy(tmp_path, text, said):
    place = tmp_path / "watch.toml"
    place.write_text(text)
    with pytest.raises(SettingsError, match=re.escape(said)) as refused:
        read_config(place)
    assert refused.value.remedy
    assert "hf_" not in refused.value.message


def calls(*kinds, start=datetime(2026, 11, 24, 8, tzinfo=UTC)):
    for number, (what, worker) in enumerate(kinds):
        yield Entry(
            at=start + timedelta(hours=number),
            verdict=Severity.FAIL if what else Severity.OK,
            what=what,
            sentence="<b>quiet</b>" if what else "",
            seconds=1.0,
            labels={"worker": worker},
        )


def test_the_history_says_how_often_since_when_and_what_they_share():
    entries = list(calls(*[("", "full")] * 30, *[("not_silent", "half")] * 3, *[("", "full")] * 7))
    assert summary(entries) == (
        "silent in 3 of 40 calls, always with worker half, since Tuesday 24 Nov 08:00; the last call is ok."
    )
    mixed = list(calls(("not_silent", "half"), ("not_silent", "full"), ("", "half")))
    assert "always" not in summary(mixed)
    same = list(calls(("not_silent", "half"), ("not_silent", "half"), ("", "half")))
    assert "always" not in summary(same), "what all calls share tells nothing"
    assert "none failed" in summary(entries[:5])
    assert summary([]) == "No call yet."


def test_the_page_escapes_fetches_nothing_and_draws_a_bar_a_call():
    drawn = page("<my> space", list(calls(("", "full"), ("not_silent", "half"))))
    assert drawn.count("<rect") == 2
    assert "&lt;my&gt;" in drawn and "<b>quiet</b>" not in drawn and "&lt;b&gt;quiet" in drawn
    assert not re.search(r"<script|https?://|<link|<img|@import", drawn)


def test_a_damaged_line_of_the_history_is_passed_over(home):
    history = History("x/../y")
    assert history.path.parent == home / "watch"
    for entry in calls(("", "full"), ("not_silent", "half")):
        history.add(entry)
    with history.path.open("a") as file:
        file.write('{"at": "20')
    assert [entry.what for entry in history.entries()] == ["", "not_silent"]


def test_the_command_ends_with_what_the_last_call_was(server, tmp_path, capsys):
    place, drawn = tmp_path / "watch.toml", tmp_path / "page.html"
    place.write_text('name = "x"\nevery_s = 0\n' + http(server, timeout_s=1))
    server.mode = "silence"
    assert main(["watch", str(place), "--calls", "2", "--page", str(drawn)]) == 3
    said = capsys.readouterr().out
    assert said.count("FAIL") == 2 and said.count("CHANGED") == 1
    assert "silent in 2 of 2 calls" in said
    server.mode = "500"
    assert main(["watch", str(place), "--once", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["calls"][0]["what"] == "HTTP 500"
    assert main(["watch", str(place), "--history"]) == 0
    assert "HTTP 500 in 1 of 3 calls" in capsys.readouterr().out
    assert "silent in 2 of 2" in drawn.read_text()
    assert main(["watch", str(tmp_path / "none.toml")]) == 2
