"""torch is asked in a process of its own; what acts as torch here says what it is told to."""

from __future__ import annotations

import sys

import pytest

from core.contract import Severity
from core.facts import graphics
from core.facts.torch_look import TorchLook, look_with_torch
from core.machine.graphics import Card, Cards, TorchBuild
from tests.diagnosis.gpu_messages import OLD_DRIVER

ACTING = """
import os, types, warnings
MODE = os.environ["ACTING"]
class _Cuda:
    @staticmethod
    def is_available():
        if MODE == "old driver":
            warnings.warn("CUDA initialization: " + os.environ["SAID"])
        return MODE in ("good", "no kernel")
    device_count = staticmethod(lambda: 1)
    mem_get_info = staticmethod(lambda number: (6_000_000_000, 8_000_000_000))
    get_device_name = staticmethod(lambda number: "Acting RTX")
cuda = _Cuda()
class _Tensor:
    def sum(self): return self
    def item(self): return 0.0
def zeros(count, device):
    if MODE == "no kernel":
        raise RuntimeError("CUDA error: no kernel image is available for execution on the device")
    if MODE == "old driver":
        raise RuntimeError(os.environ["SAID"])
    return _Tensor()
if MODE == "import":
    raise ImportError("libcudnn.so.9: cannot open shared object file: No such file or directory")
if MODE == "hangs":
    import time; time.sleep(60)
if MODE == "dies":
    os._exit(11)
"""


@pytest.fixture
def acting(tmp_path, monkeypatch):
    (tmp_path / "torch.py").write_text(ACTING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("SAID", OLD_DRIVER)

    def look(mode, limit_s=30.0):
        monkeypatch.setenv("ACTING", mode)
        return look_with_torch(limit_s=limit_s)

    return look


def test_cards_are_told_with_what_is_free(acting):
    look = acting("good")
    assert look.sees and look.said == ""
    assert [(c.name, c.free, c.total) for c in look.cards] == [("Acting RTX", 6_000_000_000, 8_000_000_000)]


@pytest.mark.parametrize(
    ("mode", "word"),
    [
        ("no kernel", "no kernel image"),
        ("old driver", "too old"),
        ("import", "libcudnn"),
        ("dies", "status 11"),
    ],
)
def test_torchs_own_words_come_back(acting, mode, word):
    assert word in acting(mode).said


def test_a_torch_that_hangs_is_given_up(acting):
    assert "did not answer" in acting("hangs", limit_s=0.5).said


def test_an_interpreter_that_is_not_there_is_said_to_be():
    assert "cannot be started" in look_with_torch("/nowhere/python").said


def test_the_studio_itself_does_not_import_torch(acting):
    before = sys.modules.get("torch")
    acting("good")
    assert sys.modules.get("torch") is before


# What the doctor makes of it

CUDA_13 = TorchBuild("2.13.0", "13.0")
RTX = Card("RTX 3060", 12_000, 11_000, 8.6, "470.86")


@pytest.fixture
def facts(monkeypatch):
    """The facts of a machine with a card, and a torch that answers as it is told."""

    def looking(look, build=CUDA_13, cards=(RTX,)):
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
        monkeypatch.setattr(graphics, "torch_build", lambda: build)
        monkeypatch.setattr(graphics, "nvidia_cards", lambda: Cards(tuple(cards)))
        monkeypatch.setattr(graphics, "look_with_torch", lambda: look)
        graphics._last.clear()
        return {fact.name: fact for fact in graphics.graphics()}

    yield looking
    graphics._last.clear()


def test_a_driver_that_is_too_old_is_diagnosed_from_torchs_words(facts, acting):
    fact = facts(acting("old driver"))["torch on the card"]
    assert fact.severity is Severity.WARN
    assert "too old" in fact.evidence
    assert "driver" in fact.remedy and fact.causes


def test_a_card_that_torch_computes_on_is_told_with_its_memory(facts, acting):
    fact = facts(acting("good"))["torch on the card"]
    assert fact.severity is Severity.OK
    assert "6.0 of 8.0 GB free" in fact.evidence


def test_words_that_nobody_knows_are_quoted(facts):
    fact = facts(TorchLook(said="RuntimeError: the moon is full"))["torch on the card"]
    assert fact.severity is Severity.WARN
    assert "the moon is full" in fact.evidence


def test_torch_is_not_asked_where_there_is_no_card(facts, monkeypatch):
    monkeypatch.setattr(graphics, "AMD", graphics.AMD / "nowhere")
    told = facts(None, cards=())
    assert set(told) == {"torch", "graphics processor"}


def test_an_amd_card_is_asked_through_torch(facts, acting, tmp_path, monkeypatch):
    monkeypatch.setattr(graphics, "AMD", tmp_path)
    fact = facts(acting("good"), TorchBuild("2.13.0", None, "7.1"), cards=())["graphics processor"]
    assert "ROCm" in fact.evidence and "6.0 of 8.0 GB" in fact.evidence


def test_torch_is_asked_once_in_two_minutes(monkeypatch):
    asked = []
    monkeypatch.setattr(graphics, "look_with_torch", lambda: asked.append(1) or TorchLook(sees=True))
    graphics._last.clear()
    graphics._asked()
    graphics._asked()
    assert len(asked) == 1
    graphics._last.clear()
