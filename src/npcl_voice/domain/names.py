"""One spelling for the many in which an Indian name is written, or written down by a recogniser.

Names are compared by their consonants, which must be the same, and by their vowels, which may differ
a little: `Dheeraj` and `Dhiraj` are one name, `Nidhi` and `Nisha` or `Anjali` and `Anjana` are two.
"""

import re
import unicodedata
from typing import Final

from rapidfuzz.distance import Levenshtein

__all__ = ["MOST_LETTERS", "same_word", "words_of"]

MOST_LETTERS: Final = 200
"""No name is longer; what stands behind is not looked at."""

_DROPPED: Final = frozenset(
    # Titles, on bills and in speech.
    "mr mrs ms miss mister dr doctor prof shri shree sri smt shrimati srimati sir madam maam mam ji saab sahab sahib "
    # What people say around a name, in English and in Hindi.
    "my name names is its it s the this that here speaking on in of for bill account registered under i am im m "
    "me a and yes yeah ok okay so well hello hi namaste um uh er ah "
    "mera meraa mere naam nam hai hain he h main mai mein bol raha rahi rahaa hoon hun hu haan ha han "
    "se ka ke ki pe par yah yeh ye apna aap".split()
)
_FOLDS: Final = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"ksh|x", "ks"),
        (r"chh?", "c"),
        (r"ph", "f"),
        (r"sh", "s"),
        (r"ck|q", "k"),
        (r"w", "v"),
        (r"z", "j"),
        (r"nh$", "ng"),  # Singh, as Devanagari is romanised
        (r"(?<=[bcdfgjkltpsvr])h", ""),
        (r"(?:au|ou|av(?![aeiou])|ov(?![aeiou]))", "o"),
        (r"(?:ai|ay|ei|ey)e?(?![aiou])", "e"),
        (r"y", "i"),
        (r"ee", "i"),
        (r"oo", "u"),
        (r"(.)\1+", r"\1"),
    )
)
_VOWELS: Final = re.compile("[aeiou]+")
_LETTERS_A_SLIP: Final = 5
"""One vowel in so many letters may be another, or be missing."""


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in Latin letters, without titles, initials and what people say around it."""
    plain = unicodedata.normalize("NFKD", name[:MOST_LETTERS].casefold())
    found = re.findall(r"[a-z]+", re.sub(r"[̀-ͯ'’]", "", plain))
    return tuple(word for word in found if len(word) > 1 and word not in _DROPPED)


def same_word(one: str, other: str) -> bool:
    """Whether two words are spellings of one name."""
    one, other = _fold(one), _fold(other)
    if _VOWELS.sub("", one) != _VOWELS.sub("", other) or _ends(one) != _ends(other):
        return False
    return Levenshtein.distance(one, other) <= min(len(one), len(other)) // _LETTERS_A_SLIP


def _ends(word: str) -> tuple[bool, str]:
    """How a word begins and ends, as far as that tells names apart: Rama is not Ram, Sunita not Suniti."""
    return word[0] in "aeiou", word[-1]


def _fold(word: str) -> str:
    for pattern, to in _FOLDS:
        word = pattern.sub(to, word)
    return word
