"""A hub, a place for models, and weights small enough to be made on the spot."""

from __future__ import annotations

import numpy as np
import pytest

from core.engines.weights import Weights
from core.models.hub import Hub
from core.progress import silent
from tests.models.fake_hub import REPOSITORY, FakeHub, Server

TINY = Weights(
    "tiny-model",
    REPOSITORY,
    ("config.json", "tokenizer.json|spiece.model", "model.safetensors|model.safetensors.index.json"),
    3,
    "MIT",
    "For tests.",
)
BIG = 2_500_000
NO_PAUSES = (0.0, 0.0, 0.0)


def noise(count: int, seed: int = 1) -> bytes:
    return np.random.default_rng(seed).bytes(count)


@pytest.fixture
def hub():
    hub = FakeHub(
        {
            "README.md": b"# Tiny",
            "config.json": b'{"a": 1}',
            "tokenizer.json": b"{}",
            "vocab.txt": b"a\nb\n",
            "model.safetensors": noise(BIG),
            "pytorch_model.bin": b"a pickle",
            "modeling.py": b"raise SystemExit",
        }
    )
    server = Server(hub)
    yield hub
    server.close()


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch, request):
    """``GAINSTAGE_MODELS`` and the hub's cache are folders of the test; nothing leads to the real hub."""
    folder = tmp_path / "models"
    monkeypatch.setenv("GAINSTAGE_MODELS", str(folder))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    for name in ("HF_HUB_OFFLINE", "GAINSTAGE_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def get(hub):
    """Download the tiny weights from the fake hub, without waiting between attempts."""
    from core.models.download import download

    def getting(weights=TINY, report=silent, **more):
        return download(weights, report, hub=Hub(hub.url, no_answer_s=5.0), **{"pauses_s": NO_PAUSES} | more)

    return getting
