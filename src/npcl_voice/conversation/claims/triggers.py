"""Whether a sentence that has only begun is worth a look: judging takes a millisecond, this far less."""

from functools import cache
from typing import Final

from npcl_voice.conversation.claims.lexicon import LANGUAGES, lexicon
from npcl_voice.conversation.claims.persons import may_name
from npcl_voice.meaning.quantities import digit_sense
from npcl_voice.meaning.quantity_words import quantity_words
from npcl_voice.meaning.tokens import Token, tokens_of

__all__ = ["may_claim"]

_ENDINGS: Final = ("ed", "ing", "ega", "egi", "enge", "ungi", "unga", "oga", "ogi")
_TAIL: Final = 24
"""Letters of the end that are looked at: the last word or two."""


def may_claim(begun: str) -> bool:
    """Whether the last word of it could make a claim of it."""
    tokens = tokens_of(begun[-_TAIL:])
    return bool(tokens) and any(map(_is_trigger, tokens[-2:]))


def _is_trigger(token: Token) -> bool:
    if token.kind != "word":
        return token.kind != "sign"
    exact, folded = _words()
    return (
        may_name(token)
        or token.plain in exact
        or token.fold in folded
        or token.plain.endswith(_ENDINGS)
        or token.fold.endswith(_ENDINGS)
        or digit_sense(token) is not None
        or token in quantity_words().units
        or token in quantity_words().parts
    )


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    """The words that claims hang on, of English as written and of Hindi folded."""
    english, hindi = (lexicon(language).triggers for language in LANGUAGES)
    return english, hindi
