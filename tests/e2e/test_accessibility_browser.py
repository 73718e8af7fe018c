"""What every page owes to those who see it badly: headings, names, contrast, a title, axe-core's rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Literal

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.conftest import WIDE, settled

pytestmark = pytest.mark.browser

Scheme = Literal["dark", "light"]

LEAST_CONTRAST = 4.5
PHONE: ViewportSize = {"width": 400, "height": 800}
AUDIT = """() => {
  const found = [], seen = [];
  const walk = (root, visit) => {
    for (const e of root.querySelectorAll("*")) {
      const foreign = "[data-testid=stSidebar], [data-testid=stHeader], [href='#stMain'], #gainstage-said";
      if (e.closest(foreign)) continue;
      if (e.checkVisibility({ visibilityProperty: true, opacityProperty: true })) visit(e);
      if (e.shadowRoot) walk(e.shadowRoot, visit);
    }
  };
  const text = (e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("").trim();
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((v) => v / 255);
  };
  const over = (top, below) => [0, 1, 2].map((n) => top[3] * top[n] + (1 - top[3]) * below[n]).concat(1);
  const around = (e) => e.assignedSlot ?? e.parentElement ?? e.getRootNode().host;
  const ground = (e) => {
    const layers = [], at = e.getBoundingClientRect();
    let scrolled = false;
    for (let n = e; n; n = around(n)) {
      // What hangs out of a box, as a slider's value does, does not lie on its colour.
      const box = n.getBoundingClientRect(), middle = (at.top + at.bottom) / 2;
      const inside = n === document.documentElement || (box.top <= middle && middle <= box.bottom);
      const style = getComputedStyle(n);
      scrolled ||= !inside && style.overflowY !== "visible";
      if (inside || scrolled) layers.push(rgba(style.backgroundColor));
    }
    return layers.reverse().reduce((below, top) => over(top, below), [1, 1, 1, 1]);
  };
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  walk(document, (e) => {
    if (/^H[1-6]$/.test(e.tagName)) seen.push([Number(e.tagName[1]), e.innerText.slice(0, 40)]);
    if (e.matches("button, a[href], input:not([type=hidden], [type=file]), select, textarea")) {
      const named = e.innerText?.trim() || e.ariaLabel || e.title || e.labels?.length ||
        e.getAttribute("aria-labelledby") || e.placeholder;
      if (!named) found.push(`no name: ${e.outerHTML.slice(0, 120)}`);
    }
    const off = e.closest(":disabled, [aria-disabled=true], label:has(:disabled)");
    const drawn = e.closest("svg, canvas, [data-testid=stIconMaterial], [data-testid=stDataFrame]");
    if (text(e) && !off && !drawn && !e.matches("style, script, option")) {
      const behind = ground(e), ink = over(rgba(getComputedStyle(e).color), behind);
      const [low, high] = [luminance(ink), luminance(behind)].sort((a, b) => a - b);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < LEAST) found.push(`contrast ${contrast.toFixed(2)}: ${text(e).slice(0, 60)}`);
    }
  });
  if (seen.filter(([level]) => level === 1).length !== 1) found.push(`not one h1: ${JSON.stringify(seen)}`);
  seen.forEach(([level, words], n) => {
    if (level > (n ? seen[n - 1][0] : 0) + 1) found.push(`h${level} skips a level: ${words}`);
  });
  return [...new Set(found)];
}""".replace("LEAST", str(LEAST_CONTRAST))
"""Names of what is wrong on the page; Streamlit's own sidebar, header and skip link are not ours."""


AXE = """async () => {
  const foreign = [["[data-testid=stSidebar]"], ["[data-testid=stHeader]"]];
  const { violations } = await axe.run({ exclude: foreign }, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}"""
"""The serious and critical violations of axe-core, outside Streamlit's own sidebar and header."""


PLACES = (
    ("", "Home · Gainstage"),
    ("?{run}", "Done: .* · Home · Gainstage"),
    ("master?{run}", "Done: .* · 7 Master · Gainstage"),
    ("lyrics?{run}", "Done: .* · 1 Lyrics · Gainstage"),
    ("mix?{run}", "Done: .* · 6 Mix · Gainstage"),
    ("generate?{run}", "Done: .* · 2 Generate · Gainstage"),
    ("compare?{run}", "Done: .* · Compare · Gainstage"),
    ("library", "Library · Gainstage"),
    ("batch", "Batch · Gainstage"),
    ("models", "Models · Gainstage"),
)
LOOKS: tuple[tuple[Scheme, ViewportSize], ...] = (
    ("dark", WIDE),
    ("light", WIDE),
    ("light", PHONE),
    ("dark", PHONE),
)
"""A page is loaded in one of them and changes to the others: each is the first of every fourth page."""


@pytest.fixture
def page_of_any_look(page: Page) -> Iterator[Page]:
    """The one page, which is dark again afterwards."""
    yield page
    page.emulate_media(color_scheme="dark")


@pytest.mark.parametrize(("place", "title"), PLACES)
def test_headings_names_contrast_and_titles_of_pages(
    page_of_any_look: Page, server: str, song: str, place: str, title: str
) -> None:
    page = page_of_any_look
    first = PLACES.index((place, title)) % len(LOOKS)
    for number, (scheme, screen) in enumerate((*LOOKS[first:], *LOOKS[:first])):
        page.set_viewport_size(screen)
        page.emulate_media(color_scheme=scheme)
        if number == 0:
            page.goto(f"{server}/{place.format(run=song.partition('?')[2])}")
            page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
        settled(page)
        expect(page.locator(".stApp")).to_have_css("color-scheme", scheme)
        expect(page).to_have_title(re.compile(f"^{title}$"))
        assert page.evaluate(AUDIT) == [], (scheme, screen)
        assert page.evaluate(AXE) == [], (scheme, screen)


def test_a_figures_help_and_the_jobs_state_are_read_out(page: Page, server: str, song: str) -> None:
    page.goto(song.replace(f"{server}/?", f"{server}/master?"))
    help_of_a_figure = page.locator(".gs-tip").first
    help_of_a_figure.focus()
    shown = "(label) => getComputedStyle(label, '::after').content"
    assert "BS.1770" in help_of_a_figure.evaluate(shown)
    # The job's state is in the page's one live region, to be read out.
    page.goto(song)
    settled(page)
    expect(page.locator("#gainstage-said")).to_have_text(re.compile(r": done\.$"))
