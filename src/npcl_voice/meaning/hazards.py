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

from npcl_voice.meaning.danger import Chain, Hazard, Level, Rule, Words
from npcl_voice.meaning.danger_words import danger
from npcl_voice.meaning.denial import denied, supposed
from npcl_voice.meaning.mishearing import STOPS, tokens_of

__all__ = ["Hazard", "Level", "denies_danger", "find_hazard"]

_DANGER: Final = danger()

_NEAR: Final = 8
"""The words of one danger stand within so many words of each other, small ones not counted."""
_MOST_WORDS: Final = 16
"""The same with all of them counted."""
_MOST_SMALL: Final = 4
"""Small words between two of a chain."""
_AROUND: Final = 4
"""So near stands what tells whether a danger is of now."""
_APART: Final = 10
"""So far may "last year" or "it was repaired" stand from it."""

_LASTING: Final = frozenset({"wire_down", "pole_damaged"})
"""A wire that fell lies there until somebody comes; a fire goes out."""
_FLAMES: Final = frozenset({"fire", "smoke", "smoking", "burning"})
_LONG_AGO, _DAYS_AGO, _MENDED, _FALSE_ALARM = "longago", "daysago", "mended", "falsealarm"
_EXCUSES: Final = tuple(chain for chain in _DANGER.chains if any(chain.name in rule.unless for rule in _DANGER.rules))
"""Chains that make something harmless."""
_TALK, _OF_NOW, _URGENT = "talk", "ofnow", "urgent"
"""A film, the news or a lesson; and what tells that more is meant."""
_TALKED: Final = 12
"""So far may a danger stand from what says that it is only talked of."""
_BRIGADE: Final = "brigade"
_REPLACED: Final = tuple(name for name in _DANGER.mended if name.startswith("newone>"))
"""What is new stands before the old that burnt: "naya lag gaya, purana jal gaya tha"."""
_SUPPLY: Final = frozenset({"lamp", "supply", "electricity"})
"""That these came back mends no wire."""


class _Heard(msgspec.Struct, frozen=True):
    """What was found in a text."""

    tokens: list[str]
    meant: list[Words]
    """For each token the classes that it stands for."""
    said: Mapping[str, Sequence[int]]
    """For each class where it stands, denied or not, and for each chain where it ends."""
    places: Mapping[str, Sequence[int]]
    """The same of what is neither denied nor supposed."""
    denied: Words
    """The classes that are denied somewhere."""
    pending: bool
    """Whether somebody is still awaited: then nothing is over."""


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
    spoken = frozenset(heard.places)
    for rule in _DANGER.rules:
        if spoken.issuperset(rule.together) and _fits(rule, heard):
            return rule.without_fire if rule.without_fire and heard.denied & _FLAMES else rule.hazard
    return None


def _heard(text: str) -> _Heard:
    tokens = tokens_of(text)
    meant = [_DANGER.classes.get(token, Words()) for token in tokens]
    ends: dict[str, list[int]] = {}
    spoken = Words().union(*meant)
    for void in (one for one in _DANGER.void if spoken.issuperset(one.chain.classes)):
        for found in _chains(void.chain, tokens, meant):
            ends.setdefault(void.chain.name, []).append(found[-1])
            for part in void.parts:
                meant[found[part]] = Words()
    gone = denied(tokens, meant)
    thought = [bool(classes) and supposed(tokens, index, classes) for index, classes in enumerate(meant)]
    left = [Words() if thought[index] else classes - gone[index] for index, classes in enumerate(meant)]
    if any(thought[index] and classes & _DANGER.events for index, classes in enumerate(meant)):
        # who would be called to a mere thought
        left = [Words() if _BRIGADE in classes else classes for classes in left]
    pending = any(token in grammar.pending for grammar in _DANGER.grammars for token in tokens)
    said, places = _places(tokens, meant, ends, _EXCUSES), _places(tokens, left, ends, _DANGER.chains)
    return _Heard(tokens, meant, said, places, Words().union(*gone), pending)


def _places(
    tokens: Sequence[str], meant: Sequence[Words], ends: Mapping[str, list[int]], chains: Sequence[Chain]
) -> dict[str, list[int]]:
    """Where each class stands, and where each chain ends, those of `ends` among them."""
    found: dict[str, list[int]] = {}
    for index, classes in enumerate(meant):
        for name in classes:
            found.setdefault(name, []).append(index)
    spoken = frozenset(found)
    for chain in chains:
        if spoken.issuperset(chain.classes):
            found[chain.name] = [places[-1] for places in _chains(chain, tokens, meant)]
    for name, places in ends.items():
        found[name] = sorted({*found.get(name, ()), *places})
    return found


def _chains(chain: Chain, tokens: Sequence[str], meant: Sequence[Words]) -> list[list[int]]:
    """The places of words of these classes in a row, with nothing but small words between."""
    first, *others = chain.classes
    found: list[list[int]] = []
    for start, classes in enumerate(meant):
        if first not in classes:
            continue
        places = [start]
        for name in others:
            place = _next(name, places[-1] + 1, tokens, meant)
            if place is None:
                break
            places.append(place)
        else:
            if not chain.but or _next(chain.but, places[-1] + 1, tokens, meant) is None:
                found.append(places)
    return found


def _next(name: str, place: int, tokens: Sequence[str], meant: Sequence[Words]) -> int | None:
    """The next place of a class from `place` on, if small words alone stand before it."""
    last = min(place + _MOST_SMALL, len(tokens) - 1)
    while place < last and name not in meant[place] and tokens[place] in _DANGER.small:
        place += 1
    return place if place <= last and name in meant[place] else None


def _fits(rule: Rule, heard: _Heard) -> bool:
    first, *others = rule.together
    for anchor in heard.places[first]:
        low = high = anchor
        for name in others:
            near = _nearest(heard.places[name], anchor)
            if near is None:
                return False
            low, high = min(low, near), max(high, near)
        if high - low > _NEAR and not _are_near(heard.tokens, low, high):
            continue
        harmless = (_nearest(heard.said.get(name, ()), anchor) for name in rule.unless)
        if any(place is not None and low - _NEAR <= place <= high + _NEAR for place in harmless):
            continue
        if _is_talk(heard, low, high):
            continue
        if heard.pending or not _is_over(heard, low, high, lasts=rule.hazard.kind in _LASTING):
            return True
    return False


def _are_near(tokens: Sequence[str], low: int, high: int) -> bool:
    """Whether few words but small ones stand between the places."""
    return high - low <= _MOST_WORDS and sum(token not in _DANGER.small for token in tokens[low:high]) <= _NEAR


def _nearest(places: Sequence[int], anchor: int) -> int | None:
    """The place closest to `anchor`."""
    after = bisect_left(places, anchor)
    return min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - anchor), default=None)


def _is_over(heard: _Heard, low: int, high: int, *, lasts: bool) -> bool:
    """Whether the danger between `low` and `high` is past and gone. One that lasts is not gone after some days."""
    tokens = heard.tokens
    for name in (_LONG_AGO,) if lasts else (_LONG_AGO, _DAYS_AGO):
        ago = _nearest(heard.said.get(name, ()), low)
        if ago is not None and low - _APART <= ago <= high + _APART and _is_of_then(tokens, low, high, told=False):
            return True
    for place in _within(heard, _MENDED, low - _APART, low - 1):
        if all(token in _DANGER.small for token in tokens[place + 1 : low]):
            return _is_of_then(tokens, low, high, told=True)
    if any(_within(heard, name, low - _APART, high) for name in _REPLACED):
        behind = tokens[high + 1 : high + 1 + _AROUND // 2]
        return any(token in grammar.was for grammar in _DANGER.grammars for token in behind)
    flames = [index for index in range(low, min(high + _APART, len(tokens))) if heard.meant[index] & _FLAMES]
    if flames == [low] and any(
        _is_mended(heard, low, place, told=True) for place in _within(heard, _MENDED, low + 1, high)
    ):
        return True  # "the *fire* was put out, the wiring is new"
    told = any(_within(heard, name, low - _AROUND, high + _APART) for name in (_LONG_AGO, _DAYS_AGO))
    return any(
        _is_mended(heard, low, place, told=told or name == _MENDED)
        for name in (_MENDED, *_DANGER.mended)
        for place in _within(heard, name, high + 1, high + _APART)
    )


def _within(heard: _Heard, name: str, first: int, last: int) -> Sequence[int]:
    """The places of a class from `first` to `last`, undenied."""
    places = heard.places.get(name, ())
    return places[bisect_left(places, first) : bisect_left(places, last + 1)]


def _is_talk(heard: _Heard, low: int, high: int) -> bool:
    """Whether the danger between `low` and `high` is of a film, the news or a lesson, and nothing tells of help."""
    talk = _nearest(heard.said.get(_TALK, ()), low)
    if talk is None or not low - _TALKED <= talk <= high + _TALKED or heard.pending or _URGENT in heard.said:
        return False
    around = _around(heard.tokens, low, high)
    return not any(_OF_NOW in heard.meant[index] for index in around)


def _around(tokens: Sequence[str], low: int, high: int) -> range:
    """The places of the sentence around the danger, as far as it is near."""
    start = end = low
    while start > max(0, low - _AROUND) and tokens[start - 1] not in STOPS:
        start -= 1
    while end < min(len(tokens), high + 1 + _AROUND) and tokens[end] not in STOPS:
        end += 1
    return range(start, end)


def _is_of_then(tokens: Sequence[str], low: int, high: int, *, told: bool) -> bool:
    """Whether the sentence around the danger is of the past, or `told` as past already, and not of the present."""
    near = _around(tokens, low, high)
    around = tokens[near.start : near.stop]
    past = told or any(token in grammar.was for grammar in _DANGER.grammars for token in around)
    return past and not any(token in grammar.now for grammar in _DANGER.grammars for token in around)


def _is_mended(heard: _Heard, low: int, place: int, *, told: bool) -> bool:
    """Whether what stands at `place` says that the danger from `low` on was put right, and stayed so.

    Words that do not tell of the past by themselves (not `told`) need others that do.
    """
    tokens = heard.tokens
    if any(heard.meant[near] & _SUPPLY for near in range(max(0, place - 2), place)):
        return False
    before, negated, after = (
        tokens[max(0, low - _AROUND) : place],
        tokens[place - 1],
        tokens[place + 1 : place + 1 + _APART],
    )
    for grammar in _DANGER.grammars:
        told = told or any(token in grammar.was for token in before)
        if negated in grammar.before or negated in grammar.behind or any(token in grammar.again for token in after):
            return False
    return told
