"""Prompts in other languages: the field's terms, keys and negations, in words that the studio knows."""

from core.writing.tongues.keys import keys_in_english
from core.writing.tongues.terms import english_of, is_small, negates, parted

__all__ = ["english_of", "is_small", "keys_in_english", "negates", "parted"]
