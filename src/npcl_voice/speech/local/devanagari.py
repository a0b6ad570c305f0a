"""Latin words in Devanagari, as they are said in India: `complaint number`, `Alpha`, `bijli chali gayi`.

The Hindi voice reads Latin letters by English rules, which turns Hindi that was typed in them into
noise. A table has what is said most; an English word beyond it is spelled from the recogniser's
dictionary, anything else by the letters that people type Hindi with.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

from npcl_voice.meaning.names import DEVANAGARI_OF
from npcl_voice.speech.local.lexicon import read_dictionary

__all__ = ["in_devanagari", "letters_by_name", "spelled_from_letters", "spelled_from_phones"]

_RUN: Final = re.compile(r"[A-Za-z]+(?:['’]?[A-Za-z]+|[ ,;:-]+[A-Za-z]+)*")
"""Latin words with nothing of another script, and no figure, between them."""
_WORD: Final = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_LONGEST_ACRONYM: Final = 6
_CERTAINLY_ENGLISH: Final = 6
"""Letters from which a word that an English dictionary has is taken for English among Hindi words, too."""

_VIRAMA, _ANUSVARA = "्", "ं"

_VOWELS: Final = {
    "a": ("अ", ""),
    "aa": ("आ", "ा"),
    "i": ("इ", "ि"),
    "ee": ("ई", "ी"),
    "u": ("उ", "ु"),
    "oo": ("ऊ", "ू"),
    "e": ("ए", "े"),
    "ai": ("ऐ", "ै"),
    "o": ("ओ", "ो"),
    "au": ("औ", "ौ"),
    "aw": ("ऑ", "ॉ"),
}
"""Each vowel as it stands alone, and as the sign behind a consonant; `aw` is that of `office`."""

_TYPED: Final = {
    "ksh": "क्ष", "cch": "च्छ", "chh": "छ", "ch": "च", "kh": "ख", "gh": "घ", "jh": "झ", "th": "थ", "dh": "ध", "ph": "फ",
    "bh": "भ", "sh": "श", "k": "क", "c": "क", "q": "क", "g": "ग", "j": "ज", "t": "त", "d": "द", "n": "न", "p": "प",
    "b": "ब", "m": "म", "y": "य", "r": "र", "l": "ल", "v": "व", "w": "व", "s": "स", "h": "ह", "z": "ज़", "f": "फ़",
    "x": "क्स",
}  # fmt: skip
_TYPED_VOWELS: Final = {
    "aa": "aa", "ai": "ai", "au": "au", "ay": "e", "ee": "ee", "ei": "e", "ey": "e", "ii": "ee", "oo": "oo",
    "ou": "au", "uu": "oo", "a": "a", "e": "e", "i": "i", "o": "o", "u": "u",
}  # fmt: skip
_AT_THE_END: Final = {"a": "aa", "i": "ee", "u": "oo"}
_SPELLING: Final = re.compile(
    "[ae]y(?![aeiou])|" + "|".join(sorted({*_TYPED, *_TYPED_VOWELS} - {"ay", "ey"}, key=len, reverse=True))
)
"""One sound; the `y` of `gaya` is a consonant, that of `hay` is none."""
_BREATHED: Final = dict(zip("कगचजतदपब", "खघछझथधफभ", strict=True))

_CONSONANT_PHONES: Final = {
    "B": "ब", "CH": "च", "D": "ड", "DH": "द", "F": "फ़", "G": "ग", "HH": "ह", "JH": "ज", "K": "क", "L": "ल",
    "M": "म", "N": "न", "P": "प", "R": "र", "S": "स", "SH": "श", "T": "ट", "TH": "थ", "V": "व", "W": "व",
    "Y": "य", "Z": "ज़", "ZH": "ज़",
}  # fmt: skip
_VOWEL_PHONES: Final = {
    "AE": ("ai",), "AH": ("a",), "AO": ("aw",), "AW": ("aa", "u"), "AY": ("aa", "i"), "EH": ("e",), "EY": ("e",),
    "IH": ("i",), "IY": ("ee",), "OW": ("o",), "OY": ("aw", "i"), "UH": ("u",), "UW": ("oo",),
}  # fmt: skip
_STOPS: Final = frozenset("कखगघचछजझटठडढतथदधपफबभ")
"""Before one of these a nasal is written as a dot."""


class _Sound(NamedTuple):
    """One sound on its way to letters."""

    letter: str
    """A consonant's letter, or a vowel's name."""
    is_vowel: bool


class _Table(NamedTuple):
    hindi: dict[str, str]
    english: dict[str, str]
    both: dict[str, list[str]]
    letters: dict[str, str]


@cache
def _table() -> _Table:
    text = files("npcl_voice.speech.local").joinpath("data", "devanagari.toml").read_text(encoding="utf-8")
    return _Table(**tomllib.loads(text))


def letters_by_name(letters: str) -> str:
    """Latin letters by their names: `NPCL` is `एन पी सी एल`."""
    names = _table().letters
    return " ".join(names[letter] for letter in letters.lower())


def in_devanagari(text: str) -> str:
    """`text` with every Latin word in Devanagari; all else stays.

    Takes time in proportion to its length; the first word that is in no table, and no known name, reads the dictionary.
    """
    return _RUN.sub(_run, text)


def _run(match: re.Match[str]) -> str:
    """Neighbouring words are read in one language: that of the words among them that are sure."""
    table = _table()
    hindi = any(word in table.hindi for word in _WORD.findall(match[0].lower()))
    return _WORD.sub(lambda found: _word(found[0], hindi=hindi), match[0])


def _word(word: str, *, hindi: bool) -> str:
    table, lower = _table(), word.lower()
    if lower in table.both and not (word.isupper() and len(word) == 1):
        return table.both[lower][0 if hindi else 1]
    if (known := table.hindi.get(lower) or table.english.get(lower) or DEVANAGARI_OF.get(lower)) is not None:
        return known
    if len(word) == 1 or (word.isupper() and len(word) <= _LONGEST_ACRONYM):
        return letters_by_name(word)
    english = hindi is False or len(word) >= _CERTAINLY_ENGLISH
    phones = _pronounced(re.sub("’", "'", lower)) if english else None
    return spelled_from_letters(lower) if phones is None else spelled_from_phones(phones)


@cache
def _dictionary() -> str:
    from pocketsphinx import get_model_path  # the ears' own package; a call in English never needs it here

    return "\n" + (Path(get_model_path()) / "en-us" / "cmudict-en-us.dict").read_text(encoding="utf-8")


@cache
def _pronounced(word: str) -> str | None:
    """The first way to say an English word, as phones of ARPAbet with spaces between; None for others."""
    lines = _dictionary()
    start = lines.find(f"\n{word} ")
    if start < 0:
        return None
    return read_dictionary([lines[start + 1 : lines.find("\n", start + 1)]])[word][0]


def spelled_from_phones(phones: str) -> str:
    """Phones of ARPAbet in Devanagari, the Indian way: `T` and `D` are those of `टाइम` and `डेट`."""
    row = phones.split()
    sounds: list[_Sound] = []
    for place, phone in enumerate(row):
        last = place == len(row) - 1
        following = "" if last else row[place + 1]
        match phone:
            case "AA":
                sounds.append(_Sound("aa" if following in {"R", ""} else "aw", is_vowel=True))
            case "ER":
                sounds += (_Sound("a", is_vowel=True), _Sound("र", is_vowel=False))
            case "AH" if last:
                sounds.append(_Sound("aa", is_vowel=True))
            case "NG":
                sounds.append(_Sound("न", is_vowel=False))
                if following not in {"K", "G"}:
                    sounds.append(_Sound("ग", is_vowel=False))
            case _ if phone in _VOWEL_PHONES:
                sounds += (_Sound(name, is_vowel=True) for name in _VOWEL_PHONES[phone])
            case _:
                sounds.append(_Sound(_CONSONANT_PHONES[phone], is_vowel=False))
    return _written(sounds)


def spelled_from_letters(word: str) -> str:
    """A Hindi word as people type it, in Devanagari: `bijli` is `बिजली`."""
    sounds = list(_typed(re.sub(r"[^a-z]", "", word)))
    vowels = [place for place, sound in enumerate(sounds) if sound.is_vowel]
    inside = range(vowels[0], vowels[-1]) if vowels else range(0)
    return _written(sounds, frozenset(place for place in inside if _is_apart(*sounds[place : place + 2])))


def _is_apart(one: _Sound, two: _Sound) -> bool:
    """Whether a consonant in the middle of a word keeps the vowel that is written with it and not said."""
    together = two.letter in {"य", "र", "व"} or one.letter in {"स", "श", "र"}
    return not together and one.letter != two.letter and _BREATHED.get(one.letter) != two.letter


def _written(sounds: Sequence[_Sound], apart: frozenset[int] = frozenset()) -> str:
    """Sounds as letters; two consonants are one cluster unless the first one's place is in `apart`."""
    out = ""
    for place, sound in enumerate(sounds):
        before = sounds[place - 1] if place else None
        following = sounds[place + 1] if place + 1 < len(sounds) else None
        if sound.is_vowel:
            out += _VOWELS[sound.letter][before is not None and not before.is_vowel]
        elif following is None or following.is_vowel:
            out += sound.letter
        elif sound.letter in {"न", "म"} and following.letter in _STOPS and before is not None and before.is_vowel:
            out += _ANUSVARA
        else:
            out += sound.letter + ("" if place in apart else _VIRAMA)
    return out


def _typed(letters: str) -> Iterator[_Sound]:
    for match in _SPELLING.finditer(letters):
        spelling = match[0]
        if spelling in _TYPED:
            yield _Sound(_TYPED[spelling], is_vowel=False)
        else:
            at_the_end = match.end() == len(letters) and spelling in _AT_THE_END
            yield _Sound(_AT_THE_END[spelling] if at_the_end else _TYPED_VOWELS[spelling], is_vowel=True)
