"""The numeric loops' machine code: compiled ahead and once, kept where that is possible, then only loaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.main import main
from core.meter import machine_code
from core.meter.native import Code

pytestmark = pytest.mark.slow

ROOT = machine_code.ROOT

USE_THEM_ALL = """
import numpy as np
from core.audio import Audio
from core.checks.waveform import waveform
from core.dsp.glue import glue
from core.dsp.limiter import limit
from core.measure import measure
from core.meter.features import features

rng = np.random.default_rng(1)
np.save("sound.npy", (0.3 * rng.standard_normal((30_000, 2))).astype(np.float32))
mapped = np.load("sound.npy", mmap_mode="r")
for samples, rate in ((mapped, 48_000), (np.array(mapped), 44_100), (np.array(mapped)[:, :1], 192_000)):
    audio = Audio(samples, rate)
    measure(audio)
    waveform(audio)
    read = features(audio)
    read.course, read.frames, read.repeats
    limit(glue(audio, amount=1.0, loudness_lufs=-20.0).audio, gain_db=9.0, ceiling_dbtp=-1.0)
    limit(audio, gain_db=9.0, ceiling_dbtp=-1.0)

import sys
from core.meter import compiled, machine_code, native

modules = [module for group in machine_code.GROUPS for module in group]
loops = [loop for m in modules for loop in vars(sys.modules[m]).values() if isinstance(loop, native.Loop)]
sources = [open(sys.modules[module].__file__).read() for module in modules]
assert len(loops) == sum(source.count('\\n@kernel(') for source in sources), loops
print(sum(len(made) for made in compiled.made_here.values()), len(loops), "numba" in sys.modules)
"""


def python(*arguments, folder, **env):
    """Run Python in ``folder`` with the sources that lie there, or these."""
    inherited = {k: v for k, v in os.environ.items() if k not in ("NUMBA_CACHE_DIR", "GAINSTAGE_COMPILES")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=inherited | {"PYTHONPATH": str(folder if (folder / "core").is_dir() else ROOT)} | env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A fresh folder for machine code and what the command that filled it said."""
    folder = tmp_path_factory.mktemp("machine-code")
    said = python("-m", "core", "compile", folder=ROOT, NUMBA_CACHE_DIR=str(folder)).stderr
    return folder, said


def test_the_command_compiles_once_and_says_so(filled):
    folder, said = filled
    assert said.startswith("Compiling the numeric loops") and "Compiled in" in said
    again = python("-m", "core", "compile", folder=ROOT, NUMBA_CACHE_DIR=str(folder))
    assert not again.stderr
    assert "compiled already" in again.stdout


def test_after_it_a_first_song_compiles_nothing(filled, tmp_path):
    done = python("-c", USE_THEM_ALL, folder=tmp_path, NUMBA_CACHE_DIR=str(filled[0]))
    compiled, loops, numba = done.stdout.split()
    assert (compiled, numba) == ("0", "False")
    assert int(loops) >= 14


def test_every_module_of_kernels_is_compiled_ahead():
    users = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for path in (ROOT / "core").rglob("*.py")
        if "\n@kernel(" in path.read_text()
    }
    assert users == {module for group in machine_code.GROUPS for module in group}


@pytest.fixture
def clone(tmp_path):
    """The sources alone, in a place of their own."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT / "core", folder / "core", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


FORBID = """
import errno, tempfile
real = tempfile.TemporaryFile
def refuse(*args, dir=None, **kw):
    if "__pycache__" in str(dir):
        raise OSError(errno.EROFS, "Read-only file system")
    return real(*args, dir=dir, **kw)
tempfile.TemporaryFile = refuse
"""


def test_where_the_sources_cannot_be_written_it_is_kept_in_the_studios_home(clone, tmp_path):
    (clone / "sitecustomize.py").write_text(FORBID)
    home = tmp_path / "studio"
    where = "from core.meter import machine_code as m; print(m.folder()); print(m.is_ready())"
    said = python("-c", where, folder=clone, GAINSTAGE_HOME=str(home)).stdout.splitlines()
    assert said == [str(home / "machine-code"), "False"]
    for others in ("core/dsp", "core/checks", "core/meter/features"):
        (clone / others / "kernels.py").write_text("from core.meter.compiled import FLOATS, kernel\n")
    (clone / "core/meter/kernels.py").write_text(
        "from core.meter.compiled import NUMBER, kernel\n\n\n"
        "@kernel(NUMBER)\ndef twice(x):\n    return 2 * x\n"
    )
    (clone / "core/checks/kernels.py").write_text("from core.meter.compiled import FLOATS, kernel\n")
    use = "from core.meter import compiled, kernels; print(kernels.twice(21.0), len(compiled.made_here))"
    first = python("-c", use, folder=clone, GAINSTAGE_HOME=str(home))
    assert first.stdout.split() == ["42.0", "0"], "the child compiled it, this process read it"
    assert list((home / "machine-code").glob("core.meter.kernels-*.code"))
    assert not list(clone.rglob("*.code"))


def test_where_nothing_can_be_written_the_loops_are_compiled_all_the_same(clone, tmp_path):
    (tmp_path / "file").touch()
    for module in ("dsp", "checks", "meter/features"):
        (clone / f"core/{module}/kernels.py").write_text("from core.meter.compiled import FLOATS, kernel\n")
    (clone / "core/meter/kernels.py").write_text(
        "from core.meter.compiled import NUMBER, kernel\n\n\n"
        "@kernel(NUMBER)\ndef twice(x):\n    return 2 * x\n"
    )
    use = "from core.meter import compiled, kernels; print(kernels.twice(21.0), len(compiled.made_here))"
    done = python("-c", use, folder=clone, NUMBA_CACHE_DIR=str(tmp_path / "file" / "below"))
    assert done.stdout.split() == ["42.0", "1"]


def test_a_damaged_file_is_made_again_in_the_process_and_said(filled, monkeypatch, caplog):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(filled[0]))
    machine_code.folder.cache_clear()
    try:
        whole = machine_code.cached("core.checks.kernels")
        assert "read_runs" in whole
        assert machine_code.cached("no.such.module") == {}
        monkeypatch.setattr(Path, "read_bytes", lambda path: b"[{}]\n")
        assert machine_code.cached("core.checks.kernels") == {}
        assert "state=unreadable" in caplog.text
    finally:
        machine_code.folder.cache_clear()


def test_what_older_sources_left_is_removed_and_nobody_elses(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    machine_code.folder.cache_clear()
    try:
        name = machine_code._files()["core.dsp.kernels"]
        mine = tmp_path / f"{name.rpartition('-')[0]}-0123456789abcdef.code"
        anothers = tmp_path / "core.dsp.kernels-00000000-0123456789abcdef.code"
        mine.touch(), anothers.touch()
        machine_code.keep("core.dsp.kernels", {})
        assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, anothers.name])
        assert machine_code.cached("core.dsp.kernels") == {}
    finally:
        machine_code.folder.cache_clear()


def test_a_full_disk_fails_the_compiler_and_not_the_song(monkeypatch, capsys):
    from core.meter import compile_modules, compiled

    def full(module, codes):
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(compiled.made_here, "core.meter.kernels", {})
    monkeypatch.setattr(machine_code, "keep", full)
    assert compile_modules.main(["core.meter.kernels"]) == 1
    assert "No space left" in capsys.readouterr().err


def test_another_source_numba_or_processor_is_compiled_anew(monkeypatch, tmp_path):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    machine_code.folder.cache_clear()
    try:
        stamps = {frozenset(machine_code._files().values())}
        for name in machine_code._files().values():
            assert not machine_code.is_ready()
            (tmp_path / name).touch()
        assert machine_code.is_ready()
        changes = (
            ("version", lambda package: "0.0"),
            ("_processor", lambda: "another"),
            ("MAKERS", (Path(__file__),)),
            ("SOURCES", {"core.meter.kernels": Path(__file__)}),
        )
        for name, other in changes:
            with monkeypatch.context() as changed:
                changed.setattr(machine_code, name, other)
                stamps.add(frozenset(machine_code._files().values()))
                assert not machine_code.is_ready()
        assert len(stamps) == 5
    finally:
        machine_code.folder.cache_clear()


def test_a_compilation_that_fails_is_said_and_stops_nobody(monkeypatch, tmp_path, caplog):
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(machine_code, "GROUPS", (("core.no_such_module",),))
    machine_code.folder.cache_clear()
    told = []
    machine_code.announce_by(told.append)
    try:
        machine_code.make_ready()
        assert not machine_code.is_ready()
    finally:
        machine_code.announce_by(machine_code.logger.info)
        machine_code.folder.cache_clear()
    assert "compiled again in each process" in told[-1]
    assert "no_such_module" in caplog.text


def test_no_folder_at_all_is_an_error_of_the_command_with_its_remedy(monkeypatch, tmp_path, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file" / "below"))
    machine_code.folder.cache_clear()
    try:
        assert main(["compile"]) == 4
        assert machine_code.make_ready() == 0.0
    finally:
        machine_code.folder.cache_clear()
    assert "NUMBA_CACHE_DIR" in capsys.readouterr().err


FLAGS = "flags : fpu avx f16c fma movbe abm bmi1 avx2 bmi2 avx512f"


@pytest.fixture
def with_shipped(tmp_path, monkeypatch):
    """A package that brought the code of one module, and nothing made here."""
    monkeypatch.setattr(machine_code.shipped, "FOLDER", tmp_path / "shipped")
    monkeypatch.setattr(machine_code.shipped.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(machine_code.shipped.sys, "platform", "linux")
    monkeypatch.setattr(machine_code, "_processor", lambda: FLAGS)
    monkeypatch.setattr(machine_code, "folder", lambda: tmp_path / "own")
    monkeypatch.delenv("GAINSTAGE_COMPILES", raising=False)
    machine_code.ship("core.checks.kernels", CODES)
    return monkeypatch


CODES = {"loop": Code("loop", "none", (), b"machine")}


def test_code_that_came_with_the_package_is_used_while_none_was_made_here(with_shipped):
    assert machine_code.cached("core.checks.kernels") == CODES
    assert machine_code.cached("core.dsp.kernels") == {} and not machine_code.is_ready()
    for module in machine_code.SOURCES:
        machine_code.ship(module, CODES)
    assert machine_code.is_ready() and not machine_code.is_own()


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.setattr(machine_code, "_processor", lambda: "flags : fpu avx sse4_2"),
        lambda patch: patch.setattr(machine_code.shipped.platform, "machine", lambda: "aarch64"),
        lambda patch: patch.setattr(machine_code.shipped.sys, "platform", "darwin"),
        lambda patch: patch.setattr(machine_code.shipped, "version", lambda name: "0.99.1"),
        lambda patch: patch.setenv("GAINSTAGE_COMPILES", "1"),
        lambda patch: patch.setitem(machine_code.SOURCES, "core.checks.kernels", Path(__file__)),
    ],
    ids=["processor", "machine", "system", "numba", "compiling", "sources"],
)
def test_code_for_another_machine_compiler_or_source_is_not_used(with_shipped, change):
    change(with_shipped)
    assert machine_code.cached("core.checks.kernels") == {}


def test_own_code_goes_before_what_came_with_the_package(with_shipped, tmp_path):
    (tmp_path / "own").mkdir()
    machine_code.keep("core.checks.kernels", own := {"loop": Code("loop", "none", (), b"own")})
    assert machine_code.cached("core.checks.kernels") == own
