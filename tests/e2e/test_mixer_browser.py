"""The mixer: what is audible in the browser is what the mix stage renders; hands, and what cannot be."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from core.audio import Audio, Stems, write
from core.measure import measure
from core.runs.stem_preview import preview_gain, save_stem_preview
from core.stages.mix import Fader, MixSettings, mix_stems
from tests.e2e.conftest import SONG_MS, comes
from tests.e2e.harness import component_page
from tests.e2e.test_studio_browser import card, finished, no_complaint

pytestmark = pytest.mark.browser

HERE = "https://mixer.test"
NULL_DB = -60
BOUNCED = """async (root) => {
  const buffer = await root.mixer.bounce();
  const sides = [0, 1].map((c) => buffer.getChannelData(c));
  const flat = new Float32Array(2 * buffer.length);
  flat.forEach((_, n) => { flat[n] = sides[n % 2][n >> 1]; });
  const bytes = new Uint8Array(flat.buffer);
  let text = "";
  for (let n = 0; n < bytes.length; n += 32768) text += String.fromCharCode(...bytes.subarray(n, n + 32768));
  return btoa(text);
}"""

Samples = npt.NDArray[np.float32]


@dataclass
class Desk:
    """The mixer's component on a page of its own, over stems made here."""

    page: Page
    sent: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def root(self) -> Locator:
        return self.page.locator(".mx")

    def show(self, stems: Stems, settings: MixSettings, **changes: Any) -> None:
        """Open the mixer as the studio would: it fetches the stems when it asks for them."""
        first = next(iter(stems.values()))
        strips = [_strip(name, audio, settings) for name, audio in stems.items()]
        data = {
            "kind": "mix",
            "id": "mixer:run:0",
            "strips": strips,
            "rendered": None,
            "rate": first.sample_rate,
            "channels": first.channels,
            "seconds": first.duration_s,
            "mono_check": settings.mono_check,
            "headroom_dbfs": settings.headroom_dbfs,
            "soloed": False,
            "note": "",
            "live": False,
            "urls": {},
        } | changes
        self.page.evaluate("(data) => window.show(data)", data)

    def load(self) -> None:
        """Press Play, and wait until the whole mix is reckoned."""
        self.root.locator(".play").click()
        expect(self.root.locator(".whole")).to_contain_text("LUFS")

    def bounced(self) -> Samples:
        flat = np.frombuffer(base64.b64decode(self.root.evaluate(BOUNCED)), "<f4")
        return flat.reshape(-1, 2)


def _strip(name: str, audio: Audio, settings: MixSettings) -> dict[str, Any]:
    fader = settings.fader(name)
    key = audio.key
    return {
        "name": name,
        "label": name,
        "key": key,
        "gain_db": fader.gain_db,
        "pan": fader.pan,
        "mute": fader.mute,
        "default_db": 0.0,
        "scale": preview_gain(measure(audio).sample_peak_dbfs),
        "missing": False,
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stems")


@pytest.fixture
def desk(chromium: Browser, files: Path) -> Iterator[Desk]:
    """The component with a stand-in for Streamlit, which answers a fetch with addresses."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    found = Desk(page)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.expose_function("sentToStudio", lambda name, value: found.sent.append((name, value)))

    def answer(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1]
        path = files / name
        if path.is_file():
            route.fulfill(path=path, content_type="audio/flac")
        else:
            route.fulfill(body=component_page("mixer", ANSWER), content_type="text/html; charset=utf-8")

    page.route(f"{HERE}/**", answer)
    page.goto(f"{HERE}/")
    yield found
    page.close()
    assert errors == []


ANSWER = """if (name !== "fetch") return;
      const urls = Object.fromEntries(JSON.parse(value).map((key) => [key, `/${key}.flac`]));
      setTimeout(() => window.show({ ...last, urls }), 0);"""


def band(
    count: int, channels: int, rate: int, *, files: Path, level: float = 0.2, seconds: float = 1.5
) -> Stems:
    """Return stems of noise and tones, written as the studio writes them for the mixer."""
    rng = np.random.default_rng(count * channels)
    t = np.arange(round(seconds * rate)) / rate
    sounds = {}
    for n in range(count):
        tone = np.sin(2 * np.pi * (110 * (n + 1)) * t)[:, None] * np.linspace(1, 0.6, channels)
        noise = rng.standard_normal((t.size, channels)) * np.exp(-6 * (t % 0.4))[:, None]
        sounds[f"stem {n + 1}"] = Audio((level * (tone + 0.3 * noise)).astype(np.float32), rate)
    for audio in sounds.values():
        save_stem_preview(files / f"{audio.key}.flac", audio, measure(audio).sample_peak_dbfs)
    return Stems(sounds)


def residual_db(found: Samples, wanted: Samples) -> float:
    """Level of what is left when both are subtracted, against the wanted one."""
    wide = np.repeat(wanted, 2, axis=1) if wanted.shape[1] == 1 else wanted
    assert found.shape == wide.shape
    left = np.sqrt(np.mean((found - wide) ** 2, dtype=np.float64))
    return float(20 * np.log10(max(left, 1e-12) / np.sqrt(np.mean(wide**2, dtype=np.float64))))


@dataclass(frozen=True)
class Mix:
    """Stems and what is done to them."""

    name: str
    count: int = 4
    channels: int = 2
    rate: int = 44_100
    level: float = 0.1
    faders: Mapping[int, Fader] = field(default_factory=dict)
    mono_check: bool = False


PANNED = {0: Fader(gain_db=-4.3, pan=-0.4), 1: Fader(gain_db=2, pan=1), 2: Fader(mute=True)}
EXTREME = {
    0: Fader(gain_db=12, pan=-1),
    1: Fader(gain_db=12, pan=1),
    2: Fader(gain_db=-60, pan=-1),
    3: Fader(gain_db=-60, mute=True),
}
MIXES = (
    Mix("faders, pan and mute", faders=PANNED),
    Mix("mono stems, panned", channels=1, faders=PANNED),
    Mix("mono stems, none panned", channels=1, faders={0: Fader(gain_db=-9)}),
    Mix("stems over full scale: the bus turns down", level=0.9, faders=PANNED),
    Mix("mono check", mono_check=True, faders=PANNED),
    Mix("every control at its extreme", level=0.4, faders=EXTREME),
    Mix("mono stems at every extreme", channels=1, level=0.4, faders=EXTREME),
    Mix("96 kHz", rate=96_000, faders=PANNED),
    Mix("sixteen stems", count=16, level=0.02, faders=PANNED),
    Mix("one stem", count=1, faders={0: Fader(gain_db=-20)}),
)


@pytest.mark.parametrize("mix", MIXES, ids=[mix.name for mix in MIXES])
def test_what_is_audible_is_what_the_stage_renders(desk: Desk, files: Path, mix: Mix) -> None:
    stems = band(mix.count, mix.channels, mix.rate, files=files, level=mix.level)
    names = list(stems)
    faders = {names[n]: fader for n, fader in mix.faders.items()}
    for name in names:
        faders.setdefault(name, Fader())
    settings = MixSettings(faders=faders, mono_check=mix.mono_check)
    desk.show(stems, settings)
    desk.load()
    rendered = mix_stems(stems, settings)
    assert residual_db(desk.bounced(), rendered.audio.samples) < NULL_DB
    reading = measure(rendered.audio)
    told = _figures(desk.root.locator(".whole").inner_text())
    assert reading.integrated_lufs is not None and reading.sample_peak_dbfs is not None
    assert told[0] == pytest.approx(reading.integrated_lufs, abs=0.11)
    assert told[1] == pytest.approx(reading.sample_peak_dbfs, abs=0.11)
    if rendered.bus_gain_db < 0:
        assert told[2] == pytest.approx(rendered.bus_gain_db, abs=0.11)


def _figures(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(r"[−\d][\d.]*\d", text)]


def test_hands_move_faders_that_are_audible_at_once_and_solo_is_not_rendered(desk: Desk, files: Path) -> None:
    stems = band(2, 2, 44_100, files=files, seconds=40)
    desk.show(stems, MixSettings(faders={name: Fader() for name in stems}))
    desk.load()
    fader, level = desk.page.get_by_label("stem 1 fader"), desk.page.get_by_label("stem 1 level in dB")
    for key, db in (
        ("PageDown", -3.0),
        ("ArrowUp", -2.5),
        ("Shift+ArrowDown", -2.6),
        ("Home", -60),
        ("End", 12),
        ("Delete", 0),
        ("ArrowLeft", -0.5),
    ):
        fader.press(key)
        assert float(level.input_value()) == db
    audible(desk, 10 ** (-0.5 / 20))
    fader.dblclick()
    assert float(level.input_value()) == 0
    level.fill("-6")
    level.press("Enter")
    audible(desk, 10 ** (-6 / 20))
    pan = desk.page.get_by_label("stem 2 pan", exact=True)
    pan.press("PageUp")
    pan.press("ArrowLeft")
    expect(pan).to_have_value("20")
    desk.page.get_by_label("Solo stem 2").click()
    audible(desk, 0)
    assert desk.root.evaluate("root => root.mixer.tap.threaded")
    render = desk.root.locator(".render")
    expect(render).to_have_text("Render 2 changes")
    before = residual_db(desk.bounced(), mix_stems(stems, sent_settings(desk)).audio.samples)
    assert before < NULL_DB
    desk.root.locator(".revert").click()
    expect(render).to_be_disabled()
    assert float(level.input_value()) == 0


def test_typed_values_end_at_the_controls_extremes_and_what_is_no_number_changes_nothing(
    desk: Desk, files: Path
) -> None:
    stems = band(2, 2, 44_100, files=files)
    desk.show(stems, MixSettings(faders={name: Fader() for name in stems}))
    level = desk.page.get_by_label("stem 1 level in dB")
    pan = desk.page.get_by_label("stem 1 pan, −100 left to 100 right")

    def typed(box: Locator, text: str) -> float:
        box.fill(text)
        box.press("Enter")
        return float(box.input_value())

    assert [typed(level, text) for text in ("999", "-999", "-3.14159", "")] == [12, -60, -3.14, -3.14]
    assert [typed(pan, text) for text in ("-500", "500", "33.4", "")] == [-100, 100, 33, 33]
    # At 0 too an emptied box shows what it stands at.
    assert [typed(level, text) for text in ("0", "")] == [0, 0]
    assert [typed(pan, text) for text in ("0", "")] == [0, 0]
    typed(level, "999")
    typed(pan, "-500")
    settings = sent_settings(desk)
    assert settings.fader("stem 1") == Fader(gain_db=12, pan=-1)
    for box in (level, pan):
        box.dblclick()
        assert float(box.input_value()) == 0


def sent_settings(desk: Desk) -> MixSettings:
    """Press Render, and return what was sent as settings."""
    desk.root.locator(".render").click()
    name, value = desk.sent[-1]
    assert name == "render"
    return MixSettings(
        faders={
            strip["name"]: Fader(**{k: strip[k] for k in ("gain_db", "pan", "mute")})
            for strip in json.loads(value)
        }
    )


def audible(desk: Desk, gain: float) -> None:
    """The first strip's gain in the graph is this one, without anything having been rendered."""
    at_hand = "root => root.mixer.graph.strips[0].sides[0].gain.value"
    reached = comes(desk.page, lambda: desk.root.evaluate(at_hand) == pytest.approx(gain, abs=0.01))
    assert reached, f"the fader's gain stays at {desk.root.evaluate(at_hand)}"


def test_a_touch_moves_a_fader_and_the_page_stays(chromium: Browser, desk: Desk, files: Path) -> None:
    stems = band(16, 2, 44_100, files=files, level=0.02)
    desk.page.set_viewport_size({"width": 400, "height": 800})
    desk.show(stems, MixSettings(faders={name: Fader() for name in stems}))
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 400
    fader = desk.page.get_by_label("stem 1 fader")
    box = fader.bounding_box()
    assert box is not None
    touch = desk.page.context.new_cdp_session(desk.page)
    x = box["x"] + box["width"] / 2
    points: Sequence[tuple[str, float]] = (
        ("touchStart", box["y"] + 0.35 * box["height"]),
        ("touchMove", box["y"] + 0.6 * box["height"]),
        ("touchMove", box["y"] + 0.8 * box["height"]),
    )
    for kind, y in points:
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert -45 < float(desk.page.get_by_label("stem 1 level in dB").input_value()) < -15
    assert desk.page.evaluate("scrollY") == 0


@pytest.mark.parametrize(
    ("changes", "spoils", "sentence"),
    [
        ({}, "delete window.AudioContext", "no Web Audio"),
        ({"seconds": 1_200, "rate": 96_000}, "", "MB of the browser's memory"),
        ({"channels": 6}, "", "Stems of 6 channels"),
    ],
)
def test_what_cannot_play_says_so_and_renders_all_the_same(
    desk: Desk, files: Path, changes: dict[str, Any], spoils: str, sentence: str
) -> None:
    stems = band(2, 2, 44_100, files=files)
    desk.page.evaluate(spoils)
    desk.show(stems, MixSettings(), **changes)
    expect(desk.root.locator(".note")).to_contain_text(sentence)
    expect(desk.root.locator(".play")).to_be_disabled()
    desk.page.get_by_label("stem 2 fader").press("PageUp")
    sent_settings(desk)


def test_moved_faders_stay_when_other_settings_are_applied_and_what_is_rendered_is_no_change(
    desk: Desk, files: Path
) -> None:
    stems = band(2, 2, 44_100, files=files)
    settings = MixSettings(faders={name: Fader() for name in stems})
    desk.show(stems, settings)
    desk.page.get_by_label("stem 1 fader").press("PageDown")
    desk.show(stems, settings, id="mixer:run:1", mono_check=True)
    expect(desk.root.locator(".render")).to_have_text("Render 1 change")
    rendered = MixSettings(faders={**settings.faders, "stem 1": Fader(gain_db=-3)})
    desk.show(stems, rendered, id="mixer:run:2")
    expect(desk.root.locator(".render")).to_have_text("Render")
    desk.show(stems, settings, id="mixer:run:3")
    assert float(desk.page.get_by_label("stem 1 level in dB").input_value()) == 0


def test_a_missing_stem_is_named_and_the_others_play(desk: Desk, files: Path) -> None:
    stems = band(2, 2, 44_100, files=files)
    settings = MixSettings(faders={name: Fader() for name in stems})
    strips = [_strip(name, audio, settings) for name, audio in stems.items()]
    strips[1]["missing"] = True
    desk.show(stems, settings, strips=strips, note="Not on disk: stem 2.")
    desk.load()
    expect(desk.root).not_to_have_attribute("data-at", "0.00")
    expect(desk.root.locator(".note")).to_have_text("Not on disk: stem 2.")
    assert [json.loads(value) for name, value in desk.sent if name == "fetch"] == [[strips[0]["key"]]]


def test_the_mixer_renders_what_was_audible(page: Page, server: str, tmp_path: Path, files: Path) -> None:
    stems = band(2, 2, 44_100, files=files)
    paths = []
    for name, audio in zip(("vocals", "piano"), stems.values(), strict=True):
        paths.append(tmp_path / f"{name}.wav")
        write(paths[-1], Audio(np.tile(audio.samples, (4, 1)), audio.sample_rate))
    page.goto(server)
    page.get_by_role("tab", name="Use my audio").click()
    page.locator("input[type=file]").first.set_input_files(paths)
    page.get_by_role("button", name="Start from this").click()
    finished(page)
    card(page, "mix").get_by_role("link", name="Settings").click()
    desk = Desk(page)
    desk.load()
    page.get_by_label("piano fader").press("PageDown")
    page.get_by_label("Solo piano").click()
    desk.root.evaluate("async (root) => { window.bounced = await root.mixer.bounce(); }")
    page.get_by_role("button", name="Render 1 change").click()
    # While a page is drawn again, the mixer before stands there for a moment beside the next one.
    expect(desk.root.locator(".render")).to_have_text(["Render"], timeout=SONG_MS)
    finished(page)
    expect(desk.root).to_have_attribute("data-changes", "0")
    expect(page.get_by_label("Solo piano")).to_have_attribute("aria-pressed", "true")
    desk.root.locator(".rendered").click()
    residual = """(root) => {
      const { key, scale } = root.mixer.data.rendered;
      const made = root.mixer.buffers.get(key);
      if (!(made instanceof AudioBuffer)) return null;
      let [left, whole] = [0, 0];
      for (const c of [0, 1]) {
        const [a, b] = [window.bounced.getChannelData(c), made.getChannelData(c)];
        for (let n = 0; n < b.length; n++) {
          left += (a[n] - scale * b[n]) ** 2;
          whole += (scale * b[n]) ** 2;
        }
      }
      return 10 * Math.log10(left / whole);
    }"""
    if desk.root.get_attribute("data-state") == "paused":
        desk.root.locator(".play").click()
    assert comes(page, lambda: desk.root.evaluate(residual) is not None)
    assert desk.root.evaluate(residual) < NULL_DB
    no_complaint(page)
