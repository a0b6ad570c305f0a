"""Danger first: looked for in every utterance, and in every part of one as it is heard.

Words stand for classes, in whichever language or script they come, and rules say which classes together are
a danger. A false alarm costs less than a miss. Danger that is denied ("there is no fire") is none, and
neither is a figure of speech ("fire the manager"), one that is over ("last year a wire fell") or a mere
thought ("if there is a fire"). P0 is danger to life; P1 is equipment that may become one.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from npcl_voice.meaning.danger import Chain, Danger, Hazard, Level, Rule, danger
from npcl_voice.meaning.denial import denied, supposed
from npcl_voice.meaning.mishearing import BARRIER, tokens_of

__all__ = ["Hazard", "Level", "denies_danger", "find_hazard"]

_DANGER: Final = danger()

_NEAR: Final = 8
"""The words of one danger stand within so many words of each other."""
_MOST_SMALL: Final = 4
"""Small words between two of a chain."""
_AROUND: Final = 4
"""So near stands what says that a danger is of now."""
_APART: Final = 10
"""So far may "last year" or "it was repaired" stand from it."""

_FLAMES: Final = frozenset({"fire", "smoke", "smoking", "burning"})
_LONG_AGO, _MENDED, _FALSE_ALARM = "longago", "mended", "falsealarm"
_SUPPLY: Final = frozenset({"lamp", "supply", "electricity"})
"""That these came back mends no wire."""

Words = frozenset[str]


class _Heard(msgspec.Struct, frozen=True):
    """What was found in a text."""

    tokens: list[str]
    meant: list[Words]
    """For each token the classes that it stands for."""
    places: Mapping[str, Sequence[int]]
    """For each class and chain where it stands, undenied."""
    denied: Words
    """The classes that are denied somewhere."""


def find_hazard(text: str) -> Hazard | None:
    """The gravest danger that `text` speaks of; None when it speaks of none.

    Takes time in proportion to the length of the text: it is asked on every partial transcript.
    """
    return _gravest(_heard(text))


def denies_danger(text: str) -> bool:
    """Whether `text` says that there is no danger: "no, there is no fire", "galti se bola".

    A bare no denies nothing, and neither does who speaks of another danger.
    """
    heard = _heard(text)
    denies = bool(heard.denied & _DANGER.events) or _FALSE_ALARM in heard.places
    return denies and _gravest(heard) is None


def _gravest(heard: _Heard) -> Hazard | None:
    for rule in _DANGER.rules:
        if _fits(rule, heard):
            return rule.without_fire if rule.without_fire and heard.denied & _FLAMES else rule.hazard
    return None


def _heard(text: str) -> _Heard:
    tokens = tokens_of(text)
    meant = [_DANGER.classes.get(token, Words()) for token in tokens]
    places: dict[str, list[int]] = {}
    for chain in _DANGER.void:
        for found in _chains(chain, tokens, meant):
            places.setdefault(">".join(chain), []).append(found[-1])
            for place, name in zip(found[1:], chain[1:], strict=True):
                meant[place] -= {name}
    gone = denied(tokens, meant)
    left = [
        Words() if classes and supposed(tokens, index, classes) else classes - gone[index]
        for index, classes in enumerate(meant)
    ]
    for index, classes in enumerate(left):
        for name in classes:
            places.setdefault(name, []).append(index)
    for chain in _DANGER.chains:
        if chain[0] in places and chain[-1] in places:
            for found in _chains(chain, tokens, left):
                places.setdefault(">".join(chain), []).append(found[-1])
    return _Heard(tokens, meant, places, Words().union(*gone))


def _chains(chain: Chain, tokens: Sequence[str], meant: Sequence[Words]) -> list[list[int]]:
    """Where words of these classes follow one another, with nothing but small words between."""
    found: list[list[int]] = []
    for start, classes in enumerate(meant):
        if chain[0] not in classes:
            continue
        places: list[int] = [start]
        for name in chain[1:]:
            place = places[-1] + 1
            last = place + _MOST_SMALL
            while place < min(last, len(tokens)) and name not in meant[place] and tokens[place] in _DANGER.small:
                place += 1
            if place >= len(tokens) or name not in meant[place]:
                break
            places.append(place)
        if len(places) == len(chain):
            found.append(places)
    return found


def _fits(rule: Rule, heard: _Heard) -> bool:
    first, *others = rule.together
    for anchor in heard.places.get(first, ()):
        low = high = anchor
        for name in others:
            near = _nearest(heard.places.get(name, ()), anchor)
            if near is None:
                return False
            low, high = min(low, near), max(high, near)
        if high - low > _NEAR:
            continue
        harmless = (_nearest(heard.places.get(name, ()), anchor) for name in rule.unless)
        if any(place is not None and low - _NEAR <= place <= high + _NEAR for place in harmless):
            continue
        if not _is_over(heard, low, high):
            return True
    return False


def _nearest(places: Sequence[int], anchor: int) -> int | None:
    """The place closest to `anchor`."""
    after = bisect_left(places, anchor)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - anchor), default=None)


def _is_over(heard: _Heard, low: int, high: int) -> bool:
    """Whether the danger between `low` and `high` is past and gone."""
    ago = _nearest(heard.places.get(_LONG_AGO, ()), low)
    if ago is not None and low - _APART <= ago <= high + _APART and not _is_of_now(heard.tokens, low, high):
        return True
    return any(
        high < mended <= high + _APART and _is_mended(heard, low, mended)
        for mended in heard.places.get(_MENDED, ())
    )


def _is_of_now(tokens: Sequence[str], low: int, high: int) -> bool:
    """Whether the sentence around the danger is told of the present."""
    start = end = low
    while start > max(0, low - _AROUND) and tokens[start - 1] != BARRIER:
        start -= 1
    while end < min(len(tokens), high + 1 + _AROUND) and tokens[end] != BARRIER:
        end += 1
    return any(token in grammar.now for grammar in _DANGER.grammars for token in tokens[start:end])


def _is_mended(heard: _Heard, low: int, mended: int) -> bool:
    """Whether what stands at `mended` says that the danger from `low` on was put right, and stayed so."""
    tokens = heard.tokens
    if any(heard.meant[place] & _SUPPLY for place in range(max(0, mended - 2), mended)):
        return False
    told, after = tokens[max(0, low - 2) : mended], tokens[mended + 1 : mended + 1 + _APART]
    negated = tokens[mended - 1]
    return any(token in grammar.was for grammar in _DANGER.grammars for token in told) and not any(
        negated in grammar.before or negated in grammar.behind or any(token in grammar.again for token in after)
        for grammar in _DANGER.grammars
    )
