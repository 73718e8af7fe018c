"""Which script and language a text is in, as far as the embedded voice needs to know.

The voice speaks English. Other Latin-script languages can be sung with English sounds; other scripts cannot.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

_SCRIPT_LANGUAGE = {
    "LATIN": "en",
    "CYRILLIC": "ru",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "ARABIC": "ar",
    "HEBREW": "he",
    "GREEK": "el",
    "DEVANAGARI": "hi",
    "THAI": "th",
}
_COMMON_TEXT = {
    "en": "the and you i my me to of in is it a on for we your with all are be that this so no what love",
    "es": "el la los las de que y en un una por con no mi tu te se es como más para del sin corazón amor",
    "fr": "le la les de des et en un une je tu il elle nous vous mon ma ton est pas que qui dans pour sur",
    "de": "der die das und ich du er sie es wir ihr ist nicht ein eine mit von zu auf den dem mein dein im",
    "it": "il lo la gli le di che e un una per con non mi ti si sono è come più nel del della mio tuo amore",
    "pt": "o a os as de que e em um uma por com não meu minha eu você é como mais para do da no na amor",
    "nl": "de het een en ik jij je van in is niet met op dat die mijn jouw voor zijn maar ook nog wij",
    "sv": "och att det som en ett jag du är inte med för på av den min din vi till han hon",
    "pl": "i w na z nie to się że jest do mnie ja ty mój twoja jak po co za bez dla",
}
_COMMON = {code: frozenset(text.split()) for code, text in _COMMON_TEXT.items()}
NAMES = {
    "en": "English",
    "ru": "a Cyrillic-script language",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "ar": "Arabic",
    "he": "Hebrew",
    "el": "Greek",
    "hi": "Hindi",
    "th": "Thai",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "pt": "Portuguese",
    "nl": "Dutch",
    "sv": "Swedish",
    "pl": "Polish",
    "und": "no language that was recognised",
}
_WORD = re.compile(r"[^\W\d_]+")
_LATIN_SHARE = 0.8
"""Letters that must be Latin for a text to be sung at all."""


@dataclass(frozen=True)
class Tongue:
    """A text's language (ISO 639-1, "und" when there are no letters) and whether the voice can sing it."""

    code: str
    singable: bool

    @property
    def name(self) -> str:
        """The language in English words."""
        return NAMES.get(self.code, "another language")


def tongue_of(text: str) -> Tongue:
    """Guess the language of ``text``: by its script, and among Latin ones by its commonest words."""
    scripts = Counter(_script(letter) for letter in text if letter.isalpha())
    total = sum(scripts.values())
    if not total:
        digits = any(sign.isdigit() for sign in text)
        return Tongue("en" if digits else "und", digits)
    if scripts["LATIN"] / total >= _LATIN_SHARE:
        return Tongue(_latin_language(text), True)
    if scripts["HIRAGANA"] + scripts["KATAKANA"] > 0.1 * total:
        return Tongue("ja", False)
    del scripts["LATIN"]
    script = scripts.most_common(1)[0][0]
    return Tongue(_SCRIPT_LANGUAGE.get(script, "und"), False)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]


def _latin_language(text: str) -> str:
    words = Counter(word.lower() for word in _WORD.findall(text))
    score = {code: sum(words[word] for word in common) for code, common in _COMMON.items()}
    best = max(score, key=lambda code: (score[code], code == "en"))
    different = sum(word in words for word in _COMMON[best])
    clear = different >= 3 and score[best] > 1.3 * score["en"]
    return best if clear else "en"
