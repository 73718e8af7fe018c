"""Every player of the studio plays the sound that it stands under, in a real browser."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect

from core.audio import Audio, write
from tests.e2e.conftest import comes

pytestmark = pytest.mark.browser

RATE = 44_100
SECONDS = 12
CLOSE = 1e-4
"""Three steps of 16 bits: A/B is sent 16-bit samples."""
LEFT_OUT_DB = -12
"""How loud what Opus leaves out of tone and noise may be beside them."""

Samples = npt.NDArray[np.float32]


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Samples]:
    """Two sounds of one length whose head, middle and tail are the same; the second has a drop-out."""
    rng, t = np.random.default_rng(3), np.arange(SECONDS * RATE) / RATE
    good = 0.2 * np.sin(2 * np.pi * 220 * t) + 0.05 * rng.standard_normal(t.size)
    bad = good.copy()
    bad[2 * RATE : 4 * RATE] = 0
    return {
        name: np.stack([sound, 0.8 * sound], 1).astype(np.float32)
        for name, sound in (("raw", good), ("mix", bad))
    }


@pytest.fixture(scope="module")
def paths(alike: dict[str, Samples], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Both as files, with names that a component would refuse as a key."""
    folder = tmp_path_factory.mktemp("alike")
    made = []
    for name, samples in alike.items():
        made.append(folder / f"__{name}__2.wav")
        write(made[-1], Audio(samples, RATE))
    return made


def fetched(page: Page, press: Callable[[], None], count: int) -> list[Samples]:
    """Return the sounds that the page asks for after a press, in their order, as the server has them."""
    addresses: list[str] = []

    def seen(request: object) -> None:
        address = str(request.url)  # type: ignore[attr-defined]
        if address.endswith((".oga", ".flac")) and address not in addresses:
            addresses.append(address)

    page.on("request", seen)
    press()
    came = comes(page, lambda: len(addresses) >= count)
    page.remove_listener("request", seen)
    assert came and len(addresses) == count, addresses
    sounds = []
    for address in addresses:
        answer = page.request.get(address)
        assert answer.ok, address
        samples, rate = soundfile.read(io.BytesIO(answer.body()), dtype="float32", always_2d=True)
        sounds.append(Audio(samples, rate).resampled(RATE).samples)
        part = page.request.get(address, headers={"Range": "bytes=100-299"})
        assert (part.status, part.body()) == (206, answer.body()[100:300])
    return sounds


def same(sound: Samples, wanted: Samples) -> bool:
    """Whether a sound is the wanted one, to a few steps of 16 bits."""
    return sound.shape == wanted.shape and bool(np.abs(sound - wanted).max() < CLOSE)


def preview_of(sound: Samples, wanted: Samples) -> bool:
    """Whether a sound is the wanted one as Opus leaves it."""
    if sound.shape != wanted.shape:
        return False
    left_out = np.sqrt(np.mean((sound - wanted) ** 2) / np.mean(wanted**2))
    return bool(20 * np.log10(left_out) < LEFT_OUT_DB)


def press_each(cards: Sequence[Locator]) -> None:
    for card in cards:
        card.get_by_role("button", name="Play").click()
        expect(card.locator(".gw")).to_have_attribute("data-state", "playing")


def test_each_card_of_two_analysed_files_plays_its_own_file(
    page: Page, server: str, paths: list[Path], alike: dict[str, Samples]
) -> None:
    page.goto(f"{server}/look")
    page.locator("input[type=file]").set_input_files(paths)
    cards = [page.locator(f".st-key-card_look_{n}") for n in (0, 1)]
    for card in cards:
        expect(card.get_by_role("button", name="Play")).to_be_visible()
    sounds = fetched(page, lambda: press_each(cards), 2)
    found = [[preview_of(sound, wanted) for wanted in alike.values()] for sound in sounds]
    assert found == [[True, False], [False, True]]
    expect(page.get_by_text("BidiComponent Error")).to_have_count(0)


def test_a_and_b_are_the_two_sounds_that_were_chosen(
    page: Page, server: str, paths: list[Path], alike: dict[str, Samples]
) -> None:
    page.goto(f"{server}/compare")
    page.get_by_role("radio", name="Upload files").or_(
        page.get_by_role("button", name="Upload files")
    ).first.click()
    page.locator("input[type=file]").set_input_files(paths)
    pair = page.locator(".ab")
    expect(pair).to_be_visible()
    sounds = fetched(page, pair.locator(".play").click, 2)
    found = [[same(sound, wanted) for wanted in alike.values()] for sound in sounds]
    assert sorted(found) == [[False, True], [True, False]]
    expect(pair).to_have_attribute("data-state", "playing")


def test_the_fault_labs_two_players_play_two_sounds(page: Page, server: str) -> None:
    page.goto(f"{server}/fault_lab")
    page.get_by_role("button", name="Inject fault").click()
    cards = [page.locator(f".st-key-card_lab_{n}") for n in ("good", "bad")]
    for card in cards:
        expect(card.get_by_role("button", name="Play")).to_be_visible()
    good, bad = fetched(page, lambda: press_each(cards), 2)
    assert good.shape != bad.shape or np.abs(good - bad).max() > CLOSE
