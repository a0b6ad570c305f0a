"""Danger first: looked for in every utterance, and in every part of one as it is heard.

A table for each language says which words stand for what, and which of them together are a danger.
A false alarm costs less than a miss. Danger that is denied ("there is no fire") is none, and neither is a
figure of speech ("fire the manager"). P0 is danger to life; P1 is equipment that may become one.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Final, Literal

import msgspec
from rapidfuzz.distance import Levenshtein

from npcl_voice.domain.complaints import HazardKind
from npcl_voice.meaning.wording import LANGUAGES, wording

__all__ = ["Hazard", "Level", "find_hazard"]

Level = Literal["P0", "P1"]


class Hazard(msgspec.Struct, frozen=True):
    """A danger that was spoken of."""

    level: Level
    kind: HazardKind


class _Rule(msgspec.Struct, frozen=True):
    hazard: Hazard
    classes: tuple[str, ...]
    """All of them must be there, in any order, close together, none denied."""
    unless: str
    """A class that makes it harmless when it stands near; empty for none."""


class _Language(msgspec.Struct, frozen=True):
    """The words of danger in one language."""

    phrases: Mapping[tuple[str, ...], tuple[str, ...]]
    """What stands for several words together; nothing, where together they are harmless."""
    longest: int
    """Words in the longest phrase."""
    classes: Mapping[str, frozenset[str]]
    """What a word may stand for."""
    long_words: tuple[str, ...]
    """Words that are still themselves with one letter wrong."""
    not_those: frozenset[str]
    """Words that differ from those by one letter and are others."""
    negators: frozenset[str]
    carried: frozenset[str]
    """Words that may stand between a negator and what it denies: "not *on* fire"."""
    links: frozenset[str]
    """Words that carry a denial on: "no fire *or* smoke"."""
    copulas: frozenset[str]
    absent: frozenset[str]
    """What follows a negator after the thing denied: "smoke is not *there*"."""
    rules: tuple[_Rule, ...]
    """The first that fits counts."""


_NEAR: Final = 8
"""The words of one danger stand within so many words of each other."""

_LEAST_LETTERS: Final = 7
"""Shorter words have too many neighbours to be taken for one another."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[.,;:!?]")
_BARRIER: Final = ","


def _language(name: str) -> _Language:
    """The words of danger of a language, ready to be looked up."""
    danger = wording(name).danger
    dismissed = map(" ".join, product(danger.dismissed.first, danger.dismissed.second.split()))
    table = [*danger.phrases.items(), ("", dismissed)]
    phrases = {tuple(phrase.split()): tuple(to.split()) for to, many in table for phrase in many}
    classes: dict[str, set[str]] = {}
    for class_name, words in danger.classes.items():
        for word in words.split():
            classes.setdefault(word, set()).add(class_name)
    rules = []
    for group in danger.rules:
        for rule in group.classes:
            together, _, unless = rule.partition(" - ")
            rules.append(_Rule(Hazard(group.level, group.kind), tuple(together.split()), unless))
    return _Language(
        phrases=phrases,
        longest=max(map(len, phrases)),
        classes={word: frozenset(names) for word, names in classes.items()},
        long_words=tuple(danger.long_words.split()),
        not_those=frozenset(danger.not_those.split()),
        negators=frozenset(danger.negators.split()),
        carried=frozenset(danger.carried.split()),
        links=frozenset(danger.links.split()),
        copulas=frozenset(danger.copulas.split()),
        absent=frozenset(danger.absent.split()),
        rules=tuple(rules),
    )


_LANGUAGES: Final = tuple(map(_language, LANGUAGES))

_DENIED_BLAST = Hazard("P1", "sparking")
"""A transformer that burst, and the caller sees no fire or smoke: still broken open, so keep off it."""
_BLASTS: Final = {("blast",), ("burst", "plant"), ("blown", "transformer")}
_FLAMES: Final = {"fire", "smoke"}


def find_hazard(text: str) -> Hazard | None:
    """The gravest danger that `text` speaks of; None when it speaks of none.

    Takes time in proportion to the length of the text: it is asked on every partial transcript.
    """
    words = [match.group().lower().replace("’", "'") for match in _WORD.finditer(text)]
    found = [hazard for language in _LANGUAGES if (hazard := _found(words, language)) is not None]
    return min(found, key=lambda hazard: hazard.level, default=None)


def _found(words: Sequence[str], language: _Language) -> Hazard | None:
    tokens = _joined(words, language)
    places: dict[str, list[int]] = {}
    denied: dict[str, list[int]] = {}
    denials: set[int] = set()
    for index, token in enumerate(tokens):
        classes = language.classes.get(token, frozenset())
        if classes and _is_denied(tokens, index, language, denials):
            denials.add(index)
        for name in classes:
            (denied if index in denials else places).setdefault(name, []).append(index)
    for rule in language.rules:
        if _fits(rule, places):
            return _DENIED_BLAST if rule.classes in _BLASTS and _FLAMES & denied.keys() else rule.hazard
    return None


def _joined(words: Sequence[str], language: _Language) -> list[str]:
    """The words with phrases put together, mishearings put right, and stops as barriers."""
    tokens: list[str] = []
    index = 0
    while index < len(words):
        for size in range(min(language.longest, len(words) - index), 1, -1):
            phrase = tuple(words[index : index + size])
            if phrase in language.phrases:
                tokens.extend(language.phrases[phrase])
                index += size
                break
        else:
            word = words[index]
            tokens.append(_known(word, language) if word[0].isalnum() else _BARRIER)
            index += 1
    return tokens


@lru_cache(maxsize=4096)
def _meant(word: str, candidates: tuple[str, ...]) -> str:
    near = (
        other for other in candidates if other[0] == word[0] and Levenshtein.distance(word, other, score_cutoff=1) <= 1
    )
    return next(near, word)


def _known(word: str, language: _Language) -> str:
    """The word of the table that was meant, or the word as it stands."""
    if len(word) < _LEAST_LETTERS or word in language.classes or word in language.not_those:
        return word
    return _meant(word, language.long_words)


def _is_denied(tokens: Sequence[str], index: int, language: _Language, denials: set[int]) -> bool:
    back = index - 1
    while back >= 0 and tokens[back] in language.carried:
        back -= 1
    if back >= 0 and tokens[back] in language.negators:
        return True
    if back >= 1 and tokens[back] in language.links and back - 1 in denials:
        return True
    after = index + 1
    if after < len(tokens) and tokens[after] in language.copulas:
        after += 1
    if after >= len(tokens) or tokens[after] not in language.negators:
        return False
    return after + 1 == len(tokens) or tokens[after + 1] in language.absent


def _fits(rule: _Rule, places: Mapping[str, Sequence[int]]) -> bool:
    first, *others = rule.classes
    for anchor in places.get(first, ()):
        low = high = anchor
        for name in others:
            near = _nearest(places.get(name, ()), anchor)
            if near is None:
                return False
            low, high = min(low, near), max(high, near)
        if high - low > _NEAR:
            continue
        harmless = _nearest(places.get(rule.unless, ()), anchor) if rule.unless else None
        if harmless is None or not low - _NEAR <= harmless <= high + _NEAR:
            return True
    return False


def _nearest(places: Sequence[int], anchor: int) -> int | None:
    """The place closest to `anchor`."""
    after = bisect_left(places, anchor)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - anchor), default=None)
