"""Settings of ACE-Step 1.5 that are known to go wrong with a model's family or on a card.

Its engine says these sentences itself, before a model is loaded (``core/engines/acestep15/recipe.py``).
"""

import re

from core.diagnosis.entry import Entry, Scenario

PREFIX = "recipe_"


def _entry(name: str, sentence: str, cause: str, remedy: str) -> Entry:
    sign = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^\\n]{1,40}?)", re.escape(sentence))
    return Entry(
        name=f"{PREFIX}{name}",
        scenario=Scenario.SILENT,
        sentence=sentence,
        signs=(sign,),
        causes=(cause,),
        remedy=remedy,
    )


ENTRIES = (
    _entry(
        "turbo_steps",
        "A turbo model at {steps} steps sounds distorted.",
        "its steps were distilled to 8, and it takes 20 at most",
        "Set the steps to 8, or take a base or sft model.",
    ),
    _entry(
        "turbo_guidance",
        "A turbo model of ACE-Step takes no guidance: it was left out.",
        "guidance was distilled into its weights",
        "Set the guidance to 0.",
    ),
    _entry(
        "turbo_shift",
        "A turbo model was trained at shift 1, 2 and 3, and {shift} breaks the sound up.",
        "its steps lie at noise levels that it never met",
        "Set the shift to 3.",
    ),
    _entry(
        "few_steps",
        "A {family} model at {steps} steps is blurred and noisy.",
        "it was not distilled: it takes 32 to 50 steps",
        "Set the steps to 50, or take a turbo model.",
    ),
    _entry(
        "no_guidance",
        "A {family} model without guidance hardly follows the prompt.",
        "it was trained to be guided",
        "Set the guidance to 7.",
    ),
    _entry(
        "strong_guidance",
        "A guidance of {guidance} drives the sound into distortion.",
        "the difference to the unguided sound is exaggerated",
        "Set the guidance to 7.",
    ),
    _entry(
        "large_shift",
        "A shift of {shift} breaks the sound up.",
        "nearly all steps lie where all is noise",
        "Set the shift to 1.",
    ),
    _entry(
        "task_family",
        "A {family} model cannot {task}: base models alone can.",
        "extract, lego and complete are no part of what it was trained on",
        "Take a base model (python -m core models get acestep-v15-base-diffusers), or another task.",
    ),
    _entry(
        "dcw_noise",
        "A {family} model with DCW makes noise.",
        "the correction was made for turbo models and adds up over 50 steps",
        "Set DCW to auto or off.",
    ),
    _entry(
        "half_precision",
        "float16 overflows in this model on compute capability {capability}: it computes NaN.",
        "the card has no bfloat16, and float16 is too small for the model's values",
        "Set the precision to auto.",
    ),
    _entry(
        "adapter_family",
        "The adapter was trained for a {adapter} model and is played on a {family} model.",
        "an adapter holds changes to the weights that it was trained on",
        "Take the {adapter} model, or an adapter for {family}.",
    ),
)
