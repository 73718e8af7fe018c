"""ARCHITECTURE.md's "To add something", done in a copy: a stage, an engine, a check and a fault."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STAGE = {
    "core/stages/polish.py": '''"""Polish: each stem through an engine."""

from typing import ClassVar

from core.checks import COMMON
from core.checks.polished import Polished
from core.contract import Contract, Figures
from core.engines.base import EngineOptions
from core.stages.base import Choice, MadeBy, Material, Output, StageSettings
from core.stages.choice import best_engine, options_field


class PolishSettings(StageSettings):
    """Settings."""

    options: EngineOptions = options_field()


class PolishStage:
    """Stems in, stems out."""

    name: ClassVar[str] = "polish"
    title: ClassVar[str] = "Polish"
    about: ClassVar[str] = "Each stem made quieter."
    icon: ClassVar[str] = ":material/cleaning_services:"
    version: ClassVar[int] = 1
    delivers: ClassVar[Material] = Material.STEMS
    takes: ClassVar[tuple[Material, ...]] = (Material.STEMS,)
    settings_type: type[PolishSettings] = PolishSettings
    figures_type: ClassVar[type[Figures]] = Figures
    contract: Contract = Contract((*COMMON, Polished()))

    def choose(self, settings, sounds, engines) -> Choice:
        return best_engine("polish", engines, "", settings.options, "none")

    def run(self, work) -> Output:
        card = work.engines.card(work.engine)
        values = card.options(work.settings.options).model_dump(mode="json")
        stems = work.inputs[Material.STEMS]
        reply = work.engines.call(card.name, "lower", values=values, sounds=stems, report=work.report)
        return Output(made_by=MadeBy(card.name, card.title, card.version), sounds=dict(reply.sounds))
''',
    "core/stages/table.py": (
        ("    EnhanceStage(),\n", "    PolishStage(),\n    EnhanceStage(),\n"),
        (
            "from core.stages.separate import",
            "from core.stages.polish import PolishStage\nfrom core.stages.separate import",
        ),
    ),
    "pages/polish.py": '''"""The polish stage: its settings and its panel."""

from core.ui.site import draw
from core.ui.stage_page import stage_page

draw(stage_page, "polish")
''',
}
ENGINE = {
    "core/engines/hush/card.py": '''"""Hush."""

from core.engines.base import Availability, EngineCard, EngineSettings
from core.settings import knob


class HushSettings(EngineSettings):
    """How much."""

    depth_db: float = knob(1, 0, 12, "dB", "Depth", "How much quieter.")


CARD = EngineCard(
    name="hush",
    title="Hush",
    stage="polish",
    worker="core.engines.hush.worker",
    version="1",
    summary="Makes stems quieter.",
    licence="Apache-2.0",
    how_to_add="It is built in.",
    settings=HushSettings,
)


def available() -> Availability:
    """It needs nothing."""
    return Availability(True, "It needs nothing.")
''',
    "core/engines/hush/worker.py": '''"""The child's side of Hush."""


class Worker:
    device = "cpu"
    precision = "float32"

    def lower(self, values, sounds, report):
        gain = 10 ** (-values["depth_db"] / 20)
        return {}, {name: (samples * gain, rate) for name, (samples, rate) in sounds.items()}
''',
    "core/engines/registry.py": (
        (
            "from core.engines.matchering import",
            "from core.engines.hush import card as hush\nfrom core.engines.matchering import",
        ),
        ("    effects,\n", "    effects,\n    hush,\n"),
    ),
}
CHECK = {
    "core/checks/polished.py": '''"""Nothing got louder."""

from dataclasses import dataclass
from typing import ClassVar

from core.checks.context import came_in
from core.contract import Check, Finding, Rank, Severity


@dataclass(frozen=True)
class Polished(Check):
    """No stem is louder than it came."""

    name: ClassVar[str] = "polished"
    rank: ClassVar[Rank] = Rank.TRACE

    def examine(self, sound, case):
        """Compare the peaks."""
        before, peak = came_in(sound, case), sound.measurement.sample_peak_dbfs
        if before is None or peak is None or before.measurement.sample_peak_dbfs is None:
            return None
        if peak <= before.measurement.sample_peak_dbfs + 0.01:
            return self.ok("It is no louder than it came.", sound)
        return Finding(
            check=self.name,
            severity=Severity.FAIL,
            artifact=sound.name,
            evidence=f"It peaks at {peak:.1f} dBFS, higher than it came.",
            causes=("the gain has the wrong sign",),
            remedy="Run the stage again.",
        )
''',
}
"""With its line in the contract of the stage above."""
FAULT = {
    "core/faults/sound.py": (
        (
            "SOUND_FAULTS: tuple[Fault, ...] = (\n",
            """SOUND_FAULTS: tuple[Fault, ...] = (
    Fault(
        "wrong_sign",
        "A gain of the wrong sign",
        "What was to be made quieter was made louder.",
        Evidence.IN_OUT,
        ("polished",),
        "wrong sign",
        inject=lambda audio, rng: type(audio)(audio.samples * 1.3, audio.sample_rate),
        stages=("polish",),
    ),
""",
        ),
    ),
}
ADDED = {"stage": STAGE, "engine": ENGINE, "check": CHECK, "fault": FAULT}
DOCUMENTED = {"stage": 3, "engine": 3, "check": 2, "fault": 1}


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """A copy of the house with all four added, and nothing else changed."""
    copy = tmp_path_factory.mktemp("house")
    for name in ("core", "pages", "tests"):
        shutil.copytree(ROOT / name, copy / name)
    shutil.copyfile(ROOT / "streamlit_app.py", copy / "streamlit_app.py")
    for files in ADDED.values():
        for name, change in files.items():
            path = copy / name
            if isinstance(change, str):
                path.parent.mkdir(exist_ok=True)
                path.write_text(change, encoding="utf-8")
                continue
            text = path.read_text(encoding="utf-8")
            for before, after in change:
                assert text.count(before) == 1, (name, before)
                text = text.replace(before, after)
            path.write_text(text, encoding="utf-8")
    return copy


END = "import os, sys; sys.stdout.flush(); os._exit(0)"
"""A page's threads may be in a library's code while the interpreter ends, which some take for a fault."""


def told(house: Path, script: str) -> dict:
    """What a program prints, as its last line of JSON, that runs in the copy."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(house),
        "GAINSTAGE_HOME": str(house / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", f"{script}\n{END}"],
        cwd=house,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("what", ADDED)
def test_adding_takes_no_more_places_than_the_document_says(what):
    contract_line = 1 if what == "check" else 0
    assert len(ADDED[what]) + contract_line == DOCUMENTED[what] <= {"fault": 2}.get(what, 3)
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    (entry,) = re.findall(rf"^- \*\*An? {what}\*\*:.*?(?=^- \*\*)", text, re.MULTILINE | re.DOTALL)
    folders = {"pages/" if name.startswith("pages") else str(Path(name).parent) for name in ADDED[what]}
    for folder in folders:
        assert folder.removesuffix("/hush") in entry, folder


RUN = """
import contextlib
import io
import json
from pathlib import Path
import numpy as np
from core.audio import Audio, write
from core.bundle.report import report_html
from core.cli.main import main
from core.engines.opened import open_engines
from core.facts.doctor import diagnose
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from tests.fakes import stems_of
from tests.sounds import band

home = Path("home")
home.mkdir()
files = {}
for name, audio in stems_of(band(), 1).items():
    files[f"{name}.wav"] = Path(f"{name}.wav")
    write(files[f"{name}.wav"], audio)
engines = open_engines()
studio = Studio(home, engines)
settings = RunSettings().with_values(
    {"polish.hush.depth_db": "6", "enhance.bypass": "true", "export.stems": "false"}
)
run = studio.wait(studio.start(SongRequest(upload=studio.upload(files)), settings, "me"), 300)
keys = {s.stage: {a.name: a.key for a in s.artifacts} for s in run.steps}
peaks = {s.stage: {a.name: a.measurement.sample_peak_dbfs for a in s.artifacts} for s in run.steps}
reopened = studio.run(run.id)
said = io.StringIO()
with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
    status = main(["song", "--prompt", "x", "--out", "out", "--set", "polish.hush.depth_db=99"])
print(json.dumps({
    "steps": [(s.stage, s.title, s.error.message if s.error else "") for s in run.steps],
    "keys": keys,
    "peaks": peaks,
    "whole": run.step("polish").whole is not None,
    "checks": sorted({f.check for f in run.step("polish").findings}),
    "depth": reopened.settings.polish.options["hush"].depth_db,
    "report": report_html(studio, run),
    "doctor": [fact.name for fact in diagnose(engines, home)],
    "refused": [status, said.getvalue()],
}))
studio.close()
"""


@pytest.fixture(scope="module")
def made(house):
    return told(house, RUN)


def test_the_stage_takes_what_the_one_before_delivers_and_the_next_one_hears_it(made):
    order = [name for name, _, _ in made["steps"]]
    assert order.index("separate") + 1 == order.index("polish") == order.index("enhance") - 1
    assert not any(error for _, _, error in made["steps"]), made["steps"]
    for stem, before in made["peaks"]["separate"].items():
        assert made["peaks"]["polish"][stem] == pytest.approx(before - 6, abs=0.01)
    assert made["keys"]["enhance"] == made["keys"]["polish"]
    assert made["whole"], "stems stand for their stage by their sum"


def test_the_command_line_the_doctor_the_report_and_the_stored_settings_know_it(made):
    status, said = made["refused"]
    assert status != 0 and "depth_db" in said and "12" in said
    assert "polish: Hush" in made["doctor"]
    assert "Polish" in made["report"] and "Hush" in made["report"]
    assert made["depth"] == 6
    assert "polished" in made["checks"]


PAGES = """
import json
from pathlib import Path
from streamlit.testing.v1 import AppTest
from core.runs.pipeline import RunSettings
from core.song import SongRequest
from core.studio import Studio
from tests.ui.fake_studio import FakeStudio

home = Path("pages-home")
home.mkdir(exist_ok=True)
fake = FakeStudio(home)
Studio.open = classmethod(lambda cls, **_: fake)
run = fake.start(SongRequest(prompt="a", duration_s=4), RunSettings(), "me")


def shown(page):
    test = AppTest.from_file("streamlit_app.py", default_timeout=60)
    test.query_params["run"] = run
    test.run()
    if page:
        test.switch_page(f"pages/{page}.py").run()
    html = " ".join(str(block.proto.body) for block in test.get("html"))
    links = [link.proto.page for link in test.get("page_link")]
    return {"html": html, "links": links, "errors": [str(e.value) for e in test.exception]}


pages = ("", *(["polish", "export"] if Path("pages/polish.py").exists() else []))
print(json.dumps({page: shown(page) for page in pages}))
"""


def test_home_and_its_page_show_it_and_the_later_pages_move_up(house):
    pages = told(house, PAGES)
    assert [page["errors"] for page in pages.values()] == [[], [], []]
    assert "Polish" in pages[""]["html"]
    assert any("polish" in link for link in pages[""]["links"])
    assert "5 Polish" in pages["polish"]["html"] and "Each stem made quieter." in pages["polish"]["html"]
    assert "9 Export" in pages["export"]["html"]


def test_without_its_page_home_shows_the_stage_without_a_link(house, tmp_path):
    away = tmp_path / "polish.py"
    shutil.move(house / "pages/polish.py", away)
    try:
        home = told(house, PAGES)[""]
    finally:
        shutil.move(away, house / "pages/polish.py")
    assert home["errors"] == [] and "Polish" in home["html"]
    assert not any("polish" in link for link in home["links"])


DRILL = """
import json
from core.contract import Severity
from core.drill.run import Drill, cells
drill = Drill()
chosen = [c for c in cells(stage="polish") if c.fault.name in ("wrong_sign", "zeros")]
caught = {c.fault.name: drill.catch(c) for c in chosen}
drill.close()
print(json.dumps({n: [c.right, c.at, c.by] for n, c in caught.items()}))
"""


def test_the_drill_has_the_fault_and_those_of_every_sound_happen_to_the_stage(house):
    assert told(house, DRILL) == {
        "wrong_sign": [True, "polish", "polished"],
        "zeros": [True, "polish", "not_silent"],
    }
