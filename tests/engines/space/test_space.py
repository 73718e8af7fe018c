"""Songs from a Space: how it is found, what is sent, waited for, retried, and refused of what comes back."""

from __future__ import annotations

import io
import json
import sys
import threading
import types
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import numpy as np
import pytest

from core.diagnosis import diagnose
from core.engines.child import WorkerError
from core.engines.space import worker
from core.engines.space.address import address, token
from core.engines.space.card import CARD, available
from core.engines.space.worker import Worker
from core.progress import silent
from tests.engines.acestep15.songs import song

RATE = 48_000


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("You/My_Gpu.2", "https://you-my-gpu-2.hf.space/"),
        ("http://127.0.0.1:7860", "http://127.0.0.1:7860/"),
        ("https://gpu.lab.example/ace/", "https://gpu.lab.example/ace/"),
        ("file:///etc/passwd", ""),
        ("just a name", ""),
        ("", ""),
    ],
)
def test_a_space_is_found_by_its_name_or_its_address(named, found, monkeypatch):
    monkeypatch.setenv("GAINSTAGE_SPACE", named)
    assert address() == found


@pytest.mark.parametrize(
    ("named", "sent"),
    [
        ("you/space", "hf_x"),
        ("http://localhost:1", "hf_x"),
        ("http://[::1]:1", "hf_x"),
        ("http://gpu.lab", ""),
    ],
)
def test_the_token_crosses_no_network_unencrypted(named, sent, monkeypatch):
    monkeypatch.setenv("GAINSTAGE_SPACE", named)
    monkeypatch.setenv("GAINSTAGE_SPACE_TOKEN", "hf_x")
    monkeypatch.setenv("HF_TOKEN", "another")
    assert token() == sent


def test_it_is_there_only_when_named_and_allowed_and_never_taken_unasked(monkeypatch):
    monkeypatch.setenv("GAINSTAGE_SPACE_PYTHON", sys.executable)
    monkeypatch.delenv("GAINSTAGE_SPACE", raising=False)
    assert not available().ready and "GAINSTAGE_SPACE" in available().remedy
    monkeypatch.setenv("GAINSTAGE_SPACE", "you/space")
    assert available().ready and not available().auto
    assert CARD.files_id(CARD.settings()) == "https://you-space.hf.space/"
    monkeypatch.setenv("GAINSTAGE_OFFLINE", "1")
    assert not available().ready and "GAINSTAGE_OFFLINE" in available().reason


@dataclass
class Space:
    """What a false Space does: each call's outcome in turn, and what was seen of the calls."""

    answers: list
    root: str = ""
    files: dict = field(default_factory=dict)
    orders: list = field(default_factory=list)
    tokens: list = field(default_factory=list)
    cancelled: int = 0
    polls: int = 2

    def client(self, src, token, **_):
        self.tokens.append(token)
        if self.answers and isinstance(self.answers[0], ConnectionError):
            raise self.answers.pop(0)
        return types.SimpleNamespace(
            submit=self.submit, close=lambda: None, headers={}, cookies={}, src_prefixed=self.root
        )

    def submit(self, order, api_name):
        self.orders.append(json.loads(order))
        answer, left = self.answers.pop(0), [self.polls]

        def done():
            left[0] -= 1
            return left[0] < 0

        def result():
            if isinstance(answer, Exception):
                raise answer
            return answer

        def cancel():
            self.cancelled += 1

        status = types.SimpleNamespace(rank=3, queue_size=7, progress_data=None)
        return types.SimpleNamespace(done=done, result=result, cancel=cancel, status=lambda: status)


def npy(samples):
    out = io.BytesIO()
    np.save(out, samples, allow_pickle=True)
    return out.getvalue()


@pytest.fixture
def space(monkeypatch):
    """A false Space whose files are served on loopback."""
    state = Space([])

    class Files(BaseHTTPRequestHandler):
        def do_GET(self):
            content = state.files[unquote(self.path).partition("file=")[2]]
            self.send_response(200 if isinstance(content, bytes) else 302)
            if isinstance(content, str):
                self.send_header("Location", content)
            self.end_headers()
            self.wfile.write(content if isinstance(content, bytes) else b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.root = f"http://127.0.0.1:{server.server_port}/"
    monkeypatch.setenv("GAINSTAGE_SPACE", state.root)
    monkeypatch.delenv("GAINSTAGE_SPACE_TOKEN", raising=False)
    module, errors = types.ModuleType("gradio_client"), types.ModuleType("gradio_client.exceptions")
    module.Client = state.client
    errors.AuthenticationError = type("AuthenticationError", (ValueError,), {})
    monkeypatch.setitem(sys.modules, "gradio_client", module)
    monkeypatch.setitem(sys.modules, "gradio_client.exceptions", errors)
    monkeypatch.setattr(worker, "POLL_S", 0.0)
    monkeypatch.setattr(worker, "RETRY_AFTER_S", 0.0)
    yield state
    server.shutdown()
    server.server_close()


def good(space, **values):
    space.files = {"/tmp/clip_1.npy": npy(np.full((480, 2), 0.25, np.float32))}
    reply = {"native_rate": RATE, "model": "tiny", "notes": ["a note"], "duration_s": 0.01} | values
    return reply, [{"path": "/tmp/clip_1.npy", "url": "http://169.254.169.254/elsewhere"}]


def ask(report=silent, **options):
    values = {
        "plan": song().model_dump(mode="json"),
        "lyrics": None,
        "prompt": "piano",
        "seed": 1,
        "clips": 1,
        "overlap_s": 0.0,
        "checkpoint": "/models/mine",
        "options": options,
    }
    return Worker().compose(values, {}, report)


def test_a_song_comes_back_and_its_place_in_the_queue_is_reported(space):
    space.answers = [good(space)]
    reported = []
    values, sounds = ask(lambda fraction, message: reported.append(message))
    samples, rate = sounds["clip_1"]
    assert rate == RATE and samples.shape == (480, 2) and samples[0, 0] == 0.25
    assert values["model"] == "tiny" and values["notes"] == ["a note"]
    assert "Place 4 of 7 in the Space's queue" in reported
    assert space.tokens == [False]


def test_no_path_of_this_machine_is_sent(space):
    space.answers = [good(space)]
    ask(preset="turbo")
    assert "mine" not in json.dumps(space.orders)
    assert space.orders[0]["options"] == {"preset": "turbo", "steps": 0}


def test_what_the_space_says_beyond_its_figures_is_dropped(space):
    wrong = {"notes": "no list", "raw_peak_dbfs": float("nan"), "text": "x" * 30_000, "midi_base64": "AAAA"}
    space.answers = [good(space, **wrong)]
    assert set(ask()[0]) == {"native_rate", "model", "duration_s"}


@pytest.mark.parametrize(
    "content",
    [b"", b"RIFF", npy(np.array([{"a": 1}], object)), npy(np.zeros((9, 2), np.float32))[:-8]],
    ids=["empty", "another format", "pickle", "cut off"],
)
def test_a_file_that_is_no_samples_is_refused_and_never_unpickled(space, content):
    answer = good(space)
    space.files = dict.fromkeys(space.files, content)
    space.answers = [answer]
    with pytest.raises(WorkerError, match="no array of samples") as refused:
        ask()
    assert refused.value.kind == "engine_output"


def test_a_clip_without_end_is_not_read_to_it(space, monkeypatch):
    monkeypatch.setattr(worker, "MOST_CLIP_BYTES", 1 << 20)
    answer = good(space)
    space.files = dict.fromkeys(space.files, bytes(2 << 20))
    space.answers = [answer]
    with pytest.raises(WorkerError, match="larger than 1 MB"):
        ask()


@pytest.mark.parametrize(
    "answer", ["a text", ({}, []), ({"native_rate": "48000"}, [{"path": "x"}]), ([], [])]
)
def test_an_answer_of_another_form_is_refused(space, answer):
    space.answers = [answer]
    with pytest.raises(WorkerError, match="returned no song"):
        ask()


def test_a_failure_there_arrives_with_its_kind_and_remedy(space):
    space.answers = [({"error": {"kind": "engine_memory", "message": "Too long.", "remedy": "Shorter."}}, [])]
    with pytest.raises(WorkerError, match=r"Too long\.") as failed:
        ask()
    assert (failed.value.kind, failed.value.remedy) == ("engine_memory", "Shorter.")


def test_a_broken_connection_is_tried_once_more_and_not_for_ever(space):
    space.answers = [TimeoutError("the stream ended"), good(space)]
    assert "clip_1" in ask()[1] and len(space.orders) == 2
    space.answers = [TimeoutError("a"), TimeoutError("b"), good(space)]
    with pytest.raises(TimeoutError, match="b"):
        ask()


def test_quota_is_not_asked_for_again_and_is_diagnosed(space):
    space.answers = [ValueError("You have exceeded your free ZeroGPU quota (60s requested vs. 1s left).")] * 2
    with pytest.raises(ValueError, match="quota") as refused:
        ask()
    assert len(space.orders) == 1
    assert diagnose(refused.value).name == "zero_gpu_quota"


def test_a_space_that_wakes_is_waited_for(space):
    space.answers = [ConnectionError("503"), ConnectionError("503"), good(space)]
    assert "clip_1" in ask()[1]


def test_one_that_never_answers_is_given_up(space, monkeypatch):
    monkeypatch.setattr(worker, "WAKES_WITHIN_S", 0.0)
    space.answers = [ConnectionError("503")] * 3
    with pytest.raises(WorkerError) as gone:
        ask()
    assert diagnose(gone.value).name == "space_unanswered"


def test_time_out_and_cancel_take_the_order_out_of_the_queue(space, monkeypatch):
    space.polls, space.answers = 10**6, [good(space), good(space)]
    now = iter(range(0, 10**6, 5))
    monkeypatch.setattr(worker.time, "monotonic", lambda: next(now))
    with pytest.raises(WorkerError, match="within the time-out"):
        ask(patience_s=100)
    assert space.cancelled == 1

    def stop(fraction, message):
        if "Place" in message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ask(stop)
    assert space.cancelled == 2


def test_an_upload_is_not_sent(space):
    with pytest.raises(WorkerError, match="no upload"):
        Worker().compose({"plan": None}, {}, silent)
