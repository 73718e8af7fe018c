"""What ACE-Step's engine says of settings that are known to go wrong, by entry."""

RECIPE = {
    "recipe_turbo_steps": ("A turbo model at 50 steps sounds distorted.",),
    "recipe_turbo_guidance": ("A turbo model of ACE-Step takes no guidance: it was left out.",),
    "recipe_turbo_shift": ("A turbo model was trained at shift 1, 2 and 3, and 2.5 breaks the sound up.",),
    "recipe_few_steps": ("A sft model at 8 steps is blurred and noisy.",),
    "recipe_no_guidance": ("A base model without guidance hardly follows the prompt.",),
    "recipe_strong_guidance": ("A guidance of 12 drives the sound into distortion.",),
    "recipe_large_shift": ("A shift of 4 breaks the sound up.",),
    "recipe_task_family": ("A turbo model cannot add a track to a song: base models alone can.",),
    "recipe_dcw_noise": ("A sft model with DCW makes noise.",),
    "recipe_half_precision": ("float16 overflows in this model on compute capability 7.5: it computes NaN.",),
    "recipe_adapter_family": ("The adapter was trained for a sft model and is played on a turbo model.",),
}
