"""The import rules and other promises of ARCHITECTURE.md, read off the code."""

from __future__ import annotations

import ast
import re
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


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(nodes):
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def at_top(path):
    """Modules that importing the file imports: not those inside functions or under TYPE_CHECKING."""
    return list(modules(node for node in tree(path).body if isinstance(node, (ast.Import, ast.ImportFrom))))


def everywhere(path):
    return list(modules(ast.walk(tree(path))))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_folder_imports_only_what_it_may(path):
    for module in everywhere(path):
        top = module.split(".")[0]
        if top == "streamlit":
            assert name(path).startswith("core/ui/"), f"{name(path)} imports streamlit"
    for module in at_top(path):
        top = module.split(".")[0]
        if top in HEAVY:
            assert name(path).startswith(HEAVY[top]) if HEAVY[top] else False, (
                f"{name(path)} imports {module} when it is imported; import it where it is used"
            )


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def imported(path):
    """Modules of ours that a file imports, anywhere in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)


def layer_of(module):
    room = module.split(".")[1]
    return next(number for number, layer in enumerate(LAYERS) if room in layer.split())


@pytest.mark.parametrize("path", [p for p in FILES if p != ROOT / "core/__init__.py"], ids=name)
def test_no_module_imports_one_above_it(path):
    own, room = layer_of(module_of(path)), module_of(path).split(".")[1]
    for module in set(imported(path)) - {"core"}:
        other = module.split(".")[1]
        beside = other == room or {room, other} == {"measure", "meter"}
        assert layer_of(module) < own or (layer_of(module) == own and beside), f"{name(path)}: {module}"


def test_no_module_imports_itself_by_way_of_others():
    imports = {module: set(imported(path)) - {module, "core"} for module, path in MODULES.items()}
    while leaves := [module for module, others in imports.items() if not others & imports.keys()]:
        for module in leaves:
            del imports[module]
    circles = {m for m, others in imports.items() if any(m in imports.get(o, ()) for o in others)}
    assert not imports, f"modules import each other in a circle: {sorted(circles or imports)}"


@pytest.mark.parametrize(
    ("package", "room"), [("pedalboard", "core/engines/effects/"), ("matchering", "core/engines/matchering/")]
)
def test_a_package_under_the_gpl_is_imported_by_its_engine_alone(package, room):
    users = {name(path) for path in FILES if package in {m.split(".")[0] for m in everywhere(path)}}
    assert users
    assert all(user.startswith(room) for user in users), users


STAGE_FILES = {f"core.stages.{stage}" for stage in STAGE_NAMES}


@pytest.mark.parametrize("module", sorted(STAGE_FILES))
def test_stages_do_not_know_each_other(module):
    assert not set(imported(MODULES[module])) & (STAGE_FILES - {module})


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_short(path):
    longest = 600 if name(path) in TABLES else 400
    assert len(path.read_text(encoding="utf-8").splitlines()) <= longest
    assert path.stem not in ("utils", "helpers", "misc", "common")


def broad_handlers(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ExceptHandler):
            caught = node.type
            names = {n.id for n in ast.walk(caught) if isinstance(n, ast.Name)} if caught else {"everything"}
            raises = any(isinstance(n, ast.Raise) for n in ast.walk(node))
            if names & {"Exception", "BaseException", "everything"} and not raises:
                yield node.lineno


@pytest.mark.parametrize("path", [*FILES, *SITE], ids=name)
def test_nothing_hides_an_error(path):
    if name(path) not in BROAD:
        assert list(broad_handlers(path)) == []


def test_the_excuses_for_broad_handlers_are_still_needed():
    for excused in BROAD:
        assert list(broad_handlers(ROOT / excused)), f"{excused} needs no excuse any more"


def test_a_finding_is_built_by_the_contract_alone():
    for path in FILES:
        calls = {
            n.func.id
            for n in ast.walk(tree(path))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        assert name(path) == "core/contract.py" or "Finding" not in calls, path


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
