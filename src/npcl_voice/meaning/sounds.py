"""How a word sounds, roughly: recognisers and typing callers confuse what sounds alike."""

import re
from functools import lru_cache

__all__ = ["sound_of"]

_SAME = (
    ("ph", "f"), ("gh", "g"), ("kh", "k"), ("bh", "b"), ("dh", "d"), ("th", "t"), ("sh", "s"), ("ck", "k"),
    ("ch", "c"), ("q", "k"), ("x", "ks"), ("w", "v"), ("z", "s"), ("j", "g"), ("y", "i"),
)  # fmt: skip
_VOWELS = re.compile(r"(?<!^)[aeiouh]")
_TWICE = re.compile(r"(.)\1+")


@lru_cache(maxsize=4096)
def sound_of(word: str) -> str:
    """A code that words of like sound share: consonants, aspiration and doubling left out.

    `alpha` and `alfa` give `alf`. Takes one word in lower-case Latin letters.
    """
    for letters, same in _SAME:
        word = word.replace(letters, same)
    return _TWICE.sub(r"\1", _VOWELS.sub("", word))
