"""What of danger a text shows: the classes that its words stand for, and what of them is denied or a mere thought."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from npcl_voice.meaning.danger import Chain, Words
from npcl_voice.meaning.danger_words import danger
from npcl_voice.meaning.denial import denied, supposed
from npcl_voice.meaning.mishearing import tokens_of

__all__ = ["Heard", "hear"]

_DANGER: Final = danger()

_MOST_SMALL: Final = 4
"""Small words between two of a chain."""
_BRIGADE: Final = "brigade"
_EXCUSES: Final = tuple(chain for chain in _DANGER.chains if any(chain.name in rule.unless for rule in _DANGER.rules))
"""Chains that make something harmless."""


class Heard(msgspec.Struct, frozen=True):
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


def hear(text: str) -> Heard:
    """What `text` shows. Takes time in proportion to its length."""
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
    return Heard(tokens, meant, said, places, Words().union(*gone), pending)


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
