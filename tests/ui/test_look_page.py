"""Analysing files; and that Compare says of a file what Analyze says of it, judged by the studio itself."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.studio import Studio
from core.ui.look_table import as_csv
from core.ui.uploads import place_in_folder
from tests.fakes import HouseEngines
from tests.ui.conftest import ROOT, markup
from tests.ui.test_compare_page import tune, wav

Open = Callable[[str], AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """The site over a real studio, whose store measures and judges."""
    st.cache_resource.clear()
    st.cache_data.clear()
    studio = Studio(tmp_path, HouseEngines())
    monkeypatch.setattr(Studio, "open", classmethod(lambda cls, **_: studio))

    def page(name: str) -> AppTest:
        test = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=300).run()
        return test.switch_page(f"pages/{name}.py").run()

    yield page
    st.cache_resource.clear()
    studio.close()


def nan(samples: np.ndarray) -> np.ndarray:
    broken = samples.copy()
    broken[1000:2000] = np.nan
    return broken


SOUNDS = {
    "good": tune(),
    "silent": np.zeros_like(tune()),
    "NaN": nan(tune()),
    "over-compressed": np.tanh(40 * tune()),
    "short": tune(0.2),
}


def looked_at(opened: Open, *files: tuple[str, bytes]) -> AppTest:
    test = opened("look")
    test.file_uploader(key="look").set_value([(name, data, "audio/wav") for name, data in files]).run()
    assert not test.exception
    return test


def compared(opened: Open, *files: tuple[str, bytes]) -> AppTest:
    test = opened("compare")
    test.segmented_control(key="compare_source").set_value("Upload files").run()
    test.file_uploader(key="chain_files").set_value([(name, data, "audio/wav") for name, data in files]).run()
    assert not test.exception
    return test


def badge(html: str) -> str:
    """The first verdict that stands beside a name."""
    beside = re.search(r"(?:<h2>|<th>\d )[^<]*(?:</h2><span>)?\s*<span class=\"gs-badge gs-(\w+)\"", html)
    assert beside, html
    return beside[1]


def found(html: str) -> list[str]:
    """Every finding that is shown in full."""
    return re.findall(r'<div title="[^"]*"><span class="gs-badge gs-\w+">\w+</span>(.*?)</div>', html)


@pytest.mark.parametrize("name", list(SOUNDS))
def test_analyze_and_compare_have_one_verdict_and_one_list_of_findings(opened: Open, name: str) -> None:
    data = wav(SOUNDS[name])
    alone, chain = (markup(show(opened, ("song.wav", data))) for show in (looked_at, compared))
    assert badge(alone) == badge(chain)
    assert found(alone) == found(chain)


def test_an_unreadable_file_among_several_is_named_and_the_others_are_analysed(opened: Open) -> None:
    html = markup(
        looked_at(
            opened, ("good.wav", wav(tune())), ("__la la.wav", b"la la la"), ("also good.wav", wav(tune(2.0)))
        )
    )
    assert html.count('class="gs-problem"') == 1
    problem = html[html.index("gs-problem") :].split("</div>")[0]
    assert "__la la.wav" in problem and "What to do" in problem
    assert "upload-0001" not in html
    assert html.count('class="gs-meters"') == 2


def test_an_unreadable_file_among_several_is_named_and_the_others_are_compared(opened: Open) -> None:
    html = markup(
        compared(
            opened, ("raw.wav", wav(tune())), ("mix_2.wav", b"la la la"), ("master.wav", wav(0.5 * tune()))
        )
    )
    assert html.count('class="gs-problem"') == 1
    problem = html[html.index("gs-problem") :].split("</div>")[0]
    assert "mix_2.wav" in problem and "What to do" in problem
    assert "upload-0001" not in html
    assert "1 raw.wav" in html and "2 master.wav" in html


def test_files_that_are_all_unreadable_are_each_named(opened: Open) -> None:
    html = markup(compared(opened, ("raw.wav", b"la"), ("mix.wav", b""), ("master.wav", b"RIFF")))
    assert html.count('class="gs-problem"') == 3
    assert all(name in html for name in ("raw.wav", "mix.wav", "master.wav"))
    assert "gs-chain" not in html


def test_silence_is_infinitely_quiet_and_platforms_do_nothing(opened: Open) -> None:
    html = markup(looked_at(opened, ("silent.wav", wav(SOUNDS["silent"]))))
    assert html.count("−∞") >= 4
    assert "Silent: platforms do nothing." in html
    assert "gs-platforms" not in html


def test_more_than_a_few_files_are_a_table_and_an_unreadable_one_is_named(opened: Open) -> None:
    names = ("loud.wav", "=SUM(A1).wav", "silent.wav")
    sounds = (tune(), tune(0.5), np.zeros_like(tune()))
    files = [(name, wav(sound)) for name, sound in zip(names, sounds, strict=True)]
    test = looked_at(opened, *files, ("broken.wav", b"la la"))
    assert markup(test).count('class="gs-problem"') == 1
    frame = test.dataframe[0].value
    assert list(frame["File"]) == list(names)
    assert list(frame["Verdict"])[2] == "failed"
    loudness = frame["Loudness (LUFS)"].tolist()
    assert loudness[2] == -math.inf and all(map(math.isfinite, loudness[:2]))
    assert "gs-meters" not in markup(test)
    test.text_input(key="look_filter").set_value("SILENT.wav").run()
    assert list(test.dataframe[0].value["File"]) == ["silent.wav"]
    test.text_input(key="look_filter").set_value("").run()
    test.pills(key="look_verdicts").set_value(["failed"]).run()
    assert set(test.dataframe[0].value["Verdict"]) == {"failed"}
    test.text_input(key="look_filter").set_value("loud.wav").run()
    assert len(test.dataframe) == 0 and "No file is like that." in markup(test)


def test_files_of_one_name_are_told_apart_by_their_folders() -> None:
    assert place_in_folder("takes/one/vocals.wav") == "one/vocals.wav"
    assert place_in_folder("takes/two/vocals.wav") == "two/vocals.wav"
    assert place_in_folder("takes/../../vocals.wav") == "vocals.wav"
    assert place_in_folder("vocals.wav") == "vocals.wav"
    assert place_in_folder("a/b\n\u202ec.wav") == "b c.wav"


def test_a_table_as_csv_has_every_figure_and_no_formula() -> None:
    rows = [
        {"File": "=1+1.wav", "Loudness (LUFS)": -14.02, "Findings": "a, b"},
        {"File": "b", "Loudness (LUFS)": None},
    ]
    read = list(csv.DictReader(io.StringIO(as_csv(rows).decode("utf-8"))))
    assert read[0] == {"File": "'=1+1.wav", "Loudness (LUFS)": "-14.02", "Findings": "a, b"}
    assert read[1]["Loudness (LUFS)"] == ""
