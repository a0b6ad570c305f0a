"""Hindi in either script: Devanagari to Latin letters, and one spelling for the many that people type.

Recognisers and people mix scripts and spell as they hear: `नहीं`, `nahin`, `nahi`, `nhi`. Tables of words
are written once, in Latin letters; both sides of a comparison are folded to one form.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

__all__ = ["fold", "folded", "has_devanagari", "romanised"]

_VOWELS: Final = dict(
    zip(
        "अआइईउऊऋएऐओऔऑऍ",
        ("a", "aa", "i", "ee", "u", "oo", "ri", "e", "ai", "o", "au", "o", "e"),
        strict=True,
    )
)
_SIGNS: Final = dict(zip("ािीुूृेैोौॉॅ", ("aa", "i", "ee", "u", "oo", "ri", "e", "ai", "o", "au", "o", "e"), strict=True))
_CONSONANTS: Final = dict(
    zip(
        "कखगघङचछजझञटठडढणतथदधनपफबभमयरलळवशषसह",
        ("k kh g gh n ch chh j jh n t th d dh n t th d dh n p ph b bh m y r l l v sh sh s h").split(),
        strict=True,
    )
)
_DOTTED: Final = {"क": "q", "ख": "kh", "ग": "g", "ज": "z", "ड": "r", "ढ": "rh", "फ": "f"}
"""Consonants that a dot below (nukta) turns into others."""
_VIRAMA, _NUKTA, _ANUSVARA, _CANDRABINDU, _VISARGA = "्", "़", "ं", "ँ", "ः"
_DEVANAGARI: Final = re.compile(r"[ऀ-ॿ]+")
_SCHWA: Final = "\0"
"""The vowel that a consonant carries unless it is told otherwise, and that is not said everywhere."""
_SILENT: Final = re.compile(rf"(?<=[aeiou])([^aeiou{_SCHWA}]+){_SCHWA}(?=[^aeiou{_SCHWA}]h?[aeiou])")

_SAME: Final = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"chh?", "c"),
        (r"ph", "f"),
        (r"sh", "s"),
        (r"([bdgjkt])h", r"\1"),
        (r"(?<=[aeiou])n$", ""),
        (r"w", "v"),
        (r"z|x(?=[aeiou])", "j"),
        (r"q", "k"),
        (r"aa+", "a"),
        (r"ee+|ii+|ie(?=$)", "i"),
        (r"oo+|uu+", "u"),
        (r"ei|ey|ay(?=$)|ai(?=$)", "e"),
        (r"ou", "au"),
        (r"([bcdfgjklmnprstvy])\1+", r"\1"),
        (r"(?<=[aeiou])[nm](?=[bcdfgjkpst])", "n"),
        (r"(?<=[aeiou][bcdfgjklmnprstv])a(?=[bcdfgjklmnprstvh][aeiou])", ""),
    )
)


def has_devanagari(text: str) -> bool:
    """Whether any of it is written in Devanagari."""
    return _DEVANAGARI.search(text) is not None


def romanised(text: str) -> str:
    """`text` with what is Devanagari in Latin letters, as people type it; its figures as 0 to 9, the danda as a stop.

    All else stays. Takes time in proportion to its length.
    """
    text = unicodedata.normalize("NFD", text) if has_devanagari(text) else text
    return _DEVANAGARI.sub(lambda found: _word(found[0]), text)


@lru_cache(maxsize=8192)
def _word(word: str) -> str:
    out: list[str] = []
    bare = False  # whether the last letter is a consonant whose vowel is still open
    for place, letter in enumerate(word):
        if letter in _CONSONANTS:
            if bare:
                out.append(_SCHWA)
            dotted = word[place + 1 : place + 2] == _NUKTA and letter in _DOTTED
            out.append(_DOTTED[letter] if dotted else _CONSONANTS[letter])
            bare = True
            continue
        if letter == _NUKTA:
            continue
        if letter in _SIGNS:
            out.append(_SIGNS[letter])
        elif letter in "।॥":  # a vowel that is open at the end is not said
            out.append(". ")
        elif letter != _VIRAMA:
            if bare:
                out.append(_SCHWA)
            if letter in _VOWELS:
                out.append(_VOWELS[letter])
            elif letter in (_ANUSVARA, _CANDRABINDU):
                out.append("n")
            elif letter == _VISARGA:
                out.append("h")
            elif letter.isdigit():
                out.append(str(int(letter)))
        bare = False
    latin = "".join(out)
    if word.endswith("्य"):
        latin += "a"  # said behind two consonants: `shunya`
    while (shorter := _SILENT.sub(r"\1", latin)) != latin:
        latin = shorter
    return latin.replace(_SCHWA, "a")


@lru_cache(maxsize=16384)
def fold(word: str) -> str:
    """One spelling for all spellings of a Latin word: `khambhe`, `khambe` and `kambay` come out alike.

    Long and short vowels, breath behind a consonant, doubled consonants and a nasal at the end do not
    count. The form is for comparing, not for reading.
    """
    word = word.lower()
    for pattern, to in _SAME:
        word = pattern.sub(to, word)
    return word


def folded(text: str) -> list[str]:
    """The words of a text in either script, folded; what is no letter or figure parts them."""
    return [fold(word) for word in re.findall(r"[^\W_]+", romanised(text))]
