"""Where a sentence says that something was registered for, beside where a tool has put it."""

from functools import cache
from typing import Final

from npcl_voice.conversation.claims.clauses import Clause
from npcl_voice.conversation.claims.facts import Facts
from npcl_voice.conversation.claims.lexicon import LANGUAGES, lexicon
from npcl_voice.domain.areas import packaged_areas
from npcl_voice.meaning.places import Places
from npcl_voice.meaning.quantities import digit_sense
from npcl_voice.meaning.tokens import tokens_of

__all__ = ["is_misplaced"]

_SURE: Final = 0.9
"""From here on a place was named, and none that only sounds like it."""
_UNSAID: Final = frozenset({"asked", "denied", "condition", "offer", "request", "explains", "perhaps"})
"""Moods in which nothing was put anywhere."""


def is_misplaced(sentence: str, clauses: list[Clause], facts: Facts) -> bool:
    """Whether it puts a complaint at a place with a number that no tool has named, where one has named another."""
    if not facts.areas or not any(map(_puts, clauses)) or any(clause.moods & _UNSAID for clause in clauses):
        return False
    if not any(token.kind == "figure" or digit_sense(token) is not None for token in tokens_of(sentence)):
        return False
    found = _places().find(sentence)
    if found is None or found.confidence < _SURE:
        return False
    named = {found.name.casefold(), *(name.casefold() for name in found.beside)}
    return named.isdisjoint(facts.areas)


def _puts(clause: Clause) -> bool:
    return any(not words.grammar["placed"].isdisjoint(clause.words(words).split()) for words in map(lexicon, LANGUAGES))


@cache
def _places() -> Places:
    return Places(packaged_areas())
