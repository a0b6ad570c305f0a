"""Whether a sentence recites what the model was told of its task: its instructions, or the names of its tools.

A caller who talks a model into that learns by which words it is talked into more.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from npcl_voice.conversation.claims.facts import Brief
from npcl_voice.conversation.claims.persons import recites

__all__ = ["RUN", "brief_of", "is_recited"]

RUN: Final = 6
"""So many words in a row that stand in the instructions are theirs; four are everybody's now and then."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_IDENTIFIER: Final = re.compile(r"(?<![\w@.])[a-z]{2,}(?:_[a-z]+)+(?!\w)")
"""No word of any language: the name of a tool, or of what one takes."""


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return zip(*(words[start:] for start in range(RUN)), strict=False)


@lru_cache(maxsize=16)
def brief_of(instructions: str, own: tuple[str, ...]) -> Brief:
    """The runs of words of those instructions that stand in none of our `own` phrases, which may be said."""
    return frozenset(_runs(instructions)).difference(*map(_runs, own))


def is_recited(sentence: str, brief: Brief) -> bool:
    """Whether it says what stands in the brief, or tells that it does."""
    return bool(_IDENTIFIER.search(sentence)) or recites(sentence) or not brief.isdisjoint(_runs(sentence))
