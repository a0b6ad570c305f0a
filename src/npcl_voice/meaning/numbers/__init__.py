"""Spoken numbers to digits, and digits to words.

A caller says one number in many ways: digit by digit, "double four", pairs as tens ("ninety four forty
four"), English and Hindi mixed in either script, with a slip put right on the way ("four, I mean seven").
All of them are read by one scan, which the masking uses too: what is a number here is a number there.
"""

from npcl_voice.meaning.numbers.dictated import digits_in, number_runs, spoken_number
from npcl_voice.meaning.numbers.kinds import KINDS, NumberKind
from npcl_voice.meaning.numbers.run import Run
from npcl_voice.meaning.numbers.saying import (
    DIGIT_WORDS,
    TEEN_WORDS,
    TENS_WORDS,
    cardinal,
    group,
    hindi_cardinal,
    read_back,
    small_number,
)
from npcl_voice.meaning.numbers.unit import Said, Unit
from npcl_voice.meaning.numbers.words import number_words

__all__ = [
    "CORRECTIONS",
    "DIGIT_WORDS",
    "FILLERS",
    "KINDS",
    "NUMBER_WORDS",
    "TEEN_WORDS",
    "TENS_WORDS",
    "NumberKind",
    "Run",
    "Said",
    "Unit",
    "cardinal",
    "digits_in",
    "group",
    "hindi_cardinal",
    "number_runs",
    "read_back",
    "small_number",
    "spoken_number",
]

FILLERS = number_words().fillers
"""Words that may stand inside a dictated number without ending it."""

CORRECTIONS = number_words().corrections
"""Words after which the speaker says again what was wrong."""

NUMBER_WORDS = frozenset(number_words().senses)
"""Words that a number is made of, `double` and `hundred` among them."""
