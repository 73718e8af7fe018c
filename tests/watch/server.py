"""A generator on loopback that fails as generators do, in the form that it is asked in."""

import base64
import io
import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import soundfile

from tests.sounds import band

RATE = 44_100


def sound(mode):
    """Three seconds of a band, or what is delivered in its place, as a WAV file."""
    good = band().between(0.0, 3.0)
    rng = np.random.default_rng(1)
    samples = {
        "good": good.samples,
        "silence": np.zeros((3 * RATE, 2), np.float32),
        "nan": np.full((3 * RATE, 2), np.nan, np.float32),
        "noise": (0.2 * rng.standard_normal((3 * RATE, 2))).astype(np.float32),
    }[mode]
    file = io.BytesIO()
    soundfile.write(file, samples, good.sample_rate, subtype="FLOAT", format="WAV")
    return file.getvalue()


class Generator(ThreadingHTTPServer):
    daemon_threads = True
    mode = "good"
    worker = "full"

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked = []
        self.hooked = []
        self.released = threading.Event()


class _Answers(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"null")
        self.server.asked.append((self.path, dict(self.headers), body))
        if self.path == "/hook":
            self.server.hooked.append(body)
            return self.send("application/json", b"{}")
        if self.path.startswith("/gradio_api/call/"):
            return self.send("application/json", b'{"event_id": "e1"}')
        if self.server.mode == "500":
            return self.send("text/plain", b"CUDA error: out of memory", 500)
        if self.server.mode == "hang":
            return self.server.released.wait(20)
        if self.server.mode == "drip":
            return self.drip()
        if self.path == "/json":
            return self.send("application/json", json.dumps(self.told()).encode())
        return self.send("audio/wav", sound(self.server.mode))

    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers), None))
        if self.path.startswith("/gradio_api/call/"):
            return self.stream()
        return self.send("audio/wav", sound(self.server.mode))

    def told(self):
        if self.server.mode == "error":
            return {"error": "no kernel image", "worker": self.server.worker}
        audio = base64.b64encode(sound(self.server.mode)).decode()
        return {"result": {"audio": audio, "file": "/sound.wav"}, "worker": self.server.worker}

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"event: heartbeat\ndata: null\n\n")
        if self.server.mode == "500":
            self.wfile.write(b"event: error\ndata: null\n\n")
        else:
            told = [{"path": "/tmp/a.wav", "url": f"{self.server.url}/gradio_api/file=/tmp/a.wav"}, "text"]
            self.wfile.write(f"event: complete\ndata: {json.dumps(told)}\n\n".encode())

    def drip(self):
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.end_headers()
        while not self.server.released.is_set():
            try:
                self.wfile.write(b"R")
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.05)

    def send(self, kind, data, status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def serving():
    server = Generator()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        server.server_close()
