"""The planner read backwards: an answer's facts, and the match of codes with a brief."""

import pytest
import torch

from core.engines.planner.answer import Understood, parsed
from core.engines.planner.drawing import draw
from core.engines.planner.hearing import MOST_TOKENS, match, understand
from core.engines.planner.loading import load
from core.engines.planner.prompt import Brief, understanding
from core.errors import Cancelled, EngineInputError
from core.progress import silent
from tests.engines.planner.tiny import CODES, write_tiny

BRIEF = Brief("warm lo-fi piano", "[Verse]\nThe tide comes in", 4.0, 92, "A minor")
ANSWER = """<think>
bpm: 92
caption: 'warm lo-fi

  piano'
duration: 60
keyscale: A minor
language: EN
timesignature: 4
</think>

# Lyric
[Verse]
The tide comes in<|im_end|>"""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return load(write_tiny(tmp_path_factory.mktemp("planner"), window=20_000), 100)


def test_an_answer_is_read_as_facts_and_words():
    assert parsed(ANSWER) == Understood(
        "warm lo-fi piano", "[Verse]\nThe tide comes in", 92, "A minor", 4, "en"
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", Understood()),
        ("no block at all", Understood()),
        ("<think>\n- a\n- list\n</think>", Understood()),
        ("<think>\nbpm: [\n</think>\nwords", Understood(lyrics="words")),
        ("bpm: 900\nkeyscale: H dur\ntimesignature: 99\n</think>", Understood()),
        ("bpm: 92.4\ntimesignature: 4/4\n</think>", Understood(bpm=92, meter=4)),
    ],
)
def test_what_is_missing_or_out_of_bounds_stays_empty(text, left):
    assert parsed(text) == left


def test_the_prompt_holds_the_codes_and_the_instruction(model):
    text = understanding("<|audio_code_1|><|audio_code_2|>", model.tokenizer)
    assert "Understand the given musical conditions" in text and "<|audio_code_1|><|audio_code_2|>" in text


def test_the_same_song_is_understood_the_same_way_in_words_alone_and_it_ends(model):
    steps = []
    first = understand(model, range(10), lambda fraction, message: steps.append(fraction))
    assert understand(model, range(10), silent) == first
    assert 0 < len(steps) <= MOST_TOKENS
    assert "audio_code" not in f"{first.caption}{first.lyrics}"


def test_what_the_report_raises_ends_it_within_one_word(model):
    seen = []

    def stop(fraction, message):
        seen.append(message)
        if len(seen) == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        understand(model, range(10), stop)
    assert len(seen) == 3


def test_codes_that_a_brief_led_to_match_it_better_than_random_ones(model):
    own = draw(model, BRIEF, 20, 3, silent)
    chance = torch.randint(CODES, (20,), generator=torch.Generator().manual_seed(1)).tolist()
    assert match(model, BRIEF, own) > match(model, BRIEF, chance)


def test_the_match_is_the_mean_of_what_each_code_gains(model):
    one, both = match(model, BRIEF, [5]), match(model, BRIEF, [5, 7])
    assert one != both
    assert match(model, BRIEF, [5, 7]) == both


def test_codes_of_another_tokenizer_and_songs_beyond_the_window_are_refused(model):
    with pytest.raises(EngineInputError, match="knows"):
        match(model, BRIEF, [CODES])
    with pytest.raises(EngineInputError, match="holds 20,000 tokens"):
        understand(model, [1] * 20_000, silent)
