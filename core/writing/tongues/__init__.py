"""Prompts in other languages: the field's terms, keys and negations, in words that the studio knows."""

from core.writing.tongues.keys import keys_in_english
from core.writing.tongues.terms import compound, english_of, is_listed, is_small, negates, parted

__all__ = ["compound", "english_of", "is_listed", "is_small", "keys_in_english", "negates", "parted"]
