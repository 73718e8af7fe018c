"""The import rules and other promises of ARCHITECTURE.md, read off the code."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from core.runs.pipeline import STAGE_NAMES

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "core").rglob("*.py"))
SITE = [*sorted((ROOT / "pages").rglob("*.py")), ROOT / "streamlit_app.py"]

MODELS = ("spleeter", "acestep15", "acestep", "musicgen", "audiocraft", "demucs", "writer", "planner")
HEAVY = {
    "torch": tuple(f"core/engines/{name}/" for name in MODELS),
    "transformers": tuple(f"core/engines/{name}/" for name in MODELS),
    "diffusers": ("core/engines/acestep15/",),
    "demucs": ("core/engines/demucs/",),
    "dask": (),
    "distributed": (),
    "librosa": (),
    "numba": ("core/meter/compiling.py",),
    "llvmlite": ("core/meter/native.py",),
    "scipy": ("core/meter/", "core/checks/", "core/dsp/", "core/engines/"),
    "pedalboard": ("core/engines/effects/chain.py",),
    "onnx": ("core/engines/composer/",),
    "onnxruntime": ("core/engines/composer/",),
    "hibari": ("core/engines/composer/",),
    "midirenderer": ("core/engines/composer/",),
    "matchering": ("core/engines/matchering/",),
    "statsmodels": (),
    "resampy": (),
    "mido": ("core/engines/composer/", "core/midi/reading.py"),
    "plotly": ("core/ui/waterfall.py",),
    "pandas": (),
    "soundfile": (),
    "av": (),
    "soxr": ("core/engines/",),
}
LAYERS = (
    "values errors progress",
    "containers sentences settings",
    "machine",
    "audio",
    "measure meter",
    "compare",
    "song",
    "contract dsp",
    "writing",
    "midi checks",
    "diagnosis",
    "inspect delivery",
    "engines",
    "stages",
    "faults facts",
    "runs",
    "models blame",
    "studio probe",
    "bundle drill api watch batch",
    "cli ui adapters",
    "__main__",
)
"""The rooms of ``core`` from the bottom to the top: each imports those below it and on its own line.

``measure`` is the way into ``meter``; on every other line no room imports another of the same line.
"""
TABLES = ("core/writing/genres.py",)
"""Files that are one long table, which is easier to read in one piece."""
BROAD = {
    "core/engines/registry.py": "shows another package's engine that cannot be imported as unavailable",
    "core/engines/child.py": "turns every exception of a worker into a message to its parent",
    "core/runs/runner.py": "shows a bug of ours on the page as what it is",
    "core/ui/problem.py": "shows a bug of ours on the page, and logs its traceback",
    "core/probe/probe.py": "the program goes on, whatever becomes of its probe",
    "core/probe/recorder.py": "the program goes on, and its run says what is missing",
    "core/runs/jobs.py": "keeps it on the job, raised by whoever waits",
}


def name(path):
    return path.relative_to(ROOT).as_posix()


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


@dataclass(frozen=True)
class Source:
    """What the rules ask of one file."""

    at_top: frozenset[str]
    """Modules that importing it imports: not those inside functions or under TYPE_CHECKING."""
    everywhere: frozenset[str]
    imported: frozenset[str]
    """Modules of ours that it imports, anywhere in it."""
    broad: tuple[int, ...]
    """Lines of handlers that catch everything and raise nothing."""
    builds_findings: bool


@cache
def source(path):
    """Read a file once for all rules."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    everywhere, imported, broad, calls = set(), set(), [], set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            everywhere.update(modules(node))
            imported.update(modules_of_ours(node))
        elif isinstance(node, ast.ExceptHandler) and catches_all(node):
            broad.append(node.lineno)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            calls.add(node.func.id)
    at_top = {
        m for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)) for m in modules(node)
    }
    return Source(
        frozenset(at_top), frozenset(everywhere), frozenset(imported), tuple(broad), "Finding" in calls
    )


def modules(node):
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if node.module else []


def modules_of_ours(node):
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names if alias.name in MODULES}
    if node.module not in MODULES:
        return set()
    inner = [f"{node.module}.{alias.name}" for alias in node.names]
    return {one if one in MODULES else node.module for one in inner}


def catches_all(handler):
    caught = handler.type
    names = {n.id for n in ast.walk(caught) if isinstance(n, ast.Name)} if caught else {"everything"}
    raises = any(isinstance(n, ast.Raise) for n in ast.walk(handler))
    return bool(names & {"Exception", "BaseException", "everything"}) and not raises


def users_of(package):
    return [name(path) for path in FILES if package in {m.split(".")[0] for m in source(path).everywhere}]


def test_streamlit_is_imported_by_the_interface_alone():
    assert [user for user in users_of("streamlit") if not user.startswith("core/ui/")] == []


def test_what_is_heavy_is_imported_where_it_is_used():
    """Only in its own folder, or inside the function that needs it."""
    early = [
        (name(path), module)
        for path in FILES
        for module in source(path).at_top
        if (top := module.split(".")[0]) in HEAVY and not name(path).startswith(HEAVY[top] or ("nowhere",))
    ]
    assert early == []


def layer_of(module):
    room = module.split(".")[1]
    return next(number for number, layer in enumerate(LAYERS) if room in layer.split())


def may_import(own, other):
    room, theirs = own.split(".")[1], other.split(".")[1]
    beside = room == theirs or {room, theirs} == {"measure", "meter"}
    return layer_of(other) < layer_of(own) or (layer_of(other) == layer_of(own) and beside)


def test_no_module_imports_one_above_it():
    own = [module for module in MODULES if module != "core"]
    pairs = [(module, other) for module in own for other in source(MODULES[module]).imported - {"core"}]
    assert [pair for pair in pairs if not may_import(*pair)] == []


def test_no_module_imports_itself_by_way_of_others():
    imports = {module: source(path).imported - {module, "core"} for module, path in MODULES.items()}
    while leaves := [module for module, others in imports.items() if not others & imports.keys()]:
        for module in leaves:
            del imports[module]
    circles = {m for m, others in imports.items() if any(m in imports.get(o, ()) for o in others)}
    assert not imports, f"modules import each other in a circle: {sorted(circles or imports)}"


@pytest.mark.parametrize(
    ("package", "room"), [("pedalboard", "core/engines/effects/"), ("matchering", "core/engines/matchering/")]
)
def test_a_package_under_the_gpl_is_imported_by_its_engine_alone(package, room):
    users = users_of(package)
    assert users
    assert all(user.startswith(room) for user in users), users


STAGE_FILES = {f"core.stages.{stage}" for stage in STAGE_NAMES}


@pytest.mark.parametrize("module", sorted(STAGE_FILES))
def test_stages_do_not_know_each_other(module):
    assert not source(MODULES[module]).imported & (STAGE_FILES - {module})


def test_a_file_is_short_and_named_for_its_idea():
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert [name(path) for path in FILES if lines[path] > (600 if name(path) in TABLES else 400)] == []
    assert [name(path) for path in FILES if path.stem in ("utils", "helpers", "misc", "common")] == []


def test_nothing_hides_an_error():
    hidden = [(name(path), source(path).broad) for path in (*FILES, *SITE) if source(path).broad]
    assert [one for one in hidden if one[0] not in BROAD] == []
    assert {one for one, _ in hidden} == set(BROAD), "an excuse is no longer needed"


def test_a_finding_is_built_by_the_contract_alone():
    assert [name(path) for path in FILES if source(path).builds_findings] == ["core/contract.py"]


def test_every_requirement_is_pinned():
    for path in ROOT.glob("requirements*.txt"):
        for written in path.read_text().splitlines():
            line = written.split("#")[0].strip()
            if line and not line.startswith("-r "):
                assert re.fullmatch(r"[A-Za-z0-9_.\-\[\]]+==[A-Za-z0-9_.]+", line), f"{path.name}: {line}"


def test_the_top_level_is_what_the_owner_asked_for():
    for wanted in (
        "streamlit_app.py",
        "pages",
        "core",
        ".streamlit/config.toml",
        "tests",
        "requirements.txt",
        "requirements-lite.txt",
        "packages.txt",
        "README.md",
        "ARCHITECTURE.md",
        "LICENSE",
        "NOTICE",
        "Makefile",
        ".ci/run",
        "benchmarks",
    ):
        assert (ROOT / wanted).exists(), wanted


def test_every_folder_stands_in_the_architecture():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    for folder in (ROOT / "core").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert f"core/{folder.name}/" in text, folder.name
