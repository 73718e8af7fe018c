"""No name of a file, a stem or a song breaks a page, or is taken for markup by one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import escape

import numpy as np
import pytest
from streamlit.errors import StreamlitAPIException
from streamlit.testing.v1 import AppTest

from core.audio import Audio, Stems
from core.runs.pipeline import RunSettings
from core.song import SongRequest, Upload
from core.ui import mixer
from core.ui.keys import hashed
from core.ui.uploads import display_name, place_in_folder
from core.ui.words import plain
from tests.ui import fake_studio
from tests.ui.conftest import markup
from tests.ui.fake_studio import FakeStudio
from tests.ui.hostile_names import HOSTILE
from tests.ui.test_compare_page import wav

Site = Callable[..., AppTest]
RATE = 8_000
FILES = tuple(name for name in HOSTILE if "\0" not in name)
"""Streamlit itself refuses an upload with a null byte in its name."""
OPENED = ("__a", "a__b", "_vocals", "line\nbreak", "$$latex$$", "<script>alert(1)</script>", "x" * 300)


def sound(number: int) -> np.ndarray:
    t = np.arange(RATE) / RATE
    return np.stack([0.2 * np.sin(2 * np.pi * (200 + 9 * number) * t)] * 2, 1).astype(np.float32)


@pytest.fixture
def hostile(fake: FakeStudio, monkeypatch: pytest.MonkeyPatch) -> str:
    """A song whose stems, upload and prompt have every hostile name."""
    stems = {name: Audio(sound(number), RATE) for number, name in enumerate(HOSTILE)}
    monkeypatch.setattr(fake_studio, "band", lambda *_: Stems(stems))
    keys = {name: fake.keep(audio)[0] for name, audio in stems.items()}
    upload = Upload(sounds=keys, names={name: f"{name}.wav" for name in keys})
    request = SongRequest(prompt="__ $$x$$ :red[y] <b>", duration_s=3, upload=upload)
    return fake.start(request, RunSettings(), "somebody")


def labels(test: AppTest) -> list[str]:
    """Every label of the page that is read as markdown."""
    kinds = ("expander", "toggle", "slider", "button", "checkbox", "download_button", "number_input")
    found = [str(getattr(one, "label", "")) for kind in kinds for one in test.get(kind)]
    return [*found, *(option for pills in test.get("button_group") for option in pills.options)]


@pytest.mark.parametrize("page", ["", "separate", "enhance", "mix", "export", "library", "compare"])
def test_a_song_with_hostile_names_is_drawn_on_every_page(site: Site, hostile: str, page: str) -> None:
    test = site(page, hostile)
    assert not test.exception
    html = markup(test)
    assert "gs-problem" not in html
    assert not re.search(r"<(script|img|b>bold)", html)


def test_every_stem_has_its_controls_under_its_own_name(site: Site, hostile: str) -> None:
    shown = labels(site("enhance", hostile))
    for name in HOSTILE:
        assert plain(name) in shown


def test_every_stem_has_a_strip_under_its_own_name(
    site: Site, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    monkeypatch.setattr(mixer, "_component", lambda **given: sent.append(json.loads(given["data"]["json"])))
    site("mix", hostile)
    assert [strip["name"] for strip in sent[-1]["strips"]] == list(HOSTILE)
    assert all(strip["label"].strip() for strip in sent[-1]["strips"])


def test_every_stem_can_be_opened_and_is_named_in_the_table(site: Site, hostile: str) -> None:
    test = site("separate", hostile)
    html = markup(test)
    (parts,) = [group for group in test.get("button_group") if group.key.startswith("part_separate")]
    assert all(escape(name) in html for name in HOSTILE)
    for name in OPENED:
        parts.set_value(name).run()
        assert not test.exception
        assert "gs-problem" not in markup(test)


def files(number_of: range) -> list[tuple[str, bytes, str]]:
    return [(f"{FILES[n]}.wav", wav(sound(n)), "audio/wav") for n in number_of]


def test_files_with_hostile_names_are_analysed_as_a_table(site: Site) -> None:
    test = site("look")
    test.file_uploader(key="look").set_value(files(range(len(FILES)))).run()
    assert not test.exception
    assert "gs-problem" not in markup(test)
    shown = list(test.dataframe[0].value["File"])
    assert shown == [place_in_folder(f"{name}.wav") for name in FILES]
    assert not any(part in ("", ".", "..") for one in shown for part in one.split("/"))
    for name, one in zip(FILES, shown, strict=True):
        assert one.endswith(display_name(f"{name}.wav"))


@pytest.mark.parametrize("first", range(0, len(FILES), 3))
def test_files_with_hostile_names_are_analysed(site: Site, first: int) -> None:
    few = range(len(FILES))[first : first + 3]
    test = site("look")
    test.file_uploader(key="look").set_value(files(few)).run()
    assert not test.exception
    html = markup(test)
    assert "gs-problem" not in html
    for number in few:
        assert escape(display_name(f"{FILES[number]}.wav")) in html


def test_files_with_hostile_names_are_compared(site: Site) -> None:
    test = site("compare")
    test.segmented_control(key="compare_source").set_value("Upload files").run()
    test.file_uploader(key="chain_files").set_value(files(range(len(FILES)))).run()
    assert not test.exception
    html = markup(test)
    assert "gs-problem" not in html
    assert not re.search(r"<(script|img|b>bold)", html)


@pytest.mark.parametrize("name", ["a\x00b", "line\nbreak", "\u202eevil.wav", "../../x.wav", "..", "", "\x07"])
def test_a_files_name_on_a_page_is_one_line_without_what_no_page_can_show(name: str) -> None:
    shown = display_name(name)
    assert shown == shown.strip()
    assert not set(shown) & set("\x00\x07\n\r\t\u202e/")


def test_keys_tell_every_name_apart_and_hold_none_of_their_letters() -> None:
    keys = [hashed("wave", name) for name in HOSTILE]
    assert len(set(keys)) == len(HOSTILE)
    assert all(re.fullmatch("[0-9a-f]{32}", key) for key in keys)
    assert hashed("a", "bc") != hashed("ab", "c")
    assert hashed("\ud800")


def test_markdown_is_no_markup_in_a_label() -> None:
    for name in HOSTILE:
        bare = re.sub(r"\\(.)", r"\1", plain(name))
        assert bare == " ".join(name.split())
        assert not re.search(r"(?<!\\)[*_`$\[\]<>~|#:&]", plain(name))


def test_streamlits_components_refuse_what_names_hold() -> None:
    """What the keys are hashed for: when this no longer fails, they need not be."""
    from streamlit.components.v2.bidi_component.main import _make_trigger_id

    with pytest.raises(StreamlitAPIException):
        _make_trigger_id("wave_a__b", "play")
