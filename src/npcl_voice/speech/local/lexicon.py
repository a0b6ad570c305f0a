"""How words sound: the recogniser's pronunciations for the words that its language model knows.

Most come from the CMU dictionary that the recogniser's package brings; the names of places and the
Hindi words that slip into English come from our own file; anything else, such as an area that an
operator added, is spelled out by rule, the Indian way.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

__all__ = [
    "Pronunciations",
    "dictionary",
    "known_to",
    "own_pronunciations",
    "read_dictionary",
    "spelled_out",
    "written",
]

Pronunciations = Mapping[str, tuple[str, ...]]
"""Each word's ways to be said, as phones of ARPAbet with spaces between."""

_NONE: Pronunciations = MappingProxyType({})

_LETTERS = (
    "A:EY B:B_IY C:S_IY D:D_IY E:IY F:EH_F G:JH_IY H:EY_CH I:AY J:JH_EY K:K_EY L:EH_L M:EH_M N:EH_N O:OW P:P_IY"
    " Q:K_Y_UW R:AA_R S:EH_S T:T_IY U:Y_UW V:V_IY W:D_AH_B_AH_L_Y_UW X:EH_K_S Y:W_AY Z:Z_EH_D"
)
LETTER_NAMES = {pair[0].lower(): pair[2:].replace("_", " ") for pair in _LETTERS.split()}
"""Letters by their names, as an acronym is read; Z the British and Indian way."""

_SOUNDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("tion", ("SH AH N",)),
    ("chh", ("CH",)),
    ("aa", ("AA",)),
    ("ai", ("EY", "AY")),
    ("ay", ("EY",)),
    ("au", ("AO", "AW")),
    ("ee", ("IY",)),
    ("ei", ("EY",)),
    ("ey", ("EY",)),
    ("oo", ("UW",)),
    ("ou", ("AW",)),
    ("bh", ("B",)),
    ("ch", ("CH",)),
    ("ck", ("K",)),
    ("dh", ("D",)),
    ("gh", ("G",)),
    ("jh", ("JH",)),
    ("kh", ("K",)),
    ("ph", ("F",)),
    ("sh", ("SH",)),
    ("th", ("T", "TH")),
    ("qu", ("K W",)),
    ("a", ("AH", "AA")),
    ("b", ("B",)),
    ("c", ("K",)),
    ("d", ("D",)),
    ("e", ("EH", "EY")),
    ("f", ("F",)),
    ("g", ("G",)),
    ("h", ("HH",)),
    ("i", ("IH", "IY")),
    ("j", ("JH",)),
    ("k", ("K",)),
    ("l", ("L",)),
    ("m", ("M",)),
    ("n", ("N",)),
    ("o", ("OW",)),
    ("p", ("P",)),
    ("q", ("K",)),
    ("r", ("R",)),
    ("s", ("S",)),
    ("t", ("T",)),
    ("u", ("UH", "AH")),
    ("v", ("V",)),
    ("w", ("W",)),
    ("x", ("K S",)),
    ("y", ("Y",)),
    ("z", ("Z",)),
)
_FINALS = {"a": ("AA", "AH"), "i": ("IY",), "y": ("IY",), "e": ("EY", "")}
"""How a vowel sounds at the end of a word."""


def read_dictionary(lines: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Pronunciations in the CMU dictionary's format: a word and its phones on a line, `;;;` a comment.

    A further way to say a word is `word(2)` or the word again.
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in lines:
        if line.startswith(";;;") or not line.strip():
            continue
        word, *phones = line.split()
        word = re.sub(r"\(\d+\)$", "", word)
        found[word] = (*found.get(word, ()), " ".join(phones))
    return found


@cache
def own_pronunciations() -> Pronunciations:
    """Our own file: places and Hindi words."""
    text = files("npcl_voice.speech.local").joinpath("data", "en.dict").read_text(encoding="utf-8")
    return read_dictionary(text.splitlines())


def spelled_out(word: str) -> tuple[str, ...]:
    """Ways to say a word that no dictionary has, from its spelling, as Indian names are spelled.

    A word without a vowel is read letter by letter. Two ways at most: first the likeliest sound of
    each spelling, then the other one of the first spelling that has two.
    """
    letters = re.sub(r"[^a-z]", "", word.lower())
    if not re.search("[aeiouy]", letters):
        return (" ".join(LETTER_NAMES[letter] for letter in letters),)
    sounds = list(_sounds(letters))
    ways = [[choice[0] for choice in sounds]]
    for at, choice in enumerate(sounds):
        if len(choice) > 1:
            ways.append([*ways[0][:at], choice[1], *ways[0][at + 1 :]])
            break
    return tuple(dict.fromkeys(" ".join(phone for phone in way if phone) for way in ways))


def _sounds(letters: str) -> Iterator[tuple[str, ...]]:
    at = 0
    while at < len(letters):
        spelling, sounds = next(pair for pair in _SOUNDS if letters.startswith(pair[0], at))
        at += len(spelling)
        if at < len(letters) and letters[at] == letters[at - 1] and letters[at] not in "aeiou":
            at += 1  # a doubled consonant is one sound
        yield _FINALS.get(spelling, sounds) if at == len(letters) and len(letters) > 1 else sounds


def dictionary(words: Iterable[str], cmu: Path, accent: Pronunciations = _NONE) -> str:
    """The dictionary file for exactly these words, each with all its ways to be said; `accent` has further ones.

    The CMU dictionary at `cmu` holds 135,000 words: loading all of them would cost more time and
    memory than everything else together.
    """
    wanted = set(words)
    known = known_to(cmu, wanted)
    own = own_pronunciations()
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(wanted):
        ways = dict.fromkeys((*own.get(word, ()), *known.get(word, ()), *accent.get(word, ())))
        found[word] = tuple(ways) or spelled_out(word)
    return written(found)


def known_to(cmu: Path, words: Collection[str]) -> dict[str, tuple[str, ...]]:
    """What the CMU dictionary at `cmu` has of these words."""
    with cmu.open(encoding="utf-8") as file:
        return read_dictionary(line for line in file if line[: line.find(" ")].partition("(")[0] in words)


def written(words: Pronunciations) -> str:
    """Pronunciations in the CMU dictionary's format, as `read_dictionary` reads them."""
    lines = [
        f"{word}{f'({number})' if number > 1 else ''} {way}"
        for word, ways in words.items()
        for number, way in enumerate(ways, start=1)
    ]
    return "\n".join([*lines, ""])
