"""Ears for two languages: each turn is decoded by either, and the likelier reading stands.

The two share the acoustic model, and have each a dictionary and a language model of their own: in one
model together they hurt each other. Who speaks English must not suffer for the other: in a call that is not
known to be in Hindi a turn is English unless Hindi is clearly likelier, and shows in words that are no
English ones. Only the languages that are expected are listened for, so a call that is known to be in
English costs what it always did.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from npcl_voice.meaning.expectation import ANYTHING, Expectation
from npcl_voice.meaning.script import has_devanagari
from npcl_voice.speech.local.ears import EarsModel, Heard, Listener, PocketSphinxListener, Vocabulary

__all__ = ["EarsOfTongues", "likelier"]

CLEARLY: Final = 1e-4
"""How much likelier a frame must be in the other language (log likelihood) before it is taken for it."""
LEAST_OWN_WORDS: Final = 2
"""So many words of Hindi show it; one may be noise."""
BORROWED: Final = frozenset("यस नो हैलो ओके सर मैडम बाय थैंक यू प्लीज सॉरी नंबर कॉल कंप्लेंट रोबोट एजेंट".split())
"""Words that are the same in English, and make a whole answer there."""
NUMBER_DIGITS: Final = 4
"""So many digits dictated in English are a number, whatever is said around them."""


class EarsOfTongues:
    """One model for each language, the first at once, each other one when it is first expected."""

    def __init__(self, vocabularies: Sequence[Vocabulary]) -> None:
        """The first is the language that is listened for where none is named that we know."""
        first, *others = vocabularies
        self.first = first.language
        self._models = {first.language: EarsModel(first)}
        self._others = {other.language: other for other in others}

    def known(self, languages: Sequence[str]) -> list[str]:
        """Those of the languages that there are ears for, in their order; the first of ours where there are none."""
        return [one for one in languages if one in self._models or one in self._others] or [self.first]

    def listener_of(self, language: str) -> PocketSphinxListener:
        """A listener for one caller in that language; it is one that is known."""
        if language not in self._models:
            self._models[language] = EarsModel(self._others[language])
        return self._models[language].listener()

    def listener(self) -> Listener:
        """A listener for one caller."""
        return ListenerOfTongues(self)


class ListenerOfTongues:
    """One caller's ears. The words of a turn that lasts are in the likeliest language only."""

    def __init__(self, ears: EarsOfTongues) -> None:
        self._ears = ears
        self._listeners: dict[str, PocketSphinxListener] = {}
        self._turn: list[tuple[str, PocketSphinxListener]] = []

    def begin(self, expectation: Expectation) -> None:
        """A turn begins; what was heard of the last one is forgotten."""
        self._turn = [(language, self._listener(language)) for language in self._ears.known(expectation.languages)]
        for _, listener in self._turn:
            listener.begin(expectation)

    def _listener(self, language: str) -> PocketSphinxListener:
        if language not in self._listeners:
            self._listeners[language] = self._ears.listener_of(language)
        return self._listeners[language]

    def feed(self, pcm: bytes) -> str | None:
        """More sound of the turn. The text so far, when it has changed."""
        if not self._turn:
            self.begin(ANYTHING)
        for _, listener in self._turn[1:]:
            listener.gather(pcm)
        return self._turn[0][1].feed(pcm)

    def complete(self) -> bool:
        """Whether the turn holds all that was asked for."""
        return bool(self._turn) and self._turn[0][1].complete()

    def finish(self) -> Heard:
        """What the turn was. It may be asked in mid-turn, and the turn goes on."""
        if not self._turn:
            return Heard("", None, 0.0, 0.0)
        heard = self._turn[0][1].finish()
        for _, listener in self._turn[1:]:
            if heard.digits is not None:  # a number that was asked for: digits are English in either language
                break
            other = listener.finish()
            best = likelier(heard, other)
            heard = msgspec.structs.replace(best, cpu_ms=round(heard.cpu_ms + other.cpu_ms, 1))
        return heard


def likelier(expected: Heard, other: Heard) -> Heard:
    """Of a reading in the language that is expected and one in another, the one that stands."""
    if not other.text or not shows_itself(other.text):
        return expected
    if not expected.text:
        return other
    same = has_devanagari(expected.text) == has_devanagari(other.text)
    clearly = other.score - expected.score >= CLEARLY
    return other if clearly and not same and not _is_number(expected.text) else expected


def shows_itself(text: str) -> bool:
    """Whether a text can only be in the language that it was heard in: not numbers, names and borrowed words."""
    words = text.split()
    if not has_devanagari(text):
        return any(not word.isdigit() for word in words)
    own = [word for word in words if has_devanagari(word) and word not in BORROWED]
    return len(own) >= min(LEAST_OWN_WORDS, len(words))


def _is_number(text: str) -> bool:
    return any(word.isdigit() and len(word) >= NUMBER_DIGITS for word in text.split())
