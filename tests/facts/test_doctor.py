"""The doctor on machines that lack something: each is told apart, with evidence and remedy."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.contract import Severity
from core.engines.base import Availability, EngineCard
from core.facts import graphics, main_memory, storage, versions
from core.facts.doctor import diagnose
from core.facts.torch_look import SeenCard, TorchLook
from core.machine import graphics as accelerator
from core.machine import resources as machine


class FewEngines:
    def __init__(self, **ready):
        self.ready = ready

    def cards(self, stage):
        return tuple(self.card(name) for name in self.ready) if stage == "generate" else ()

    def card(self, name):
        return EngineCard(name, name.title(), "generate", "w", "1", "", "", "Install it.")

    def availability(self, name, checkpoint=""):
        return Availability(self.ready[name], "there is a reason.", "" if self.ready[name] else "Add it.")


def named(found, name):
    (one,) = [each for each in found if each.name == name]
    return one


@pytest.fixture
def look(tmp_path, monkeypatch):
    """Diagnose with a fake machine around; returns the diagnosis of a name."""
    for name in ("CUDA_VISIBLE_DEVICES", "SPACE_ID", "SPACES_ZERO_GPU", "GAINSTAGE_HOSTED", "ACCELERATOR"):
        monkeypatch.delenv(name, raising=False)
    seen = TorchLook(sees=True, cards=(SeenCard(name="A100", free=int(39e9), total=int(41e9)),))
    monkeypatch.setattr(graphics, "look_with_torch", lambda: seen)
    graphics._last.clear()

    def at(name, home=tmp_path / "home", engines=None):
        return named(diagnose(engines or FewEngines(band=True), home), name)

    return at


def nvidia_smi(folder, monkeypatch, says, status=0, stream="1"):
    script = folder / "nvidia-smi"
    script.write_text(f"#!/bin/sh\ncat >&{stream} <<'END'\n{says}\nEND\nexit {status}\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def torch_says(monkeypatch, version, cuda):
    build = accelerator.TorchBuild(version, cuda) if version else None
    monkeypatch.setattr(graphics, "torch_build", lambda: build)


def test_every_diagnosis_has_evidence_and_every_bad_one_a_remedy(tmp_path):
    found = diagnose(FewEngines(band=False, other=True), tmp_path)
    assert len({one.name for one in found}) == len(found)
    for one in found:
        assert one.evidence
        assert one.severity is Severity.OK or one.remedy


def test_looking_imports_neither_torch_nor_what_is_as_heavy():
    code = (
        "import sys, tempfile, pathlib\n"
        "from core.facts.doctor import diagnose\n"
        "from core.engines.opened import open_engines\n"
        "hosts = open_engines()\n"
        "diagnose(hosts, pathlib.Path(tempfile.gettempdir()))\n"
        "assert hosts.loaded() == {}\n"
        "hosts.close()\n"
        "print([n for n in ('torch', 'numba', 'scipy', 'onnxruntime', 'pedalboard') if n in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_a_home_that_cannot_be_written_fails_with_the_variable(look, tmp_path):
    (tmp_path / "file").write_text("")
    one = look("home", home=tmp_path / "file" / "home")
    assert one.severity is Severity.FAIL
    assert "GAINSTAGE_HOME" in one.remedy


def test_a_home_that_is_there_is_left_as_it_was(look, tmp_path):
    home = tmp_path / "home"
    assert look("home", home=home).severity is Severity.OK
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("free_gb", "severity"), [(50, Severity.OK), (1.5, Severity.WARN), (0.1, Severity.FAIL)]
)
def test_a_full_disk(look, monkeypatch, free_gb, severity):
    usage = type("Usage", (), {"free": int(free_gb * 1e9)})
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda folder: usage)
    assert look("disk").severity is severity
    assert f"{free_gb:.1f} GB" in look("disk").evidence


def test_a_missing_package_is_named(look, monkeypatch):
    version_of = versions.version_of
    monkeypatch.setattr(versions, "version_of", lambda name: None if name == "soxr" else version_of(name))
    one = look("packages")
    assert one.severity is Severity.FAIL
    assert "Not installed: soxr." in one.evidence


def test_an_old_libsndfile_is_told_by_the_format_it_lacks(look, monkeypatch):
    import soundfile

    formats = {name: "" for name in versions.FORMATS if name != "MP3"}
    monkeypatch.setattr(soundfile, "available_formats", lambda: formats)
    assert "lacks MP3" in look("sound files").evidence


def test_the_light_installation_is_a_warning_with_the_way_on(look, monkeypatch):
    torch_says(monkeypatch, None, None)
    one = look("torch")
    assert one.severity is Severity.WARN
    assert "make models" in one.remedy


def test_no_graphics_processor_is_no_failure(look, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    one = look("graphics processor")
    assert one.severity is Severity.OK
    assert "No graphics processor" in one.evidence


A100 = "NVIDIA A100-SXM4-40GB, 40960, 39000, 8.0, 580.12"
T4 = "Tesla T4, 15360, 15000, 7.5, 580.12"


@pytest.mark.parametrize(("card", "precision"), [(A100, "bfloat16."), (T4, "32-bit floats")])
def test_a_card_is_told_with_the_precision_it_can_do(look, tmp_path, monkeypatch, card, precision):
    nvidia_smi(tmp_path, monkeypatch, card)
    torch_says(monkeypatch, "2.13.0", "12.8")
    one = look("graphics processor")
    assert one.severity is Severity.OK
    assert card.split(",", maxsplit=1)[0] in one.evidence
    assert precision in one.evidence


def test_a_card_that_torch_cannot_use(look, tmp_path, monkeypatch):
    nvidia_smi(tmp_path, monkeypatch, A100)
    torch_says(monkeypatch, "2.13.0+cpu", None)
    one = look("graphics processor")
    assert one.severity is Severity.WARN
    assert "without CUDA" in one.evidence
    assert "Reinstall torch" in one.remedy


@pytest.mark.parametrize("value", ["", "-1"])
def test_a_card_that_a_variable_hides(look, tmp_path, monkeypatch, value):
    nvidia_smi(tmp_path, monkeypatch, A100)
    torch_says(monkeypatch, "2.13.0", "12.8")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    one = look("graphics processor")
    assert one.severity is Severity.WARN
    assert "CUDA_VISIBLE_DEVICES" in one.remedy


def test_a_driver_that_does_not_answer_is_quoted(look, tmp_path, monkeypatch):
    nvidia_smi(tmp_path, monkeypatch, "Failed to initialize NVML: Insufficient Permissions", 4, stream="2")
    one = look("graphics processor")
    assert one.severity is Severity.WARN
    assert "Insufficient Permissions" in one.evidence
    assert any("/dev/nvidia0" in cause for cause in one.causes)


def test_the_installed_torch_is_read_from_its_version_file(tmp_path, monkeypatch):
    import torch

    build = accelerator.torch_build()
    assert (build.version, build.cuda) == (torch.__version__, torch.version.cuda)


def test_a_cuda_build_is_told_from_one_without():
    text = "from typing import Optional\n__version__ = '2.13.0'\ncuda: Optional[str] = '12.8'\nhip = None\n"
    assert accelerator._parsed(text) == accelerator.TorchBuild("2.13.0", "12.8")
    assert accelerator._parsed(text.replace("'12.8'", "None")).cuda is None
    assert accelerator._parsed("nothing here") is None


def test_a_soundfont_that_is_not_there(look, monkeypatch):
    monkeypatch.setenv("GAINSTAGE_SOUNDFONT", "/nowhere/grand.sf2")
    one = look("SoundFont")
    assert one.severity is Severity.FAIL
    assert "grand.sf2" in one.evidence


@pytest.mark.parametrize(
    ("variables", "severity", "word"),
    [
        ({}, Severity.OK, "Local"),
        ({"GAINSTAGE_HOSTED": "1"}, Severity.OK, "Hosted"),
        ({"GAINSTAGE_HOSTED": "1", "SPACE_ID": "me/studio"}, Severity.OK, "Hosted"),
        ({"SPACE_ID": "me/studio"}, Severity.WARN, "public"),
    ],
)
def test_how_the_studio_is_hosted(look, monkeypatch, variables, severity, word):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    one = look("mode")
    assert one.severity is severity
    assert word in one.evidence


def test_one_engine_that_cannot_run_warns_and_none_that_can_fails(look):
    assert look("generate: Band", engines=FewEngines(band=False, other=True)).severity is Severity.WARN
    alone = look("generate: Band", engines=FewEngines(band=False))
    assert alone.severity is Severity.FAIL
    assert alone.remedy == "Add it."


# Memory and cores


def files(folder: Path, **contents):
    for name, text in contents.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


MEMINFO = "MemTotal:       24000000 kB\nMemAvailable:   20000000 kB\n"


def test_without_a_container_the_kernel_is_believed(tmp_path):
    meminfo = files(tmp_path, meminfo=MEMINFO) / "meminfo"
    told = machine.memory(tmp_path / "none", meminfo)
    assert (told.available, told.limit) == (20_000_000 * 1024, None)


def test_a_containers_limit_bounds_what_is_free(tmp_path):
    root = files(tmp_path, memory_dot_max="2000000000\n", memory_dot_current="1500000000\n", meminfo=MEMINFO)
    told = machine.memory(root, root / "meminfo")
    assert (told.available, told.limit) == (500_000_000, 2_000_000_000)


def test_no_limit_is_written_in_two_ways(tmp_path):
    second = files(tmp_path / "v2", memory_dot_max="max\n", meminfo=MEMINFO)
    first = files(tmp_path / "v1", memory__memory_dot_limit_in_bytes=f"{2**63 - 4096}\n", meminfo=MEMINFO)
    for root in (second, first):
        assert machine.memory(root, root / "meminfo").limit is None


def test_a_containers_quota_bounds_the_cores(tmp_path):
    assert machine.cores(files(tmp_path / "one", cpu_dot_max="100000 100000\n")) == 1
    assert machine.cores(files(tmp_path / "tenth", cpu_dot_max="10000 100000\n")) == 1
    free = machine.cores(tmp_path / "none")
    assert machine.cores(files(tmp_path / "many", cpu_dot_max="max 100000\n")) == free >= 1


@pytest.mark.parametrize(
    ("available", "severity"), [(8e9, Severity.OK), (1e9, Severity.WARN), (2e8, Severity.FAIL)]
)
def test_little_memory(look, monkeypatch, available, severity):
    told = machine.Memory(int(16e9), int(available), int(9e9))
    monkeypatch.setattr(main_memory, "memory", lambda: told)
    assert look("memory").severity is severity
    assert "limit is 9.0 GB" in look("memory").evidence
