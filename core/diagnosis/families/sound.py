"""The engine answered, and what it made is silence, no numbers, or no sound at all.

Nothing raises in most of these: a check of the stage's contract finds them, and its finding is a sign here.
"""

from core.checks.finite import Finite
from core.checks.gaps import NoGaps
from core.checks.length import Length, Rate, SilentTail
from core.checks.noise import NotNoise
from core.checks.silence import LevelBeforeNormalising, NearSilent, NotSilent
from core.checks.stems import NotAllSilent
from core.checks.stuck import NotStuck
from core.checks.trained import Trained
from core.contract import Check, WholeCheck
from core.diagnosis.entry import Entry, Reach, Scenario


def check(*asked: type[Check] | type[WholeCheck]) -> str:
    """Return the sign of a finding that is not ok, as the command line prints it."""
    return rf"\b(?:FAIL|warn|check) (?:{'|'.join(one.name for one in asked)})(?: \[[^\]\n]{{0,80}}\])?: "


HALF = r"(?<![a-z])float16(?! overflow)|\bfp16\b|\bhalf precision\b"
NOT_NUMBERS = (
    check(Finite),
    r"Generation produced NaN or Inf latents",
    r"\bPeak\s*[=:]\s*nan\b",
    r"probability tensor contains either `?inf`?",
    r"to satisfy the constraint Simplex\(\), but found invalid values",
    r"computed values that are not numbers",
    r"\b(?:latents?|audio|output|waveform|samples?)\b.{0,40}\b(?:contains?|has|have|is|are) NaN",
    r"A tensor with (?:all )?NaNs was produced",
)

ENTRIES = (
    Entry(
        name="half_precision",
        scenario=Scenario.SILENT,
        sentence="In half precision the model's numbers overflowed, and silence or noise is all that is "
        "left.",
        signs=NOT_NUMBERS,
        also=HALF,
        causes=(
            "the card computes no bfloat16 (compute capability below 8, such as T4, GTX 16 and RTX 20), and "
            "float16 is too small for this model's values",
            "half precision was forced by a setting",
        ),
        remedy="Set the engine's precision to auto or float32: on an old card that is what works.",
    ),
    Entry(
        name="not_numbers",
        scenario=Scenario.SILENT,
        sentence="The model computed values that are not numbers.",
        signs=NOT_NUMBERS,
        unless=HALF,
        causes=(
            "weights and configuration do not belong together, or the weights are damaged",
            "a LoRA of another model, or too heavy a weight for it",
            "quantised weights, or a fast attention, that this card does not do right",
        ),
        remedy="Take the LoRA out, set the precision to float32, and download the model again if it stays.",
    ),
    Entry(
        name="nan_written_as_pcm",
        scenario=Scenario.SILENT,
        sentence="NaN was written as whole numbers: the result is a constant, which sounds like silence.",
        signs=(
            r"invalid value encountered in cast",
            check(NotStuck),
        ),
        causes=("the model computed NaN, and the file holds -32768 throughout",),
        remedy="Make it again in float32; a file that was made so cannot be mended.",
    ),
    Entry(
        name="lifted_noise",
        scenario=Scenario.SILENT,
        sentence="The model made next to nothing, and its noise was lifted to full level.",
        signs=(check(LevelBeforeNormalising), r"what is audible is amplified noise"),
        causes=(
            "the pipeline normalises whatever it made to -1 dBFS, near-silence too",
            "half precision or damaged weights left nothing of the music",
        ),
        remedy="Make it again with another seed or in float32; download the model again if it stays.",
    ),
    Entry(
        name="silence",
        scenario=Scenario.SILENT,
        sentence="Silence of the right length was made, and nothing raised an error.",
        signs=(
            r"\bmade digital silence\b",
            check(NotSilent, NearSilent, NotAllSilent),
            r"(?:silent|near-silent|near-zero) (?:audio|output|waveform).{0,40}(?:detected|generated|"
            r"produced)",
            r"(?:audio|output|waveform).{0,40}(?:is|was|appears) (?:completely |near-)?(?:silent|all zeros)",
            r"(?:returning|falling back to|using|generated?) (?:silence|silent audio|zeros|dummy audio|"
            r"empty audio)",
            r"Generation produced zero latents",
        ),
        causes=(
            "an error inside was caught, and zeros were returned in place of a song",
            "the decoder's weights are zero or were not loaded",
            "libraries that do not fit fell back, without a word, to code that computes nothing",
        ),
        remedy="Read the engine's log for the first error, load the weights again, and set the precision to "
        "float32. "
        "No later stage can restore the song.",
    ),
    Entry(
        name="stopped_early",
        scenario=Scenario.SILENT,
        sentence="The sound ends before the song does, and silence fills the rest.",
        signs=(check(SilentTail),),
        causes=(
            "the engine stopped early, and its buffer was filled with zeros",
            "the model's window is shorter than the song, and it was not asked to go on",
        ),
        remedy="Make it again with another seed, shorter, or in more clips.",
    ),
    Entry(
        name="broken_up",
        scenario=Scenario.SILENT,
        sentence="The sound is broken up by gaps.",
        signs=(check(NoGaps),),
        causes=(
            "ACE-Step's turbo model was run with the base model's steps and shift, or the other way round",
            "pieces that were decoded one by one were joined with holes between them",
        ),
        remedy="Leave steps, shift and guidance at auto, which sets what the loaded model was trained for.",
    ),
    Entry(
        name="noise",
        scenario=Scenario.SILENT,
        sentence="Noise was made instead of music.",
        signs=(check(NotNoise, Trained),),
        causes=(
            "the weights are random: a checkpoint for tests, or one whose file did not load",
            "the model's steps and shift are those of another model",
        ),
        remedy="Load trained weights, and leave steps, shift and guidance at auto.",
    ),
    Entry(
        name="not_sound",
        scenario=Scenario.SILENT,
        sentence="The engine returned something that is not sound.",
        signs=(
            r"did not return sound: ",
            r"Error opening .{1,200}: (?:Format not recognised|System error)",
            r"ufunc 'isfinite' not supported for the input types",
        ),
        causes=(
            "it hands over the path of a file where an array was expected, as ACE-Step 1 does",
            "it is another version of the engine than its adapter was written for",
        ),
        remedy="Use the version of the engine that requirements.txt names; read a returned path as a file.",
    ),
    Entry(
        name="wrong_rate",
        scenario=Scenario.SILENT,
        sentence="The sound carries another sample rate than it was made at.",
        signs=(check(Rate),),
        causes=(
            "sound of one rate was written with another's label: MusicGen's 32 kHz played at 44.1 kHz is 5.5 "
            "semitones too high",
        ),
        remedy="Resample at the engine's door, never relabel; report the engine's version.",
    ),
    Entry(
        name="lyrics_missing",
        scenario=Scenario.SILENT,
        sentence="ACE-Step was given no lyrics where it wants at least an empty text.",
        signs=(r"'NoneType' object is not subscriptable",),
        also=r"lyrics\[|lyrics=None",
        causes=("a program of one's own passes lyrics=None",),
        remedy='Pass lyrics="", or "[Instrumental]".',
    ),
    Entry(
        name="top_k_too_large",
        scenario=Scenario.SILENT,
        sentence="The setting top k is larger than the model's codebook.",
        signs=(r"selected index k out of range",),
        causes=("the value belongs to a larger model",),
        remedy="Set top k to at most the codebook's size (2,048 for MusicGen).",
    ),
    Entry(
        name="wrong_length",
        scenario=Scenario.SILENT,
        reach=Reach.GENERAL,
        sentence="The sound is not as long as was asked.",
        signs=(check(Length),),
        causes=(
            "the engine makes up its own length for one that it does not take, as ACE-Step does for zero",
        ),
        remedy="Ask for a length that the engine takes.",
    ),
)
