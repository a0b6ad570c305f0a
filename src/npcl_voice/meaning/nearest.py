"""The nearest of known sentences: for what no rule foresaw, and for what was misheard."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from npcl_voice.meaning.sounds import sound_of

__all__ = ["Nearest"]

_LEAST_RATIO: Final = 78.0
"""Words are taken for each other from so much likeness in letters, of 100."""
_SOUND_ALIKE: Final = 0.85
"""What a word counts that only sounds alike."""
_LEAST_LETTERS: Final = 5
"""Shorter words are not put right: too many are one letter apart."""
_MOST_WORDS: Final = 60
"""More words than this are not compared: no caller says them in one breath."""


class Nearest:
    """Sentences by name, to be compared by the words that carry their meaning.

    A word weighs more the fewer sentences it stands in. The score of two sentences is the weight that
    they share against the weight that they have: 1 for the same words in any order, 0 for none.
    """

    def __init__(self, sentences: Mapping[str, Sequence[str]], ignored: Collection[str]) -> None:
        """`sentences` are in lower case, words separated by blanks; `ignored` words count nothing."""
        self._ignored = frozenset(ignored)
        known: dict[tuple[str, frozenset[str]], None] = {}
        for name, texts in sentences.items():
            for text in texts:
                known[name, frozenset(text.split()) - self._ignored] = None
        bags = [(name, words) for name, words in known if words]
        self._names = [name for name, _ in bags]
        self._postings: dict[str, list[int]] = defaultdict(list)
        for place, (_, words) in enumerate(bags):
            for word in words:
                self._postings[word].append(place)
        self._weights = {word: math.log(1 + len(bags) / len(places)) for word, places in self._postings.items()}
        self._stranger = math.log(1 + len(bags))
        self._sizes = [sum(self._weights[word] for word in words) for _, words in bags]
        self._vocabulary = list(self._postings)
        self._known = self._ignored | self._postings.keys()
        self._sounds: dict[str, list[str]] = defaultdict(list)
        for word in self._vocabulary:
            self._sounds[sound_of(word)].append(word)

    def find(self, text: str) -> tuple[str, float]:
        """The name of the nearest sentence and its score; an empty name and 0 when nothing is shared."""
        words = list(dict.fromkeys(word for word in text.split() if word not in self._ignored))[:_MOST_WORDS]
        shared: dict[int, float] = defaultdict(float)
        size = 0.0
        for word in words:
            best = 0.0
            for other, likeness in self._like(word):
                weight = self._weights[other] * likeness
                best = max(best, self._weights[other])
                for place in self._postings[other]:
                    shared[place] += weight
            size += best or self._stranger
        if not shared:
            return "", 0.0
        score, place = max((2 * weight / (size + self._sizes[place]), -place) for place, weight in shared.items())
        return self._names[-place], min(1.0, score)

    def repaired(self, text: str) -> str:
        """`text` with each unknown word that is one letter off a known one put right; for misspelt words."""
        return " ".join(self._repaired(word) for word in text.split()[:_MOST_WORDS])

    def _repaired(self, word: str) -> str:
        if len(word) < _LEAST_LETTERS or word in self._known:
            return word
        near = (
            known
            for known in self._vocabulary
            if known[0] == word[0] and Levenshtein.distance(word, known, score_cutoff=1) <= 1
        )
        return next(near, word)

    def _like(self, word: str) -> Iterator[tuple[str, float]]:
        """Known words that may be meant, with how much each counts."""
        if word in self._postings:
            yield word, 1.0
            return
        found: dict[str, float] = {}
        for other, ratio, _ in process.extract(
            word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=_LEAST_RATIO, limit=3
        ):
            found[other] = ratio / 100
        sound = sound_of(word)
        if len(sound) > 1:
            for other in self._sounds.get(sound, ()):
                found[other] = max(found.get(other, 0.0), _SOUND_ALIKE)
        yield from found.items()
