"""From what was heard to the words of danger that were meant.

A recogniser gets a letter wrong, parts one word in two and runs two together; people spell as they hear.
Words that are words of danger, or are known to be others, stay what they are.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

from npcl_voice.meaning.danger import danger
from npcl_voice.meaning.script import fold, romanised

__all__ = ["BARRIER", "tokens_of"]

BARRIER: Final = ","
"""The token of every stop."""

_DANGER: Final = danger()
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.,;:!?]")

_LEAST_LONG: Final = 5
"""Letters; shorter words have too many neighbours to be taken for one another."""
_TWO_WRONG: Final = 10
"""From so many letters on two may be wrong."""
_LONG: Final = tuple(word for word in _DANGER.long_words if len(word) >= _LEAST_LONG)
_LEAST_SHORT: Final = 4
_SHORT: Final = tuple(_DANGER.short_words)
_LEAST_JOINED: Final = 7
"""Letters of two words that may have been run together."""
_LEAST_PART: Final = 3
_LONGEST: Final = 40
"""Longer words are none."""


def tokens_of(text: str) -> list[str]:
    """The tokens of a text in either script, with phrases put together. Takes time in proportion to its length."""
    found = _WORD.findall(romanised(text).lower().replace("’", "'"))
    return _with_phrases(list(_mended(found)))


def _mended(words: Sequence[str]) -> Iterator[str]:
    """The tokens of the words, each put right by itself or together with those behind it."""
    index = 0
    while index < len(words):
        word = words[index]
        if not word[0].isalnum():
            yield BARRIER
            index += 1
            continue
        for size in (3, 2):
            token = _parted(tuple(words[index : index + size]))
            if token is not None:
                yield token
                index += size
                break
        else:
            yield from _meant(word)
            index += 1


@lru_cache(maxsize=8192)
def _parted(words: tuple[str, ...]) -> str | None:
    """The long word that these are the parts of: "trans former"."""
    if all(_DANGER.token(word) in _DANGER.known for word in words):
        return None
    return _DANGER.long_words.get(fold("".join(words))) if len(words) > 1 else None


@lru_cache(maxsize=8192)
def _meant(word: str) -> tuple[str, ...]:
    token = _DANGER.token(word)
    if token in _DANGER.known or len(word) > _LONGEST:
        return (token,)
    return _misspelt(word) or _run_together(word) or (token,)


def _misspelt(word: str) -> tuple[str, ...]:
    folded = fold(word)
    if folded in _DANGER.long_words:
        return (_DANGER.long_words[folded],)
    if len(folded) >= _LEAST_LONG:
        wrong = 2 if len(folded) >= _TWO_WRONG else 1
        near = extractOne(folded, _LONG, scorer=OSA.distance, score_cutoff=wrong)
        if near is not None and near[0][0] == folded[0]:
            return (_DANGER.long_words[near[0]],)
    if len(word) >= _LEAST_SHORT:
        near = extractOne(word, _SHORT, scorer=OSA.distance, score_cutoff=1)
        if near is not None and near[0][0] == word[0]:
            return (_DANGER.short_words[near[0]],)
    return ()


def _run_together(word: str) -> tuple[str, ...]:
    if len(word) < _LEAST_JOINED:
        return ()
    for end in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
        parts = _DANGER.token(word[:end]), _DANGER.token(word[end:])
        if all(part in _DANGER.known for part in parts) and any(part in _DANGER.classes for part in parts):
            return parts
    return ()


def _with_phrases(tokens: Sequence[str]) -> list[str]:
    put: list[str] = []
    index = 0
    while index < len(tokens):
        for size in range(min(_DANGER.longest, len(tokens) - index), 1, -1):
            stands = _DANGER.phrases.get(tuple(tokens[index : index + size]))
            if stands is not None:
                put.extend(stands)
                index += size
                break
        else:
            put.append(tokens[index])
            index += 1
    return put
