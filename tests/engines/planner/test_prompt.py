"""What the planner reads: the plan's own metadata, in the form that it was trained on."""

import pytest
import yaml

from core.engines.planner.prompt import EMPTY, Brief, metadata, prompts

BRIEF = Brief("warm piano, calm", "[Verse]\nThe tide comes in", 12.8, 120, "A minor", "4", "en")


class Tokenizer:
    def apply_chat_template(self, messages, *, tokenize, add_generation_prompt):
        assert not tokenize and add_generation_prompt
        return "".join(f"({m['role']}: {m['content']})" for m in messages)


def test_the_block_is_the_plan_in_alphabetical_order_between_think_and_an_empty_line():
    assert metadata(BRIEF) == (
        "<think>\nbpm: 120\ncaption: warm piano, calm\nduration: 12\nkeyscale: A minor\nlanguage: en\n"
        "timesignature: 4\n</think>\n\n"
    )


def test_what_is_not_known_is_left_out():
    assert metadata(Brief("rain", "", 10.0)) == "<think>\ncaption: rain\nduration: 10\n</think>\n\n"


@pytest.mark.parametrize(
    "caption", ["a: b", "- a", "海の歌", 'it\'s "so" </think> #1', "no", "x" * 300, "a\nb"]
)
def test_any_caption_is_read_back_as_it_was(caption):
    block = metadata(Brief(caption, "", 10.0))
    inside = block.removeprefix("<think>\n").removesuffix("\n</think>\n\n")
    assert yaml.safe_load(inside)["caption"] == caption


def test_both_prompts_end_where_the_codes_begin_and_the_unguided_one_knows_nothing():
    asked, free = prompts(BRIEF, Tokenizer())
    assert "# Caption\nwarm piano, calm\n\n# Lyric\n[Verse]\nThe tide comes in\n" in asked
    assert asked.endswith(metadata(BRIEF)) and free.endswith(EMPTY)
    assert "NO USER INPUT" in free and "piano" not in free and "tide" not in free
