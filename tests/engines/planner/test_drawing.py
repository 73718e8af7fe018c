"""Codes drawn from the real architecture with random weights, in this process."""

from dataclasses import replace

import pytest
import torch

from core.engines.planner.drawing import GUIDANCE, TEMPERATURE, TOP_P, draw, drawn
from core.engines.planner.loading import load
from core.engines.planner.prompt import Brief, prompts
from core.errors import Cancelled, EngineError, EngineInputError, EngineMissingError
from core.progress import silent
from tests.engines.planner.tiny import CODES, write_tiny

BRIEF = Brief("warm piano", "[Verse]\nThe tide comes in", 3.0, 120, "A minor", "4", "en")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("planner"))


@pytest.fixture(scope="module")
def model(folder):
    return load(folder, 500)


def by_hand(model, brief, seed, count):
    """The same codes without a cache, a batch or padding: every prompt is read anew for every code."""
    chances = torch.rand(count, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    sides = [
        model.tokenizer(text, add_special_tokens=False).input_ids for text in prompts(brief, model.tokenizer)
    ]
    codes = []
    for chance in chances.tolist():
        with torch.inference_mode():
            asked, free = (
                model.network(torch.tensor([side])).logits[0, -1, model.code_ids].float() for side in sides
            )
        codes.append(drawn(free + GUIDANCE * (asked - free), chance))
        for side in sides:
            side.append(int(model.code_ids[codes[-1]]))
    return codes


def test_a_seed_is_a_plan_another_seed_another_and_so_are_other_words(model):
    codes = draw(model, BRIEF, 15, 1, silent)
    assert len(codes) == 15 and set(codes) <= set(range(CODES)) and len(set(codes)) > 5
    assert draw(model, BRIEF, 15, 1, silent) == codes
    assert draw(model, BRIEF, 15, 2, silent) != codes
    assert draw(model, replace(BRIEF, lyrics="[Verse]\nThe mountain"), 15, 1, silent) != codes
    assert draw(model, replace(BRIEF, bpm=90), 15, 1, silent) != codes


def test_what_is_remembered_and_padded_changes_no_code(model):
    assert draw(model, BRIEF, 6, 3, silent) == by_hand(model, BRIEF, 3, 6)


def test_what_the_report_raises_ends_it_within_one_code(model):
    heard = []

    def report(fraction, message):
        heard.append(message)
        if len(heard) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        draw(model, BRIEF, 1_000, 1, report)
    assert heard == ["Code 1 of 1000", "Code 2 of 1000", "Code 3 of 1000"]


def test_a_chance_falls_on_the_likely_ones_alone():
    scores = torch.log(torch.tensor([0.5, 0.3, 0.15, 0.05])) * TEMPERATURE
    assert pytest.approx(0.9) == TOP_P
    assert [drawn(scores, chance) for chance in (0.0, 0.52, 0.53, 0.84, 0.85, 0.999999)] == [0, 0, 1, 1, 2, 2]
    assert drawn(torch.tensor([0.0, 90.0]), 0.999) == 1


def test_a_song_beyond_its_window_is_refused_before_it_begins(model):
    with pytest.raises(EngineInputError, match="holds 8,192 tokens"):
        draw(model, BRIEF, 8_100, 1, silent)


def test_values_that_are_not_numbers_are_an_error(folder):
    broken = load(folder, 500)
    with torch.no_grad():
        broken.network.model.norm.weight.fill_(float("inf"))
    with pytest.raises(EngineError, match="not numbers"):
        draw(broken, BRIEF, 3, 1, silent)


def test_another_model_is_no_planner(tmp_path, folder):
    with pytest.raises(EngineMissingError, match="no checkpoint folder"):
        load(tmp_path / "nowhere", 500)
    with pytest.raises(EngineMissingError, match="lacks"):
        load(tmp_path, 500)
    with pytest.raises(EngineError, match="knows 0 audio codes"):
        load(write_tiny(tmp_path / "without", codes=0), 500)
    config = folder.parent / "other"
    config.mkdir()
    for file in folder.iterdir():
        (config / file.name).write_bytes(file.read_bytes())
    told = (config / "config.json").read_text().replace('"qwen3"', '"llama"')
    (config / "config.json").write_text(told)
    with pytest.raises(EngineError, match="a model of the kind llama"):
        load(config, 500)
