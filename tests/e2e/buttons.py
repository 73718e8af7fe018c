"""What every button of the studio does when it is pressed in a browser: the table of the buttons' test."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import SONG_MS, settled

LIVE = re.compile("waiting|working")
FIND = """() => {
  const found = [];
  const key = (e) => {
    for (let n = e; n; n = n.parentElement ?? n.getRootNode().host) {
      const named = [...(n.classList ?? [])].find((c) => c.startsWith("st-key-"));
      if (named) return named.slice(7);
    }
    return "";
  };
  const walk = (root) => {
    for (const e of root.querySelectorAll("*")) {
      if (e.shadowRoot) walk(e.shadowRoot);
      const own = e.closest(".gw, .ab, .mx, .sb, .ord");
      const widget = e.closest('[data-testid="stButton"], [data-testid="stDownloadButton"], ' +
        '[data-testid="stFormSubmitButton"], [data-testid="stButtonGroup"]');
      const link = e.matches('[data-testid="stPageLink-NavLink"]'), tab = e.matches('[data-testid="stTab"]');
      if (!(link || tab || (e.matches("button") && (own || widget)))) continue;
      const around = '[data-testid="stSidebar"], [data-testid="stHeader"]';
      if (e.closest(around)) continue;
      if (e.hidden || (e.ariaLabel ?? "").startsWith("Help")) continue;
      const text = e.innerText.trim().split("\\n").pop();
      const name = link ? `link ${text}` : tab ? `tab ${text}`
        : own ? `${own.classList[0]} ${e.className}` : key(e);
      e.setAttribute("data-button", name);
      found.push(name);
    }
  };
  walk(document);
  return found;
}"""
"""Marks every button with its name and returns the names: a widget's key, a link's or tab's text, a class."""

Effect = Callable[[Page, Locator], None]


@dataclass(frozen=True)
class Elsewhere:
    """The button is pressed by another test: its module and name."""

    module: str
    test: str


def downloads(suffix: str) -> Effect:
    def press(page: Page, button: Locator) -> None:
        with page.expect_download() as download:
            button.click()
        assert re.search(suffix, download.value.suggested_filename), download.value.suggested_filename

    return press


def shows(selector: str, text: str | re.Pattern[str] = "") -> Effect:
    def press(page: Page, button: Locator) -> None:
        button.click()
        seen = page.locator(selector)
        expect((seen.filter(has_text=text) if text else seen).first).to_be_visible(timeout=SONG_MS)

    return press


def begins(page: Page, button: Locator) -> None:
    """The run is at work again, and comes to its end."""
    button.click()
    badge = page.locator(".st-key-run_header .gs-badge").first
    expect(badge.or_(page.get_by_role("button", name="Cancel")).first).to_be_visible()
    expect(page.locator(".st-key-run_header .gs-by")).not_to_have_text(re.compile("^$"))
    expect(badge).to_have_text(re.compile("done|stopped"), timeout=SONG_MS)


def takes_all(page: Page, button: Locator) -> None:
    with page.expect_download() as download:
        button.click()
    with zipfile.ZipFile(download.value.path()) as packed:
        names = packed.namelist()
        assert packed.testzip() is None
    folder = download.value.suggested_filename.removesuffix(".zip")
    for inside in ("master.wav", "song.mid", "plan.json", "lead-sheet.txt", "stems/"):
        assert any(name.startswith(f"{folder}/{inside}") for name in names), (inside, names)


def follows(page: Page, button: Locator) -> None:
    heading = page.locator(".gs-brand h1").inner_text()
    button.click()
    expect(page.locator(".gs-brand h1")).not_to_have_text(heading)


def toggles(attribute: str) -> Effect:
    """Another value of the attribute, of the button or of the player around it."""

    def press(page: Page, button: Locator) -> None:
        holder = button if button.get_attribute(attribute) is not None else owner(button)
        before = holder.get_attribute(attribute) or ""
        button.click()
        expect(holder).not_to_have_attribute(attribute, before)

    return press


def plays(page: Page, button: Locator) -> None:
    button.click()
    expect(owner(button)).to_have_attribute("data-state", "playing", timeout=SONG_MS)
    button.click()
    expect(owner(button)).to_have_attribute("data-state", "paused")


def zooms_out(page: Page, button: Locator) -> None:
    player = owner(button)
    player.locator(".in").click()
    near = player.get_attribute("data-view") or ""
    button.click()
    expect(player).not_to_have_attribute("data-view", near)


def opens_a_part(page: Page, button: Locator) -> None:
    card = button.locator("xpath=ancestor::*[contains(@class, 'st-key-card_')][1]")
    players = card.locator(".gw").count()
    button.click()
    expect(card.locator(".gw")).to_have_count(players + 1)


def changes_a_setting(page: Page, button: Locator) -> None:
    button.click()
    expect(page.get_by_text(re.compile("Unsaved changes"))).to_be_visible()


def chooses(page: Page, button: Locator) -> None:
    """The choice that was pressed is the one that is marked."""
    text = button.inner_text()
    button.click()
    expect(page.locator('[data-button][data-selected="true"]').filter(has_text=text)).to_be_visible()


def selects_tab(page: Page, button: Locator) -> None:
    button.click()
    expect(button).to_have_attribute("aria-selected", "true")


def cancels(page: Page, button: Locator) -> None:
    button.click()
    expect(page.locator(".st-key-run_header .gs-badge").first).to_have_text("cancelled", timeout=SONG_MS)


def goes_on(page: Page, button: Locator) -> None:
    button.click()
    expect(page.locator(".st-key-run_header .gs-badge").first).to_have_text(LIVE)
    cancels(page, page.get_by_role("button", name="Cancel"))


def replaces(page: Page, button: Locator) -> None:
    button.click()
    tab = page.get_by_role("tab", name="Use my audio")
    expect(tab).to_have_attribute("aria-selected", "true")


def deletes_and_brings_back(page: Page, button: Locator) -> None:
    settled(page)
    # Counted now: when the first row could be pressed, not all were drawn.
    rows = page.get_by_role("button", name="Delete", exact=True)
    before = rows.count()
    of_the_song = page.locator(f".st-key-{button.get_attribute('data-button')}").get_by_role("button")
    of_the_song.click()
    expect(rows).to_have_count(before - 1)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(rows).to_have_count(before)
    of_the_song.click()
    page.get_by_role("button", name="Remove now").click()
    expect(page.locator(".st-key-library_deleted")).to_have_count(0)
    expect(rows).to_have_count(before - 1)


def drills_and_stops(page: Page, button: Locator) -> None:
    page.get_by_role("tab", name="Run all faults").click()
    button.click()
    stop = page.locator(".st-key-drill_cancel button").first
    expect(stop).to_be_enabled(timeout=SONG_MS)
    stop.click()
    expect(stop).to_be_disabled(timeout=SONG_MS)


def owner(button: Locator) -> Locator:
    return button.locator("xpath=ancestor::div[@data-state][1]")


asks_for_words = shows(".gs-problem", "nothing to make a song from")
OF_THE_MIXER = "tests.e2e.test_mixer_browser"
OF_THE_BAR = "tests.e2e.test_song_bar_browser"
SETTING = r"(lyrics|generate|assemble|separate|enhance|mix|master|export)-\d+-.*"
RERUN = "rerun_.*|end_rerun|end_continue|continue_.*"
OF_THE_STUDIO = "tests.e2e.test_studio_browser"
OF_THE_START = "tests.e2e.test_start_browser"
DRILL = Elsewhere("tests.e2e.test_buttons", "test_the_drill_is_begun_and_stopped")
TABLE: dict[str, Effect | Elsewhere] = {
    "make|plan_first|probe": asks_for_words,
    "example": Elsewhere(OF_THE_START, "test_an_example"),
    "dice": Elsewhere(OF_THE_START, "test_an_example"),
    r"takes_\d+": chooses,
    "make_planned": shows(".st-key-run_header"),
    "put_away": shows(".st-key-make"),
    "hear_incident": Elsewhere(OF_THE_STUDIO, "test_the_incident_is_heard_from_home"),
    "start_sound": Elsewhere("tests.e2e.conftest", "failed"),
    "tab .*": selects_tab,
    "link .*": follows,
    "cancel": cancels,
    "apply": Elsewhere(
        OF_THE_STUDIO, "test_a_fader_makes_only_what_comes_after_it_again_and_undo_takes_it_back"
    ),
    "discard_changes": Elsewhere(
        OF_THE_STUDIO, "test_a_fader_makes_only_what_comes_after_it_again_and_undo_takes_it_back"
    ),
    "bundle_.*": downloads(r"^gainstage-.*\.zip$"),
    r"take_master_\d+": downloads(r"\.(wav|flac|mp3|ogg)$"),
    "take_all": takes_all,
    "download_.*": downloads(r"\.\w+$"),
    RERUN: begins,
    "end_go_on": goes_on,
    "end_replace": replaces,
    "gw play|ab play": plays,
    "mx (play|mute|solo|render|revert|rendered|live)": Elsewhere(OF_THE_MIXER, "test_"),
    "mx (residual|bypass)": Elsewhere("tests.e2e.test_strips_browser", "test_"),
    "sb take": downloads(r"\.(wav|flac|mp3|ogg)$"),
    "sb (play|side a|side b|meters|all|new)": Elsewhere(OF_THE_BAR, "test_"),
    "sb undo": Elsewhere(
        OF_THE_STUDIO, "test_a_fader_makes_only_what_comes_after_it_again_and_undo_takes_it_back"
    ),
    "sb (redo|copy|report)": Elsewhere("tests.ui.test_song_more", "test_"),
    "(gw|ab|mx) meters": toggles("aria-pressed"),
    "gw (loud|scale|spec)|ab match": toggles("aria-pressed"),
    "ab diff": Elsewhere("tests.e2e.test_ab_browser", "test_the_difference"),
    "gw (prev|next|loop|closer|clear|silence|repaint|lego)": Elsewhere(
        "tests.e2e.test_wave_browser", "test_"
    ),
    "gw in": toggles("data-view"),
    "gw out": zooms_out,
    "ab side b": toggles("aria-pressed"),
    "ab side a": Elsewhere("tests.e2e.test_buttons", "test_side_a_is_chosen_again"),
    "ab (start|hear-x|is-a|is-b)": Elsewhere("tests.e2e.test_compare_browser", "test_a_blind_test"),
    "part_.*": opens_a_part,
    "unfold_.*": shows('[class*="st-key-card_"] [data-testid="stButton"] button', "Close"),
    SETTING: changes_a_setting,
    "phone_view_choice": Elsewhere("tests.e2e.test_stage_page_browser", "test_a_phone_shows"),
    "ord (grip|leave)": Elsewhere("tests.e2e.test_compare_browser", "test_a_chain_names"),
    "look_verdicts": Elsewhere("tests.ui.test_look_page", "test_more_than_a_few_files"),
    "compare_source": shows('[data-testid="stFileUploader"]'),
    "open_.*": shows(".st-key-run_header"),
    "play_.*": shows('.sb[data-state="playing"]'),
    "delete_.*": deletes_and_brings_back,
    "trash_.*": Elsewhere("tests.ui.test_library", "test_a_deleted_song"),
    "lab_go": shows(".st-key-card_lab_bad"),
    "drill_start|drill_cancel": DRILL,
    "get_.*": Elsewhere("tests.ui.test_models_page", "test_"),
    r"restore_\d+": Elsewhere("tests.e2e.test_wave_browser", "test_a_selection_is_silenced"),
    "sung_lines": shows(".gs-sung", "Words are not recognised"),
    "convert_.*": Elsewhere("tests.ui.test_convert_view", "test_"),
    "recipe_.*": Elsewhere("tests.ui.test_recipe_view", "test_"),
    "batch_.*|FormSubmitter-batch.*": Elsewhere("tests.ui.test_batch_page", "test_"),
    "FormSubmitter-explain-Explain": shows("p", "Paste the error first."),
}

STAYS = (
    r"bundle_.*",
    r"take_master_\d+",
    "take_all",
    "sb take",
    "download_.*",
    "gw play|ab play",
    "gw (loud|scale|spec)|ab match",
    "(gw|ab|mx) meters",
    "gw in",
    "gw out",
    "ab side b",
    "part_.*",
    "make|plan_first|probe",
    "FormSubmitter-explain-Explain",
    "compare_source",
    "lab_go",
    "unfold_.*",
    SETTING,
    "tab .*",
)
"""Rows that leave their page there, in this order: the next button is pressed without opening it again."""


def effect_of(name: str) -> tuple[str, Effect | Elsewhere] | None:
    """Return the row of the table for a button, or None for one that nobody thought of."""
    return next(((pattern, what) for pattern, what in TABLE.items() if re.fullmatch(pattern, name)), None)
