"""What a batch shares, on an S3 server of this machine; skipped where s3fs and moto are not installed."""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from core.batch.cluster import cluster
from core.batch.jobs import BatchJob
from core.errors import StorageError
from core.machine.share import share_at
from tests.batch.test_cluster import dask, needs_dask  # noqa: F401

HERE = all(importlib.util.find_spec(name) for name in ("s3fs", "moto"))
pytestmark = pytest.mark.skipif(not HERE, reason="s3fs and moto[server] are not installed")
START_LIMIT_S = 120.0


@pytest.fixture(scope="module")
def endpoint():
    """The address of an S3 server with a bucket ``songs``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + START_LIMIT_S
    while True:
        try:
            urllib.request.urlopen(urllib.request.Request(f"{address}/songs", method="PUT"), timeout=5)
            break
        except OSError:
            assert time.monotonic() < until and server.poll() is None
            time.sleep(0.1)
    yield address
    server.kill()
    server.wait()


@pytest.fixture(autouse=True)
def s3(endpoint, monkeypatch):
    """What an operator sets for workers: where S3 is, and the keys."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def test_a_file_goes_to_s3_and_comes_back_the_same(tmp_path):
    place = share_at("s3://songs/one")
    (tmp_path / "a").write_bytes(bytes(range(256)) * 40_000)
    assert not place.has("deep/a") and not place.get("deep/a", tmp_path / "b")
    place.put(tmp_path / "a", "deep/a")
    assert place.has("deep/a") and place.get("deep/a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == (tmp_path / "a").read_bytes()
    share_at("s3://songs/one").remove()
    assert not place.has("deep/a")
    place.remove()
    assert not list(tmp_path.glob(".*.part"))


def test_a_bucket_that_is_not_there_is_one_sentence(tmp_path):
    (tmp_path / "a").write_bytes(b"a")
    with pytest.raises(StorageError, match="s3://nobodys/x cannot be used"):
        share_at("s3://nobodys/x").put(tmp_path / "a", "a")


@needs_dask
def test_a_clusters_songs_and_their_finished_stages_lie_on_s3(tmp_path, dask):  # noqa: F811
    address, _ = dask
    job = BatchJob("calm", ("song", "--prompt=calm piano", "--seconds=3", "--instrumental"), {})
    (one,) = cluster(address, share="s3://songs/batch")([job], tmp_path / "nowhere")
    assert one.settled, one.found
    place = share_at("s3://songs/batch")
    assert place.has("calm/master.wav") and place.has("calm/run.json")
    assert not (tmp_path / "nowhere").exists()
    assert not share_at("s3://songs/batch/.work").get("shelf/calm/steps", tmp_path / "steps")
