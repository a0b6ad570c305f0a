"""How Hindi words sound to a recogniser that learned English: Devanagari to the phones of ARPAbet, by rule.

The acoustic model knows no breathed consonants, no dental and no retroflex ones, and no nasal vowels. Each
sound becomes the English one that it is nearest to, and where two are near, both are listened for. What
callers say in English words, and what the rules get wrong, is in a file of our own (`data/hi.dict`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from npcl_voice.speech.local.lexicon import Pronunciations, read_dictionary

__all__ = ["accent", "hindi_dictionary", "ways_to_say"]

_MOST_WAYS: Final = 8
"""Of one word; more make words alike, and cost time."""

_CONSONANTS: Final[Mapping[str, tuple[str, ...]]] = {
    "क": ("K",), "ख": ("K",), "ग": ("G",), "घ": ("G",), "ङ": ("NG",),
    "च": ("CH",), "छ": ("CH",), "ज": ("JH",), "झ": ("JH",), "ञ": ("N",),
    "ट": ("T",), "ठ": ("T",), "ड": ("D",), "ढ": ("D",), "ण": ("N",),
    "त": ("T", "TH"), "थ": ("T", "TH"), "द": ("D", "DH"), "ध": ("D", "DH"), "न": ("N",),
    "प": ("P",), "फ": ("F", "P"), "ब": ("B",), "भ": ("B",), "म": ("M",),
    "य": ("Y",), "र": ("R",), "ल": ("L",), "ळ": ("L",), "व": ("V", "W"),
    "श": ("SH",), "ष": ("SH",), "स": ("S",), "ह": ("HH", ""),
    "क़": ("K",), "ख़": ("K",), "ग़": ("G",), "ज़": ("Z", "JH"), "ड़": ("R", "D"), "ढ़": ("R", "D"), "फ़": ("F",),
}  # fmt: skip
_VOWELS: Final[Mapping[str, tuple[str, ...]]] = {
    "अ": ("AH",), "आ": ("AA",), "इ": ("IH", "IY"), "ई": ("IY",), "उ": ("UH", "UW"), "ऊ": ("UW",), "ऋ": ("R IY",),
    "ए": ("EY", "EH"), "ऐ": ("EH", "AE", "EY"), "ओ": ("OW",), "औ": ("AO", "OW"), "ऑ": ("AO", "AA"), "ऍ": ("AE",),
}  # fmt: skip
_SIGNS: Final = dict(zip("ािीुूृेैोौॉॅ", "आइईउऊऋएऐओऔऑऍ", strict=True))
_VIRAMA, _NUKTA, _NASALS, _VISARGA = "्", "़", "ंँ", "ः"
_LIPS, _PALATE = frozenset("पफबभम"), frozenset("कखगघ")


class _Sound(NamedTuple):
    """One sound of a word."""

    ways: tuple[str, ...]
    """Phones, the likeliest first; an empty one is silent."""
    is_vowel: bool
    schwa: bool = False
    """Whether it is the vowel that is not written, and not said everywhere."""


@cache
def accent() -> Pronunciations:
    """Our own file: Hindi words, and English ones (in Latin letters) as they are said in Hindi."""
    text = files("npcl_voice.speech.local").joinpath("data", "hi.dict").read_text(encoding="utf-8")
    return read_dictionary(text.splitlines())


def ways_to_say(word: str) -> tuple[str, ...]:
    """The pronunciations of a Devanagari word, our own first; at most eight."""
    word = unicodedata.normalize("NFC", word)
    ways = (*accent().get(word, ()), *_by_rule(word))
    return tuple(dict.fromkeys(ways))[:_MOST_WAYS]


def _by_rule(word: str) -> list[str]:
    """The likeliest way, what English ears make of it, and the other sounds: all at once, then one at a time."""
    sounds = _without_silent(_sounds(word))
    first = [sound.ways[0] for sound in sounds]
    likely = _spoken(first)
    ways = [likely, *_as_english(likely), _spoken([sound.ways[-1] for sound in sounds])]
    for at, sound in enumerate(sounds):
        ways += [_spoken([*first[:at], other, *first[at + 1 :]]) for other in sound.ways[1:]]
    return [way for way in ways if way]


def _spoken(way: list[str]) -> str:
    """Phones in a row; a doubled consonant is one sound, and the nasal of `-ing` swallows what follows."""
    phones = " ".join(way).split()
    row = [phone for at, phone in enumerate(phones) if not at or phone != phones[at - 1]]
    return re.sub(r"\bNG G$", "NG", " ".join(row))


def _as_english(way: str) -> list[str]:
    """The same with the glides and the rounded r that the model has a phone for."""
    glides = re.sub(r"\bAA (?:IH|UH)\b(?! EY)", lambda found: "AY" if found[0].endswith("IH") else "AW", way)
    rounded = re.sub(r"\bAH R\b(?! [AEIOU])", "ER", glides)
    return [other for other in dict.fromkeys((glides, rounded)) if other != way]


def _sounds(word: str) -> list[_Sound]:
    """All sounds, silent ones too."""
    out: list[_Sound] = []
    letters = _letters(word)
    for at, letter in enumerate(letters):
        after = letters[at + 1] if at + 1 < len(letters) else ""
        if letter in _CONSONANTS:
            out.append(_Sound(_CONSONANTS[letter], is_vowel=False))
            if after not in _SIGNS and after != _VIRAMA:
                out.append(_Sound(("AH",), is_vowel=True, schwa=True))
        elif letter in _SIGNS:
            out.append(_Sound(_VOWELS[_SIGNS[letter]], is_vowel=True))
        elif letter in _VOWELS:
            out.append(_Sound(_VOWELS[letter], is_vowel=True))
        elif letter and letter in _NASALS:
            out[-1:] = [last._replace(schwa=False) for last in out[-1:]]
            out.append(_Sound(_nasal(after), is_vowel=False))
    return out


def _letters(word: str) -> list[str]:
    """The letters, each with its dot below."""
    out: list[str] = []
    for letter in unicodedata.normalize("NFD", word):
        if letter == _NUKTA and out:
            dotted = out[-1] + letter
            out[-1] = dotted if dotted in _CONSONANTS else out[-1]
        else:
            out.append(letter)
    return out


def _nasal(after: str) -> tuple[str, ...]:
    """A nasal, by what follows it; at the end of a word it is hardly heard."""
    if not after:
        return ("", "N")
    letter = after[0]
    return ("M",) if letter in _LIPS else ("NG", "N") if letter in _PALATE else ("N", "")


def _without_silent(sounds: list[_Sound]) -> list[_Sound]:
    """Without the vowels that are written, so to speak, and not said: at the end, and between two said ones."""
    said = list(sounds)
    vowels = [at for at, sound in enumerate(said) if sound.is_vowel]
    if len(vowels) > 1 and said[-1].schwa and vowels[-1] == len(said) - 1:
        said.pop()
    at = len(said) - 3
    while at > 1:  # from the end, as the ear does: a vowel is left out between single consonants with vowels beyond
        around = [said[place].is_vowel for place in range(at - 2, at + 3)] if at + 2 < len(said) else []
        if said[at].schwa and around == [True, False, True, False, True]:
            del said[at]
            at -= 1
        at -= 1
    return [_before_breath(said, at) for at in range(len(said))]


def _before_breath(said: list[_Sound], at: int) -> _Sound:
    """The vowel of `pehle`: an unwritten one before a breath that no vowel follows is open."""
    sound = said[at]
    breath = at + 1 < len(said) and said[at + 1].ways[0] == "HH"
    alone = at + 2 >= len(said) or not said[at + 2].is_vowel
    return sound._replace(ways=("EH", "AH")) if sound.schwa and breath and alone else sound


def hindi_dictionary(words: Iterable[str]) -> str:
    """The dictionary file for exactly these words, each with all its ways to be said."""
    lines = []
    for word in sorted(set(words)):
        for number, way in enumerate(ways_to_say(word), start=1):
            lines.append(f"{word}{f'({number})' if number > 1 else ''} {way}")
    return "\n".join([*lines, ""])
