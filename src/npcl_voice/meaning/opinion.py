"""A second opinion on danger: which way the words lean, by how often they stand in examples of danger and of none.

Rules see what somebody thought of. "The lamp post bit my dog and he isn't getting up" is in no rule, and yet all
of it has stood in sentences of danger. What is counted are words as they sound, neighbours, and the classes that
the rules see. The counts are packaged, not the examples: finding the classes of all of them would take a second.
"""

from collections.abc import Collection, Iterator
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final, get_args

import msgspec

from npcl_voice.domain.complaints import HazardKind
from npcl_voice.meaning.danger import Level
from npcl_voice.meaning.danger_words import danger
from npcl_voice.meaning.heard import Heard
from npcl_voice.meaning.leaning import Counted, likely
from npcl_voice.meaning.script import folded

__all__ = ["ORDINARY", "Opinion", "danger_name", "features", "second_opinion"]

ORDINARY: Final = "ordinary"
"""The name of examples without danger."""
_KINDS: Final[tuple[HazardKind, ...]] = get_args(HazardKind)
_LEVELS: Final[tuple[Level, ...]] = get_args(Level)
_WIDER: Final = danger().wider
_RARE: Final = 0.0002
"""How often something is taken to stand where it was never seen; found by judging each hand by the others."""
_UNSURE: Final = 3.0
"""A kind that leads the next by less is not known."""


def danger_name(level: Level, kind: HazardKind) -> str:
    """The name of examples of such a danger."""
    return f"{level} {kind}"


_OF_KIND: Final = {kind: tuple(danger_name(level, kind) for level in _LEVELS) for kind in _KINDS}
_OF_LEVEL: Final = {level: tuple(danger_name(level, kind) for kind in _KINDS) for level in _LEVELS}


def features(text: str, heard: Heard) -> frozenset[str]:
    """What is counted of a text: words, pairs, and classes that are meant (`+`), denied (`-`) or only said (`?`)."""
    words = folded(text)
    return frozenset((*words, *(f"{word} {after}" for word, after in pairwise(words)), *_classes(heard)))


def _classes(heard: Heard) -> Iterator[str]:
    yield from (f"+{name}" for name in heard.places if _is_counted(name))
    yield from (f"-{name}" for name in heard.denied if _is_counted(name))
    yield from (f"?{name}" for name in heard.said if _is_counted(name) and name not in heard.places)
    if heard.pending:
        yield "+"


def _is_counted(name: str) -> bool:
    """Whether it is a class, no chain, and no class beside another of the same words: one word counts once."""
    return ">" not in name and name not in _WIDER


class Opinion:
    """What examples make one think of what a sentence shows. All that it leans by are natural logarithms of odds."""

    def __init__(self, counts: Counted) -> None:
        self._counts = counts
        ordinary = counts.sizes[ORDINARY]
        danger = sum(counts.sizes.values()) - ordinary
        self._weights: dict[str, float] = {}
        """How far each feature leans to danger; worked out once, for every sentence asks it."""
        for feature, by_name in counts.features.items():
            none = by_name.get(ORDINARY, 0)
            some = sum(by_name.values()) - none
            self._weights[feature] = likely(some, danger, _RARE) - likely(none, ordinary, _RARE)

    def danger(self, shown: frozenset[str]) -> float:
        """How far it leans to danger: above 0, and away from what is ordinary."""
        return sum(self._weights.get(feature, 0.0) for feature in shown)

    def life(self, shown: frozenset[str]) -> float:
        """How far a danger leans to one to life: above 0, and away from one of equipment."""
        return self._likelihood(shown, _OF_LEVEL["P0"]) - self._likelihood(shown, _OF_LEVEL["P1"])

    def kind(self, shown: frozenset[str]) -> HazardKind:
        """The kind of danger that it leans to; where it is not clear, the one whose words of safety fit all."""
        ranked = sorted((self._likelihood(shown, names), kind) for kind, names in _OF_KIND.items())
        (next_best, _), (best, kind) = ranked[-2:]
        return kind if best - next_best >= _UNSURE else "sparking"

    def _likelihood(self, shown: frozenset[str], names: Collection[str]) -> float:
        size = sum(self._counts.sizes.get(name, 0) for name in names)
        known = (by_name for feature in shown if (by_name := self._counts.features.get(feature)) is not None)
        return sum(likely(sum(by_name.get(name, 0) for name in names), size, _RARE) for by_name in known)


@cache
def second_opinion() -> Opinion:
    """That of the packaged counts."""
    packaged = resources.files(__package__).joinpath("words", "danger-counts.json")
    return Opinion(msgspec.json.decode(packaged.read_bytes(), type=Counted))
