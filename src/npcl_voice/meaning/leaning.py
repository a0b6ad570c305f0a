"""Which way the words of a sentence lean, by how often they stand in examples of each wish.

Rules see what somebody thought of; counted words see the rest: "connection", "kilowatt" and "my" have never
been put into one rule, and yet lean to the account. The two are weighed against each other.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final

import msgspec

__all__ = ["FAVOUR", "Counted", "Leaning", "counted", "likely"]

FAVOUR: Final = 6.0
"""What a rule weighs, as a natural logarithm of odds: as much as one or two words that only its wish has."""

_RARE: Final = 0.005
"""How often a word is taken to stand where it was never seen; found by trying sentences not learnt from."""
_LEAST_SENTENCES: Final = 200
"""From fewer examples nothing is learnt."""
_LEAST_WORDS: Final = 2
"""So many words must be known that are not ignored."""
_LEAST_KNOWN: Final = 0.5
"""So large a share of them."""
_MOST_WORDS: Final = 60
"""More words than this are not looked at."""


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often features stand in examples, by the name of what these are examples of."""

    sizes: dict[str, int]
    """How many examples each name has."""
    features: dict[str, dict[str, int]]
    """In how many of them each feature stands."""


def counted(examples: Iterable[tuple[str, Iterable[str], int]]) -> Counted:
    """Counts examples: a name, features, and how often it counts."""
    sizes: Counter[str] = Counter()
    features: dict[str, dict[str, int]] = {}
    for name, shown, weight in examples:
        sizes[name] += weight
        for feature in shown:
            by_name = features.setdefault(feature, {})
            by_name[name] = by_name.get(name, 0) + weight
    return Counted(dict(sizes), features)


def likely(count: int, size: int, rare: float) -> float:
    """How likely it is what stands in `count` examples of `size`, as a natural logarithm.

    What was never seen is taken to stand as often as `rare`.
    """
    return math.log(count / size * (1 - rare) + rare)


class Leaning:
    """Counted once from examples by name (naive Bayes over words and pairs of words)."""

    def __init__(self, examples: Iterable[tuple[str, str, int]], ignored: Collection[str]) -> None:
        """`examples` are a name, a sentence with one blank between words, and how often it counts.

        `ignored` words count only beside their neighbours.
        """
        self._ignored = frozenset(ignored)
        told = list(examples)
        counts = counted((name, self._features(sentence.split()), weight) for name, sentence, weight in told)
        self.names = tuple(counts.sizes) if len(told) >= _LEAST_SENTENCES else ()
        """Those that it can tell apart; none where it has learnt nothing."""
        self._weights: Mapping[str, tuple[float, ...]] = {
            feature: tuple(likely(by_name.get(name, 0), counts.sizes[name], _RARE) for name in self.names)
            for feature, by_name in counts.features.items()
        }

    def of(self, sentence: str, favoured: str | None = None) -> tuple[str | None, float]:
        """The name that the words lean to, and how far: 0 to 1, the share of it among all.

        `favoured` is what a rule says. None and 0 where too few of the words are known.
        """
        words = sentence.split()[:_MOST_WORDS]
        known = [weights for feature in self._features(words) if (weights := self._weights.get(feature)) is not None]
        counting = set(words) - self._ignored
        single = sum(1 for word in counting if word in self._weights)
        if not self.names or single < _LEAST_WORDS or single < _LEAST_KNOWN * len(counting):
            return None, 0.0
        scores = [sum(column) for column in zip(*known, strict=True)]
        if favoured in self.names:
            scores[self.names.index(favoured)] += FAVOUR
        best = max(scores)
        return self.names[scores.index(best)], 1.0 / sum(math.exp(score - best) for score in scores)

    def _features(self, words: list[str]) -> Iterator[str]:
        yield from (word for word in dict.fromkeys(words) if word not in self._ignored)
        yield from dict.fromkeys(f"{word} {after}" for word, after in pairwise(words))
