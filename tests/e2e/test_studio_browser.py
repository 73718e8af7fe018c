"""The studio as a person meets it, in a real browser. The first request to the server is a deep link."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.audio import Audio, read, write
from core.measure import measure
from tests.e2e.conftest import SONG_MS, ask, plays_on, settled

pytestmark = pytest.mark.browser

PAGES = (
    "mix",
    "",
    "lyrics",
    "generate",
    "assemble",
    "separate",
    "enhance",
    "master",
    "export",
    "look",
    "fault_lab",
    "compare",
    "library",
    "doctor",
)
SOUND_STAGES = ("generate", "assemble", "separate", "enhance", "mix", "master")
FIGURE = re.compile(r"−\d+\.\d")


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_from_its_address_without_a_complaint(page: Page, server: str, name: str) -> None:
    page.goto(f"{server}/{name}")
    settled(page)
    no_complaint(page)
    expect(page.get_by_role("link", name="Home").first).to_be_visible()


def test_a_song_is_made_from_a_prompt_with_every_stage_measured(page: Page, server: str) -> None:
    make(page, server, "warm lo-fi piano about the sea")
    finished(page)
    for stage in ("lyrics", *SOUND_STAGES, "export"):
        expect(card(page, stage).locator(".gs-head .gs-badge").first).to_have_text(re.compile("ok|warning"))
    for stage in ("lyrics", *SOUND_STAGES, "export"):
        unfold(page, stage)
    for stage in SOUND_STAGES:
        figures = card(page, stage).locator(".gs-meters b, .gs-table b").filter(has_text=FIGURE)
        expect(figures.first).to_be_visible()
    expect(card(page, "lyrics").locator(".gs-lyrics p").first).to_be_visible()
    with page.expect_download() as download:
        card(page, "export").get_by_role("button", name=re.compile(r"master\.wav")).click()
    master = read(download.value.path())
    assert master.duration_s == pytest.approx(10, abs=0.5)
    assert measure(master).integrated_lufs == pytest.approx(-14, abs=0.2)
    page.get_by_text("Level by stage", exact=True).click()
    expect(page.get_by_test_id("stPlotlyChart").first).to_contain_text("Master")
    no_complaint(page)


def test_a_fader_makes_only_what_comes_after_it_again_and_undo_takes_it_back(
    page: Page, server: str, song: str
) -> None:
    # The same song as the others': what was made of it is cached.
    ask(page, server, seconds=8)
    page.get_by_role("button", name="Make song").click()
    finished(page)
    card(page, "mix").get_by_role("link", name="Settings").click()
    level = page.get_by_label("other level in dB")
    before = level.input_value()
    level.fill("-30")
    level.press("Enter")
    page.locator("label").filter(has_text="Mono check").click()
    expect(page.get_by_text("Unsaved changes: 1.")).to_be_visible()
    page.get_by_role("button", name="Discard", exact=True).click()
    expect(page.get_by_text("No changes.")).to_be_visible()
    expect(level).to_have_value(re.compile("-30"))
    page.locator("label").filter(has_text="Mono check").click()
    expect(page.get_by_text("Unsaved changes: 1.")).to_be_visible()
    for desk in (".mx", ".sb"):
        page.locator(desk).evaluate("(drawn) => { drawn.same = true; }")
    page.get_by_role("button", name="Apply and re-run from here").click()
    finished(page)
    render = page.get_by_role("button", name="Render 1 change")
    expect(render).to_be_enabled(timeout=SONG_MS)
    render.click()
    expect(page.get_by_role("button", name="Render", exact=True)).to_be_disabled(timeout=SONG_MS)
    finished(page)
    expect(page.get_by_text("No changes.")).to_be_visible()
    # Neither was built anew when the run began or ended: what is pressed meanwhile arrives.
    assert page.locator(".mx").evaluate("(drawn) => drawn.same")
    assert page.locator(".sb").evaluate("(drawn) => drawn.same")
    expect(level).to_have_value(re.compile(r"-30"))
    page.get_by_role("link", name="Home").first.click()
    expect(card(page, "enhance").locator(".gs-by")).to_contain_text("cached")
    expect(card(page, "mix").locator(".gs-by")).not_to_contain_text("cached")
    for _ in range(2):
        page.locator(".sb .undo").click()
        expect(card(page, "mix").locator(".gs-by")).to_contain_text("cached", timeout=SONG_MS)
    finished(page)
    card(page, "mix").get_by_role("link", name="Settings").click()
    expect(level).to_have_value(before)
    no_complaint(page)


def test_reloading_in_the_middle_of_a_job_goes_on_with_it(page: Page, server: str) -> None:
    make(page, server, "driving techno with a sequence of arpeggios", seconds=5)
    page.wait_for_url(re.compile("run="))
    page.reload()
    expect(page.get_by_text("driving techno with a sequence of arpeggios")).to_be_visible()
    finished(page)
    no_complaint(page)


def test_a_job_can_be_cancelled_and_keeps_what_was_made(page: Page, server: str) -> None:
    make(page, server, "slow orchestral waltz about winter", seconds=600)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".st-key-run_header .gs-badge").first).to_have_text("cancelled", timeout=SONG_MS)
    expect(page.get_by_role("button", name="New song")).to_be_enabled()
    no_complaint(page)


def test_the_waveform_plays_seeks_and_zooms_from_the_keyboard(page: Page, server: str, tone: Path) -> None:
    look(page, server, tone)
    wave = page.locator(".gw").first
    expect(wave.get_by_role("slider")).to_have_attribute("aria-label", re.compile(r"Waveform of tone\.wav"))
    wave.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(wave).to_have_attribute("data-at", "5.00")
    page.keyboard.press("+")
    expect(wave).to_have_attribute("data-view", "2.50000 7.50000")
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    expect(wave).to_have_attribute("data-state", "playing")
    expect(wave).not_to_have_attribute("data-at", "0.00")
    page.keyboard.press("Space")
    expect(wave).to_have_attribute("data-state", "paused")


def test_a_sound_goes_on_playing_while_the_page_is_drawn_again(page: Page, server: str, tone: Path) -> None:
    look(page, server, tone)
    wave = page.locator(".gw").first
    wave.get_by_role("button", name="Play").click()
    expect(wave).to_have_attribute("data-state", "playing")
    other = tone.with_name("other.wav")
    other.write_bytes(tone.read_bytes())
    page.locator("input[type=file]").set_input_files(other)
    expect(page.locator(".st-key-card_look_1 .gs-meters")).to_be_visible()
    expect(wave).to_have_attribute("data-state", "playing")
    plays_on(wave, 0.3)


def test_looking_at_a_file_shows_its_verdict_and_levels(page: Page, server: str, tone: Path) -> None:
    look(page, server, tone)
    panel = page.locator(".st-key-card_look_0")
    expect(panel.locator(".gs-badge").first).to_have_text(re.compile("ok|warning|failed"))
    expect(panel.locator(".gs-meter").first).to_contain_text("LUFS")
    expect(panel.locator(".gs-meter").first).to_contain_text(FIGURE)
    no_complaint(page)


def test_stems_of_ones_own_are_mixed_and_mastered(page: Page, server: str, tone: Path) -> None:
    stems = [tone.with_name("vocals.wav"), tone.with_name("piano.wav")]
    for stem in stems:
        write(stem, read(tone).between(3, 7))
    page.goto(server)
    page.get_by_role("tab", name="Use my audio").click()
    page.locator("input[type=file]").first.set_input_files(stems)
    page.get_by_role("button", name="Start from this").click()
    finished(page)
    mix = card(page, "mix")
    unfold(page, "mix")
    expect(mix.locator(".gs-meter b").first).to_have_text(FIGURE)
    mix.get_by_role("link", name="Settings").click()
    expect(page.get_by_text("piano", exact=True).last).to_be_visible()
    no_complaint(page)


def test_text_named_wav_is_one_sentence(page: Page, server: str, tmp_path: Path) -> None:
    lie = tmp_path / "lie.wav"
    lie.write_text("this is not a sound")
    upload(page, server, lie)
    problem = page.locator(".gs-problem")
    expect(problem).to_have_count(1)
    expect(problem.locator("strong")).to_contain_text("cannot be read as sound")
    expect(problem).to_contain_text("What to do")
    no_complaint(page)


def test_an_empty_prompt_is_one_sentence(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("button", name="Make song").click()
    expect(page.locator(".gs-problem strong")).to_contain_text("nothing to make a song from")


@pytest.mark.parametrize("width", [1280, 400])
def test_nothing_is_wider_than_the_screen(page: Page, server: str, tone: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    look(page, server, tone)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
    for cell in page.locator(".gs-meter b").all():
        assert cell.evaluate("e => e.scrollWidth <= e.parentElement.clientWidth")


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ten second chord that swells, in stereo."""
    t = np.arange(10 * 44_100) / 44_100
    swell = 0.1 + 0.25 * np.sin(np.pi * t / 10)
    chord = swell * (np.sin(2 * np.pi * 220 * t) + 0.7 * np.sin(2 * np.pi * 277.2 * t))
    path = tmp_path_factory.mktemp("sounds") / "tone.wav"
    write(path, Audio(np.stack([chord, 0.8 * chord], 1).astype(np.float32), 44_100))
    return path


def make(page: Page, server: str, prompt: str, seconds: int = 10) -> None:
    page.goto(server)
    page.get_by_label("What should it sound like?").fill(prompt)
    page.get_by_label("Length (m:ss)").fill(str(seconds))
    page.get_by_role("button", name="Make song").click()
    expect(page.locator(".st-key-run_header")).to_be_visible()


def finished(page: Page) -> None:
    badge = page.locator(".st-key-run_header .gs-badge").first
    expect(badge).to_have_text(re.compile("done|ok|warning"), timeout=SONG_MS)


def unfold(page: Page, stage: str) -> None:
    """Open the card of a finished song's stage."""
    card(page, stage).get_by_role("button", name="Open", exact=True).click()
    expect(card(page, stage).get_by_role("button", name="Close", exact=True)).to_be_visible()


def card(page: Page, stage: str):
    return page.locator(f".st-key-card_{stage}")


def upload(page: Page, server: str, path: Path) -> None:
    page.goto(f"{server}/look")
    page.locator("input[type=file]").set_input_files(path)


def look(page: Page, server: str, path: Path) -> None:
    upload(page, server, path)
    expect(page.locator(".st-key-card_look_0 .gs-meters")).to_be_visible()
    expect(page.locator(".gw canvas").first).to_be_visible()


def no_complaint(page: Page) -> None:
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_text("The studio made a mistake")).to_have_count(0)
    expect(page.get_by_text("BidiComponent Error")).to_have_count(0)


def test_the_incident_is_heard_from_home(page: Page, server: str) -> None:
    page.goto(server)
    page.get_by_role("button", name="Demo: hear three broken songs").click()
    expect(page.get_by_role("heading", name="NaN version")).to_be_visible(timeout=SONG_MS)
    no_complaint(page)
    expect(page.get_by_text("1,058,410 samples are not numbers")).to_be_visible()
